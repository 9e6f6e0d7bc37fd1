import assert from "node:assert/strict";
import { secondsLeft, type Pace } from "../../../planning/rotation/timeLeft";

const pace: Pace = {
  done: 0,
  underWay: 0,
  left: 10,
  plannedSeconds: 600,
  elapsedSeconds: 0,
  drainingSeconds: 0,
};

describe("the time that a rotation takes still", () => {
  const rows: [string, Partial<Pace>, number | undefined][] = [
    ["is that of the plan at first", { elapsedSeconds: 90 }, 510],
    ["is not known where the plan was wrong and no node is gone", { elapsedSeconds: 600 }, undefined],
    ["follows the pace once a node is gone", { done: 5, left: 5, drainingSeconds: 200 }, 200],
    ["counts a node under way as half done", { done: 4, underWay: 2, left: 6, drainingSeconds: 200 }, 200],
    ["is none where no node is left", { done: 10, left: 0, drainingSeconds: 200 }, undefined],
  ];
  for (const [title, change, seconds] of rows) {
    it(title, () => {
      assert.equal(secondsLeft({ ...pace, ...change }), seconds);
    });
  }
});
