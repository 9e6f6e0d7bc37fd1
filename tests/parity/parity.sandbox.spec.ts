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
const NOT_THERE = "there is no pulumi, or no pulumi-resource-kubernetes, on PATH";

for (const [world, scenario] of Object.entries(scenarios) as [
  keyof typeof scenarios,
  typeof bareScenario,
][]) {
  const file = join(__dirname, "recorded", `${world}.json`);
  const recorded = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Found) : {};

  const goesThrough = (engine: Engine, other: Engine | undefined, judge: (found: Found) => void) => {
    const { record } = sandboxFixture(world);
    let trial: Trial;
    before(async function () {
      this.timeout(1_800_000);
      trial = new Trial(engine, record());
      await scenario(trial);
    });
    after(() => {
      trial.remove();
    });
    it("goes through all of it", () => {
      judge(trial.found);
    });
    // What is written down anew is judged by whoever reads the difference.
    for (const [step, expected] of isRecording ? [] : Object.entries(recorded)) {
      it(`${step}: as a real pulumi was seen to`, () => {
        assert.deepEqual(trial.found[step], expected);
      });
    }
    if (other === undefined) {
      it.skip(`is exported so that a real pulumi imports it: ${NOT_THERE}`);
      return;
    }
    it(`is exported so that the ${other.name} one imports it and finds nothing to change`, async function () {
      this.timeout(180_000);
      const heir = await trial.handOverTo(other);
      try {
        await heir.operate("planned", ["preview", "--expect-no-changes"]);
      } finally {
        heir.remove();
      }
    });
  };
  const sameSteps = (found: Found) => {
    assert.deepEqual(Object.keys(found), Object.keys(recorded));
  };

  describe(`the stand-in for pulumi, in the world ${world}`, () => {
    goesThrough(standIn, real, sameSteps);
  });

  describe(`a real pulumi with its plugin for Kubernetes, in the world ${world}`, () => {
    if (real === undefined) {
      it.skip(`is what was recorded: ${NOT_THERE}`);
      return;
    }
    goesThrough(real, standIn, (found) => {
      if (isRecording) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
      else sameSteps(found);
    });
  });
}
