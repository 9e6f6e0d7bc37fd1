// ts-node keeps compiled code in the folder for temporary files, by the folder in which a process works: 2 MB that nobody
// ever reads again for every temporary project and sandbox.
process.env.DISABLE_V8_COMPILE_CACHE ??= "true";
