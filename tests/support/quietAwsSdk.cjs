// What Node versions the AWS SDK will support one day is nothing that a test could change.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
