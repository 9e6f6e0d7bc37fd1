import { EventLog } from "../engine/eventLog";
import { takeLock } from "../engine/lock";
import { remoteEndpoints } from "../engine/loopback";
import type { UpdateRecord } from "../engine/stackFiles";
import { runUpdate, type UpdateRequest } from "../engine/update";
import type { Outside } from "./command";
import { Digest } from "./digest";
import { Display } from "./display";
import { openEventSink } from "./eventSink";
import { EXIT_CODE } from "./exitCode";
import { UsageError, type FlagSpec, type Given } from "./flags";
import { readPlan, writePlan } from "./planFile";
import { effectiveValues, runtimeConfig } from "./runtimeConfig";
import { readSnapshot, sealedDeployment } from "./stackState";
import { Workspace } from "./workspace";

/** Flags that preview, up, refresh and destroy have in common. */
export const operationFlags: Readonly<Record<string, FlagSpec>> = {
  message: { kind: "text", short: "m" },
  parallel: { kind: "text", short: "p" },
  diff: { kind: "switch" },
  json: { kind: "switch", short: "j" },
  debug: { kind: "ignored", short: "d" },
  "config-file": { kind: "text" },
  "event-log": { kind: "text" },
  "exec-kind": { kind: "ignoredText" },
  "exec-agent": { kind: "ignoredText" },
  "suppress-outputs": { kind: "switch" },
  "suppress-progress": { kind: "ignored" },
  "suppress-permalink": { kind: "ignoredText" },
  "expect-no-changes": { kind: "switch" },
  client: { kind: "refusedText" },
  target: { kind: "refusedText", short: "t" },
  "target-dependents": { kind: "refused" },
  exclude: { kind: "refusedText" },
  "exclude-dependents": { kind: "refused" },
  "continue-on-error": { kind: "refused" },
  "run-program": { kind: "refused" },
  "attach-debugger": { kind: "refused" },
  remote: { kind: "refused" },
  "show-config": { kind: "ignored" },
  "show-replacement-steps": { kind: "ignored" },
  "show-sames": { kind: "ignored" },
  "show-reads": { kind: "ignored" },
  "show-secrets": { kind: "refused" },
};

/** As many at once as Pulumi does, when nobody says how many. */
const PARALLEL = 16;

/** What is no change: somebody else's resources that are looked at, or not any more. */
const NO_CHANGES = ["same", "read", "read-replacement", "discard"];

/**
 * Updates, refreshes, destroys or previews the stack that is meant.
 *
 * @returns the exit code.
 * @throws StackLockedError when somebody else is at it.
 */
export async function operate(
  kind: UpdateRequest["kind"],
  options: { preview: boolean; refresh: boolean },
  given: Given,
  outside: Outside,
): Promise<number> {
  const remote = remoteEndpoints(outside.env);
  if (remote.length > 0)
    throw new Error(
      `${remote.join("; ")}: the stand-in for Pulumi talks to nothing beyond this computer. Use the real Pulumi for a real cloud`,
    );
  const workspace = new Workspace(given, outside);
  const name = workspace.stack;
  const release = options.preview ? undefined : takeLock(workspace.files.lockFolder(name));
  try {
    return await underLock(kind, options, workspace, given, outside);
  } finally {
    release?.();
  }
}

async function underLock(
  kind: UpdateRequest["kind"],
  { preview, refresh }: { preview: boolean; refresh: boolean },
  workspace: Workspace,
  given: Given,
  outside: Outside,
): Promise<number> {
  const name = workspace.stack;
  const { project, files } = workspace;
  const crypter = workspace.crypter(name);
  const settings = workspace.settings(name);
  const values = effectiveValues(project, settings);
  const events = new EventLog(Date.now);
  const sinkTarget = given.text("event-log");
  const sink = sinkTarget === undefined ? undefined : openEventSink(sinkTarget);
  if (sink !== undefined) events.listen(sink.write);
  const digest = given.has("json") ? new Digest() : undefined;
  const display = new Display(outside.stdout, {
    preview,
    diff: given.has("diff"),
    showOutputs: !given.has("suppress-outputs"),
  });
  events.listen((event) => {
    (digest ?? display).show(event);
  });
  if (digest === undefined) outside.stdout(`${title(kind, preview)} (${name.stack}):\n`);

  const planToMake = given.text("save-plan");
  const planToKeep = given.text("plan");
  const begun = Date.now();
  const outcome = await runUpdate(
    {
      kind,
      preview,
      refresh: refresh || (project.alwaysRefreshes && kind !== "refresh"),
      clearPendingCreates: given.has("clear-pending-creates"),
      makesPlan: planToMake !== undefined,
      ...(planToKeep !== undefined && { plan: readPlan(planToKeep, crypter) }),
      parallel: parallelOf(given),
      target: { organization: "organization", ...name, config: runtimeConfig(values, crypter) },
      program: project.program,
      env: outside.env,
      before: readSnapshot(workspace, name, crypter),
    },
    {
      events,
      save: (snapshot) => {
        files.write(name, sealedDeployment(snapshot, crypter));
      },
      now: Date.now,
      signal: outside.signal,
    },
  );
  if (!preview) {
    const record: UpdateRecord = {
      kind,
      startTime: Math.floor(begun / 1000),
      message: given.text("message") ?? "",
      environment: {},
      config: Object.fromEntries(values),
      version: 0,
      result: outcome.result === "succeeded" ? "succeeded" : "failed",
      endTime: Math.floor(Date.now() / 1000),
      resourceChanges: outcome.changes,
    };
    files.addHistory(name, record);
  }
  if (planToMake !== undefined && outcome.plan !== undefined && outcome.result === "succeeded")
    writePlan(planToMake, outcome.plan, crypter);
  await sink?.close();
  if (digest !== undefined) outside.stdout(digest.text());
  if (outcome.result === "interrupted") {
    outside.stderr(`error: ${kind} canceled\n`);
    return EXIT_CODE.failed;
  }
  if (outcome.result === "failed") {
    outside.stderr(`error: ${preview ? "preview" : kind} failed\n`);
    return EXIT_CODE.failed;
  }
  const changed = Object.entries(outcome.changes).filter(
    ([op, count]) => !NO_CHANGES.includes(op) && count > 0,
  );
  if (given.has("expect-no-changes") && changed.length > 0) {
    outside.stderr(
      `error: no changes were expected for ${preview ? "preview" : kind} but changes were proposed\n`,
    );
    return EXIT_CODE.unexpectedChanges;
  }
  return 0;
}

function title(kind: UpdateRequest["kind"], preview: boolean): string {
  if (preview) return `Previewing ${kind}`;
  return { update: "Updating", refresh: "Refreshing", destroy: "Destroying" }[kind];
}

function parallelOf(given: Given): number {
  const text = given.text("parallel");
  if (text === undefined) return PARALLEL;
  const parallel = Number(text);
  if (!Number.isInteger(parallel) || parallel < 0) throw new UsageError(`--parallel ${text} is not a number`);
  // As in Pulumi: 0 is 1.
  return Math.max(1, parallel);
}
