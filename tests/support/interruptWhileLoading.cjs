// Preloaded into a process: it gets SIGINT while it loads the clients of AWS.
const Module = require("node:module");

const { _load: load } = Module;
Module._load = function (request, ...rest) {
  if (request === "@aws-sdk/client-ec2") process.kill(process.pid, "SIGINT");
  return load.call(this, request, ...rest);
};
