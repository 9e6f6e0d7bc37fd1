import { main } from "@pulumi/pulumi/provider";
import { ReadRequest } from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { FolderProvider } from "./provider";

// An import is a read without properties, which the SDK's own server does not expect.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { getProperties } = ReadRequest.prototype;
ReadRequest.prototype.getProperties = function () {
  return getProperties.call(this) ?? new Struct();
};

// An engine that is killed can't stop its plugins.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(0);
}, 200).unref();

const folder = process.env.TEST_PROVIDER_FOLDER;
if (folder === undefined)
  throw new Error("TEST_PROVIDER_FOLDER must name the folder that is the provider's world");
void main(new FolderProvider(folder), process.argv.slice(2));
