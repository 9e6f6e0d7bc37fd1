import { mkdirSync } from "node:fs";
import { PortTakenError } from "./ending";
import type { SandboxProgress } from "./progress";
import { writeRecord, type SandboxRecord } from "./record";
import { removeSandbox } from "./sandboxFolder";
import { startSandbox, type WantedPorts } from "./startSandbox";
import { worlds, type WorldName } from "./worlds";

/** What a sandbox is to be. */
export type SandboxPlan = Pick<SandboxRecord, "name" | "folder"> & {
  readonly world: WorldName;
  /** What was asked for beside its world, which a reset asks for again. */
  readonly asked: Pick<SandboxRecord, "nodes" | "pace" | "recogniseAfter">;
  /** Ports that are taken where they are free. @default any */
  readonly wantedPorts?: WantedPorts | undefined;
};

/** Between the choice of a port and the start of its program another program may take it. */
const STARTS_AT_MOST = 3;

/**
 * Starts a sandbox in a folder that is empty or missing; again with other ports, where one was lost meanwhile.
 *
 * @throws SandboxError when a part does not start, the signal's reason when it is aborted. Nothing stays then.
 */
export async function startFresh(
  plan: SandboxPlan,
  outside: {
    readonly progress: SandboxProgress;
    /** Builds its world anew, also where it was kept. */
    readonly fresh?: boolean | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<SandboxRecord> {
  for (let start = 1; ; start++) {
    try {
      mkdirSync(plan.folder, { recursive: true, mode: 0o700 });
      const record = blankRecord(plan);
      // Before anything is started, so that whoever comes after us knows what the folder is.
      writeRecord(record);
      return await startSandbox(record, {
        ...outside,
        wantedPorts: start === 1 ? plan.wantedPorts : undefined,
      });
    } catch (error) {
      await removeSandbox(plan.folder);
      if (!(error instanceof PortTakenError) || start === STARTS_AT_MOST) throw error;
      outside.progress.say("another program has taken a port meanwhile; starting again with others");
    }
  }
}

function blankRecord({ name, folder, world, asked }: SandboxPlan): SandboxRecord {
  return {
    name,
    world,
    // As it is read from its file, which has no place for what was not asked for.
    ...(JSON.parse(JSON.stringify(asked)) as SandboxPlan["asked"]),
    folder,
    region: "us-west-2",
    accountId: "123456789012",
    clusterName: worlds[world].clusterName,
    server: "",
    awsEndpoint: "",
    motoEndpoint: "",
    kubeconfig: "",
    kubectl: "",
    processes: [],
    startedAt: new Date().toISOString(),
    state: "starting",
  };
}
