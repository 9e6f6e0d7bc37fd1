import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { systemClock } from "../../automation/clock";
import { environmentNamed, readEnvironments } from "../../automation/environments";
import { guardedUp, type Done } from "../../automation/guardedUp";
import { preview } from "../../automation/preview";
import type { StackResult } from "../../automation/pulumiEvents";
import { openStack } from "../../automation/stack";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { sandboxFixture } from "../support/sandbox";

const root = join(__dirname, "..", "..");
const standInBin = join(standInPulumiRoot(), "bin");

/** The pulumi of this machine, where there is one besides ours. */
function pulumiOnPath(): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "pulumi"))
    .find((file) => existsSync(file) && realpathSync(file) !== realpathSync(join(standInBin, "pulumi")));
}

const outside = {
  clock: systemClock,
  onEvent: () => undefined,
  signal: new AbortController().signal,
};

const inWords = ({ changes }: StackResult) =>
  changes
    .filter(({ isBookkeeping }) => !isBookkeeping)
    .map(
      ({ operation, type, name, changedProperties }) =>
        `${operation} ${type} ${name} ${changedProperties.join(",")}`,
    )
    .sort();

/** Outputs without what AWS makes up. */
const settled = ({ outputs }: Done) =>
  JSON.parse(JSON.stringify(outputs).replace(/\b(vpc|subnet)-[0-9a-f]+/g, "$1-ID")) as unknown;

/** As podnet up does it: by the plan that was judged. */
async function up(stack: Stack): Promise<Done> {
  const planned: (string | undefined)[] = [];
  const done = await guardedUp(
    stack,
    {},
    {
      ...outside,
      onEvent: (event) => {
        if (event.kind === "planning") planned.push(event.because);
      },
    },
  );
  assert.equal(done.outcome, "done");
  assert.deepEqual(planned, [undefined], "it does what it had planned, at the first look");
  return done;
}

describe("a real pulumi, with the stand-in plugins", () => {
  const real = pulumiOnPath();
  if (real === undefined) {
    it.skip("does the same as the stand-in: there is no pulumi on PATH to compare with");
    return;
  }

  const found = new Map<string, readonly unknown[]>();
  const engines = [
    { name: "the stand-in", other: "the real one" },
    { name: "the real one", other: "the stand-in" },
  ];
  // A root as PulumiCommand wants it, whatever the folder is called that pulumi was found in.
  const realRoot = mkdtempSync(join(tmpdir(), "podnet-pulumi-"));
  mkdirSync(join(realRoot, "bin"));
  symlinkSync(real, join(realRoot, "bin", "pulumi"));
  after(() => {
    rmSync(realRoot, { recursive: true });
  });
  const rootOf = (engine: string) => (engine === "the stand-in" ? standInPulumiRoot() : realRoot);

  for (const { name, other } of engines) {
    describe(`${name} brings the small world up`, function () {
      this.timeout(300_000);
      const sandbox = sandboxFixture("small");
      const open = async (engine: string): Promise<Stack> =>
        openStack(
          {
            ...environmentNamed("sandbox", readEnvironments(join(root, "stacks", "environments.yaml"))),
            kubeconfig: sandbox.record().kubeconfig,
          },
          {
            workDir: root,
            pulumi: await PulumiCommand.get({ root: rootOf(engine) }),
            env: {
              ...sandbox.env(),
              PATH: [join(rootOf(engine), "bin"), standInBin, process.env.PATH].join(delimiter),
            },
          },
        );

      it("and has nothing left to do, nor has the other on the same state", async () => {
        const stack = await open(name);
        const planned = await preview(stack, outside);
        const done = await up(stack);
        found.set(name, [inWords(planned), inWords(done), settled(done)]);
        assert.deepEqual(inWords(await up(stack)), []);
        assert.deepEqual(inWords(await preview(await open(other), outside)), []);
      });
    });
  }

  // In a block of its own: mocha runs the tests of this one before its blocks.
  describe("the two", () => {
    it("plan, do and answer the same", () => {
      assert.deepEqual(found.get("the real one"), found.get("the stand-in"));
      assert.equal((found.get("the real one")?.[1] as readonly string[]).length, 17);
    });
  });
});
