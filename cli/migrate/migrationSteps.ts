import type { EnvironmentVerification } from "../../automation/verify";
import type { RotationResult } from "../../automation/rotation/result";
import type { EnvironmentStatus } from "../../automation/status/readStatus";
import { counted, grouped } from "../../planning/amounts";
import type { Preflight } from "../../planning/preflight/preflight";
import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
import { resourcesInWords, roughly } from "../../planning/preview/figures";
import type { ReportModel } from "../../planning/report/reportModel";
import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import type { ResourceChange } from "../../planning/stack/resourceChange";
import type { Answer, Command } from "../command";
import type { Io } from "../io";
import type { MigrationStep, StepAhead } from "./migrationStep";

/** The flags of each command that takes part, as it reads them. */
export interface StepFlags {
  readonly preflight: Readonly<Record<string, unknown>>;
  readonly preview: Readonly<Record<string, unknown>>;
  readonly up: Readonly<Record<string, unknown>>;
  readonly rotate: Readonly<Record<string, unknown>>;
  readonly verify: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
  readonly report: Readonly<Record<string, unknown>>;
}

/** Commands by their names, or what takes their place. */
export type StepCommands = Readonly<Record<keyof StepFlags, Pick<Command, "run">>>;

/**
 * The steps of a migration, in the only order that is safe.
 *
 * @param name the environment.
 */
export function migrationSteps(
  name: string,
  commands: StepCommands,
  flags: StepFlags,
  io: Io,
): MigrationStep[] {
  const run = async (command: keyof StepFlags, more: Readonly<Record<string, unknown>> = {}) =>
    commands[command].run([name], { ...flags[command], ...more }, io);
  return [
    {
      name: "preflight",
      run: () => run("preflight"),
      cameTo: (answer) => ({ isUnchanged: false, says: preflightInWords(answer.json as Preflight) }),
    },
    {
      name: "up",
      look: async () => {
        const preview = await run("preview");
        const { changes } = preview.json as EnvironmentPreview;
        // An update that was cut off may have left nothing to change, and still not have ended.
        const isAwaited = flags.up.waitForControlPlane === true;
        const status = changes.length > 0 || isAwaited ? undefined : await run("status");
        return upAhead(name, preview, status);
      },
      run: () => run("up"),
      cameTo: upCameTo,
    },
    {
      name: "rotate",
      look: async () => rotationAhead(name, await run("rotate", { dryRun: true })),
      run: () => run("rotate"),
      cameTo: rotationCameTo,
    },
    {
      name: "verify",
      run: () => run("verify"),
      cameTo: (answer) => {
        const { nodes, pods, podCidrs } = answer.json as EnvironmentVerification;
        const says = `${counted(nodes, "node")}, ${counted(pods, "pod")}, all in ${podCidrs.join(", ")}`;
        return { isUnchanged: false, says };
      },
    },
    {
      name: "report",
      run: async () => withoutModel(await run("report")),
      cameTo: () => ({ isUnchanged: false, says: `written to ${String(flags.report.output)}` }),
    },
  ];
}

/** The report's file has all of it; as a result of the migration its sentence is enough. */
function withoutModel(answer: Answer): Answer {
  const { sentence } = answer.json as Pick<ReportModel, "sentence">;
  return { ...answer, json: { sentence } };
}

function preflightInWords({ findings, passed, accepted }: Preflight): string {
  const was = accepted.length === 0 ? "" : `, ${accepted.length} accepted`;
  return `0 stop, ${findings.length} warn${was}, ${passed.length} ok`;
}

/** Where an update that has nothing left to change has ended as well. */
const UP: readonly EnvironmentStatus["step"][] = [
  "up",
  "rotating",
  "rotation stopped",
  "partly rotated",
  "not verified",
  "done",
];

function upAhead(name: string, answer: Answer, status: Answer | undefined): StepAhead {
  const preview = answer.json as EnvironmentPreview;
  const words = resourcesInWords(preview);
  return {
    answer,
    todo: preview.changes.length > 0 ? "change" : upTodo(status && (status.json as EnvironmentStatus)),
    says: "nothing to change",
    question: `Bring ${name} up (${words})?`,
  };
}

/** @param status none where something is waited for besides, which is not known to have come. */
function upTodo(status: Pick<EnvironmentStatus, "step"> | undefined): StepAhead["todo"] {
  if (status === undefined) return "settle";
  // Forward again is a decision, whatever differs.
  if (status.step === "rollback stopped" || status.step === "rolling back") return "change";
  return UP.includes(status.step) ? "nothing" : "settle";
}

function upCameTo(answer: Answer): { isUnchanged: boolean; says: string } {
  const { changes } = answer.json as { readonly changes: readonly ResourceChange[] };
  const { length } = changes.filter(({ isBookkeeping }) => !isBookkeeping);
  return length === 0
    ? { isUnchanged: true, says: "nothing to change, and in force" }
    : { isUnchanged: false, says: `${counted(length, "resource")} changed, and in force` };
}

function rotationAhead(name: string, answer: Answer): StepAhead {
  const { old, nodes, seconds, problems } = answer.json as RotationPlan;
  return {
    answer,
    todo: rotationTodo(old.length, problems.length),
    says: "it would be refused",
    question: `Rotate ${name} (replace ${grouped(old.length)} of ${counted(nodes, "node")}, about ${roughly(seconds)})?`,
  };
}

function rotationTodo(old: number, problems: number): StepAhead["todo"] {
  // What an earlier run has left to groups is put back then.
  if (old === 0) return "settle";
  return problems > 0 ? "refused" : "change";
}

function rotationCameTo(answer: Answer): { isUnchanged: boolean; says: string } {
  const { rotated, rotatedEarlier = 0 } = answer.json as RotationResult;
  const all = rotated.length + rotatedEarlier;
  if (all === 0) return { isUnchanged: true, says: "no node is old" };
  const before = rotatedEarlier === 0 ? "" : `, ${grouped(rotatedEarlier)} of them before`;
  return { isUnchanged: false, says: `${counted(all, "node")} replaced${before}` };
}
