import assert from "node:assert/strict";
import { restoredWarmTargets } from "../../../planning/rotation/restoredWarmTargets";

describe("warm targets that are given back", () => {
  const rows: [string, Record<string, string>, Record<string, string | null>, object][] = [
    [
      "are those that still are as they were lowered",
      { A: "1" },
      { A: "5" },
      { restore: { A: "5" }, left: {} },
    ],
    ["are taken away where they were not set", { A: "1" }, { A: null }, { restore: { A: null }, left: {} }],
    ["are none that somebody has set since", { A: "3" }, { A: "5" }, { restore: {}, left: { A: "3" } }],
    ["are none that somebody has taken away", {}, { A: "5" }, { restore: {}, left: { A: null } }],
    ["need nothing where they are as before", { A: "5" }, { A: "5", B: null }, { restore: {}, left: {} }],
  ];
  for (const [title, env, before, decided] of rows) {
    it(title, () => {
      assert.deepEqual(restoredWarmTargets(env, before), decided);
    });
  }
});
