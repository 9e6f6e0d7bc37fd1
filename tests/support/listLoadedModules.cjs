// Preloaded into a process: names every module that it had loaded when it ended.
process.on("exit", () => {
  for (const file of Object.keys(require.cache)) process.stderr.write(`loaded ${file}\n`);
});
