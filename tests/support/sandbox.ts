import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  startControlPlane,
  releaseControlPlane,
  type ControlPlane,
} from "../../sandbox/controlPlane/controlPlane";
import { ensurePrograms } from "../../sandbox/controlPlane/programs";
import { stopProcesses } from "../../sandbox/processes";
import type { SandboxProgress } from "../../sandbox/progress";
import {
  downSandbox,
  sandboxEnv,
  upSandbox,
  type SandboxRecord,
  type WorldName,
} from "../../sandbox/sandbox";
import { temporaryFolder } from "./temporaryFolder";

/** The first run of all builds the programs. */
const STARTS_WITHIN_MS = 20 * 60_000;

/** Progress as lines, without those that change all the time. */
export const printedProgress: SandboxProgress = {
  step: (title) => {
    console.log(`      ${title}`);
  },
  say: (line) => {
    console.log(`        ${line}`);
  },
  show: () => undefined,
};

/** Progress that nobody reads. */
export const noProgress: SandboxProgress = {
  step: () => undefined,
  say: () => undefined,
  show: () => undefined,
};

/**
 * A sandbox for the tests of a `describe`: started before them, gone after them.
 *
 * @param world what is in it; docs/worlds has a page on each. Of those with a cluster `bare` starts soonest.
 * @param asked what else it is to be. @default nothing
 * @returns what answers its record and its environment once the tests run.
 */
export function sandboxFixture(
  world: WorldName,
  asked: { readonly recogniseAfter?: number } = {},
): {
  readonly record: () => SandboxRecord;
  readonly env: () => Record<string, string>;
} {
  let parent: string;
  let record: SandboxRecord | undefined;
  before(async function () {
    this.timeout(STARTS_WITHIN_MS);
    parent = temporaryFolder();
    const folder = join(parent, "sandbox");
    record = await upSandbox({ folder, world, ...asked, progress: printedProgress });
  });
  after(async function () {
    this.timeout(60_000);
    await downSandbox({ folder: join(parent, "sandbox") });
    rmSync(parent, { recursive: true });
  });
  const started = () => {
    if (record === undefined) throw new Error("the sandbox is there while tests run, and not before");
    return record;
  };
  return { record: started, env: () => sandboxEnv(started()) };
}

/**
 * A control plane alone, without an AWS and without a data plane, for the tests of a `describe`.
 *
 * @param kwokConfig path of what kwok is told to play; the sandbox's own by default.
 */
export function controlPlaneFixture(
  kwokConfig = join(__dirname, "..", "..", "sandbox", "dataPlane", "kwok.yaml"),
): { readonly controlPlane: () => ControlPlane; readonly folder: () => string } {
  let folder: string;
  let controlPlane: ControlPlane | undefined;
  before(async function () {
    this.timeout(STARTS_WITHIN_MS);
    folder = temporaryFolder();
    const programs = await ensurePrograms({ progress: printedProgress });
    controlPlane = await startControlPlane(folder, {
      programs,
      kwokConfig,
      clusterName: "small",
      progress: noProgress,
    });
  });
  after(async function () {
    this.timeout(60_000);
    await stopProcesses(folder);
    releaseControlPlane(folder);
    rmSync(folder, { recursive: true });
  });
  return {
    controlPlane: () => {
      if (controlPlane === undefined)
        throw new Error("the control plane is there while tests run, and not before");
      return controlPlane;
    },
    folder: () => folder,
  };
}
