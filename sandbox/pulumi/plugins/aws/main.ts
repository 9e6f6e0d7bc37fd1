import { version } from "@pulumi/aws/package.json";
import { serve } from "../protocol/serve";
import { functions } from "./functions";
import { AwsPlugin } from "./plugin";
import { resources } from "./resources";

// What a plugin writes to stderr is shown to people as a diagnostic of their resources.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

void serve(new AwsPlugin(version, resources, functions, process.env));
