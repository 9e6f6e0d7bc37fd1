import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxFixture } from "../support/sandbox";
import { temporaryFolder } from "../support/temporaryFolder";
import { bareScenario } from "./bareScenario";
import { realEngine, standIn, type Engine } from "./engines";
import { scatteredScenario } from "./scatteredScenario";
import { Trial } from "./trial";

/** What came of each step of a scenario, by the step's name. */
type Found = Readonly<Record<string, unknown>>;

const scenarios = { bare: bareScenario, scattered: scatteredScenario };
const links = temporaryFolder();
const real = realEngine(join(links, "real"));
after(() => {
  rmSync(links, { recursive: true });
});
/** `PARITY=record npm run parity` writes down what a real pulumi does now, for computers without one. */
const isRecording = process.env.PARITY === "record";

for (const [world, scenario] of Object.entries(scenarios) as [
  keyof typeof scenarios,
  typeof bareScenario,
][]) {
  const file = join(__dirname, "recorded", `${world}.json`);
  const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Found) : {};

  const goesThrough = (engine: Engine, judge: (found: Found) => void) => {
    const { record } = sandboxFixture(world);
    let found: Found = {};
    before(async function () {
      this.timeout(1_800_000);
      const trial = new Trial(engine, record());
      try {
        await scenario(trial);
        found = trial.found;
      } finally {
        trial.remove();
      }
    });
    it("goes through all of it", () => {
      judge(found);
    });
    // What is written down anew is judged by whoever reads the difference.
    for (const [step, expected] of isRecording ? [] : Object.entries(recorded)) {
      it(`${step}: as a real pulumi was seen to`, () => {
        assert.deepEqual(found[step], expected);
      });
    }
  };
  const sameSteps = (found: Found) => {
    assert.deepEqual(Object.keys(found), Object.keys(recorded));
  };

  describe(`the stand-in for pulumi, in the world ${world}`, () => {
    goesThrough(standIn, sameSteps);
  });

  describe(`a real pulumi with its plugin for Kubernetes, in the world ${world}`, () => {
    if (real === undefined) {
      it.skip("is what was recorded: there is no pulumi, or no pulumi-resource-kubernetes, on PATH");
      return;
    }
    goesThrough(real, (found) => {
      if (isRecording) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
      else sameSteps(found);
    });
  });
}
