import type { Environment } from "../../automation/environments";
import type { GivenRotationOptions } from "../../automation/rotation/rotationOptions";
import { throwIfAny, type Problem } from "../../planning/problem";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { yes, type FlagValues } from "../flag";
import type { Io } from "../io";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { interruptionOf, rotationTrail } from "../rotationInterruption";
import { flagOfSetting, givenRotationOptions, rotationFlagProblems, settingFlags } from "../rotationFlags";
import { describeAbort, describePause, describePlan, describeRotation } from "../rotationText";
import { told, toldToItsEnd, withRunner } from "../withRunner";
import { terminalColumns } from "../wrapped";

/** What is done instead of rotating. */
const insteadFlags = {
  dryRun: yes("say what would be done, and do nothing"),
  pause: yes("have the rotation that runs, on whichever machine, begin no further node"),
  abort: yes("take back what a rotation that was stopped has left: nodes in service, groups as before"),
};

const flagSet = {
  ...environmentFlags,
  pulumiRoot: pulumiRootFlag,
  ...insteadFlags,
  ...settingFlags,
};

const rotateOne = command({
  positional: environmentPositional,
  flags: flagSet,
  help: `Examples:
  podnet rotate prod --dry-run
  podnet rotate prod
  podnet rotate --all --approve prod
  podnet rotate prod --max-unavailable 10% --timeout 1h
  podnet rotate prod --pause
  podnet rotate prod --abort
  podnet rotate prod --surge 0 --pod-selector 'tier!=batch' --delete-emptydir-data=false

Adds new workers, checks the first of each group, and then replaces old nodes node by node: cordon, take it out
of load balancers (by the label node.kubernetes.io/exclude-from-external-load-balancers), evict under the
PodDisruptionBudgets, wait until the moved pods are ready elsewhere and no load balancer has it, terminate. A node whose
pods don't move in time goes back into service, where the scheduler prefers other nodes to it; the others go on.

Ctrl-C stops after the running evictions and leaves a state that the next run continues. So does the next run when
this one was killed, on any machine. --pause stops one that runs elsewhere, when the nodes on their way have ended.
--abort returns what a stopped one has left to how it was; nodes that were replaced stay so.

Flags win over the rotation settings of the file of environments.

Exit code 0 when no old node is left, or the pause was asked for, or what was left is taken back; 1 when nodes are blocked,
it was paused, stopped or refused, a dry run finds anything in the way, or --pause finds nothing that runs; 130 after Ctrl-C.`,

  flagOf: flagOfSetting,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    throwIfAny([...insteadProblems(flags), ...rotationFlagProblems(flags)]);
    const request = { environment, given: givenRotationOptions(flags), flags, io };
    if (flags.dryRun === true) return planned(request);
    if (flags.pause === true) return paused(request);
    if (flags.abort === true) return aborted(request);
    return rotated(request);
  },
});

/** What is asked of one environment. */
interface RotateRequest {
  readonly environment: Environment;
  readonly given: GivenRotationOptions;
  readonly flags: FlagValues<typeof flagSet>;
  readonly io: Io;
}

async function planned({ environment, given, flags, io }: RotateRequest): Promise<Answer> {
  const { name } = environment;
  const title = `Looking at ${name}`;
  const plan = await withRunner(title, flags, io, (runner) =>
    told(title, runner.planRotation(environment, given), io),
  );
  return {
    json: { environment: name, ...plan },
    text: describePlan(name, plan, terminalColumns()),
    isNo: plan.problems.length > 0 || plan.undrainable.length > 0,
  };
}

async function paused({ environment, flags, io }: RotateRequest): Promise<Answer> {
  const { name } = environment;
  const title = `Pausing the rotation of ${name}`;
  const what = "Whether the process that rotates it was asked to pause is not known.";
  const next = { command: `podnet rotate ${name} --pause`, does: "asks again" };
  const result = await withRunner(title, flags, io, (runner) =>
    toldToItsEnd(title, runner.pauseRotation(environment), io, interruptionOf(name, what, next, flags)),
  );
  return {
    json: { environment: name, ...result },
    text: describePause(name, result, terminalColumns(), flags),
    isNo: result.outcome !== "asked",
  };
}

async function aborted({ environment, given, flags, io }: RotateRequest): Promise<Answer> {
  const { name } = environment;
  const title = `Taking back the rotation of ${name}`;
  const what = "What was taken back by then stays so.";
  const next = { command: `podnet rotate ${name} --abort`, does: "takes back the rest" };
  const result = await withRunner(title, flags, io, (runner) =>
    toldToItsEnd(
      title,
      runner.abortRotation(environment, given),
      io,
      interruptionOf(name, what, next, flags),
    ),
  );
  return {
    json: { environment: name, ...result },
    text: describeAbort(name, result, terminalColumns(), flags),
  };
}

async function rotated({ environment, given, flags, io }: RotateRequest): Promise<Answer> {
  const { name } = environment;
  const title = `Rotating ${name}`;
  const trail = rotationTrail(name, "rotate", terminalColumns(process.stderr), flags);
  const result = await withRunner(title, flags, io, (runner) =>
    toldToItsEnd(title, runner.rotate(environment, given), io, trail),
  );
  return {
    json: { environment: name, ...result },
    text: describeRotation(name, result, terminalColumns(), flags),
    isNo: result.outcome !== "done",
  };
}

/** `podnet rotate ENVIRONMENT...` */
export const rotate = overEnvironments(
  "rotate",
  rotateOne,
  ({ dryRun, pause }) => dryRun !== true && pause !== true,
);

/** As people type them. */
const INSTEAD = { dryRun: "--dry-run", pause: "--pause", abort: "--abort" } as const;

function insteadProblems(flags: FlagValues<typeof insteadFlags & typeof settingFlags>): Problem[] {
  const [first, ...others] = (Object.keys(INSTEAD) as (keyof typeof INSTEAD)[]).filter((key) => flags[key]);
  if (first === undefined) return [];
  return [
    ...others.map((key) => ({
      path: key,
      reason: `${INSTEAD[key]} and ${INSTEAD[first]} can't both be done.`,
      fix: "Give one of them.",
    })),
    ...uselessSettings(first, flags).map((key) => ({
      path: key,
      reason: `is how nodes are replaced, and ${INSTEAD[first]} replaces none.`,
      fix: "Leave it out.",
    })),
  ];
}

/** Settings that were given for nothing. A plan follows all of them; an abort waits as long for a node as it is told. */
function uselessSettings(
  instead: keyof typeof INSTEAD,
  flags: FlagValues<typeof settingFlags>,
): (keyof typeof settingFlags)[] {
  if (instead === "dryRun") return [];
  return (Object.keys(settingFlags) as (keyof typeof settingFlags)[]).filter(
    (key) => flags[key] !== undefined && !(instead === "abort" && key === "nodeTimeoutSeconds"),
  );
}
