import { throwIfAny, type Problem } from "../../planning/problem";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { yes, type FlagValues } from "../flag";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { rotationTrail } from "../rotationInterruption";
import { flagOfSetting, givenRotationOptions, rotationFlagProblems, settingFlags } from "../rotationFlags";
import { describeAbort, describePause, describePlan, describeRotation } from "../rotationText";
import { told, toldToItsEnd, withRunner } from "../withRunner";

/** What is done instead of rotating. */
const insteadFlags = {
  dryRun: yes("say what would be done, and do nothing"),
  pause: yes("have the rotation that runs, on whichever machine, begin no further node"),
  abort: yes("take back what a rotation that was stopped has left: nodes in service, groups as before"),
};

const rotateOne = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    ...insteadFlags,
    ...settingFlags,
  },
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
pods don't move in time goes back into service, where the scheduler prefers other nodes to it; the others go on, and the
exit code is 1.

Ctrl-C stops after the running evictions and leaves a state that the next run continues. So does the next run when
this one was killed, on any machine. --pause stops one that runs elsewhere, when the nodes on their way have ended.
--abort returns what a stopped one has left to how it was; nodes that were replaced stay so. Flags win over the rotation settings of the file of environments.`,

  flagOf: flagOfSetting,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    const given = givenRotationOptions(flags);
    throwIfAny([...insteadProblems(flags), ...rotationFlagProblems(flags)]);
    if (flags.dryRun === true) {
      const looking = `Looking at ${name}`;
      const plan = await withRunner(looking, flags, io, (runner) =>
        told(looking, runner.planRotation(environment, given), io),
      );
      const isNo = plan.problems.length > 0 || plan.undrainable.length > 0;
      return { json: { environment: name, ...plan }, text: describePlan(name, plan), isNo };
    }
    if (flags.pause === true) {
      const pausing = `Pausing the rotation of ${name}`;
      const result = await withRunner(pausing, flags, io, (runner) =>
        told(pausing, runner.pauseRotation(environment), io),
      );
      return {
        json: { environment: name, ...result },
        text: describePause(name, result),
        isNo: result.outcome !== "asked",
      };
    }
    if (flags.abort === true) {
      const aborting = `Taking back the rotation of ${name}`;
      const result = await withRunner(aborting, flags, io, (runner) =>
        told(aborting, runner.abortRotation(environment, given), io),
      );
      return { json: { environment: name, ...result }, text: describeAbort(name, result) };
    }
    const rotating = `Rotating ${name}`;
    const result = await withRunner(rotating, flags, io, (runner) =>
      toldToItsEnd(rotating, runner.rotate(environment, given), io, rotationTrail(name, "rotate")),
    );
    return {
      json: { environment: name, ...result },
      text: describeRotation(name, result),
      isNo: result.outcome !== "done",
    };
  },
});

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
