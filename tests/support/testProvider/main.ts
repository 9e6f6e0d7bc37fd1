import { main } from "@pulumi/pulumi/provider";
import { FolderProvider } from "./provider";

const folder = process.env.TEST_PROVIDER_FOLDER;
if (folder === undefined)
  throw new Error("TEST_PROVIDER_FOLDER must name the folder that is the provider's world");
void main(new FolderProvider(folder), process.argv.slice(2));
