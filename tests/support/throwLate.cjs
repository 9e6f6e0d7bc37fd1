// Preloaded into a process: it throws where nothing waits for it, by the scheduler that the variable THROW_BY names.
const { setImmediate } = require("node:timers");

const schedulers = { nextTick: process.nextTick, setImmediate };
schedulers[process.env.THROW_BY](() => {
  throw new Error("late");
});
