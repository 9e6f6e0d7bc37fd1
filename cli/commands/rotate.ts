import type { GivenRotationOptions } from "../../automation/rotation/rotationOptions";
import { throwIfAny } from "../../planning/problem";
import type { MaxUnavailable } from "../../planning/rotation/batches";
import { rotationSettingsProblems } from "../../planning/rotation/settings";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { text, wholeNumber, yes } from "../flag";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { describePlan, describeRotation } from "../rotationText";
import { told, withRunner } from "../withRunner";

/** A day: longer than anything that is still moving. */
const DAY_SECONDS = 86_400;

const rotateOne = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    dryRun: yes("say what would be done, and do nothing"),
    force: yes("evict pods without a controller as well, which nobody makes again"),
    maxUnavailable: text("<number|percentage>", "old nodes out of service at once, such as 3 or 10%"),
    podTimeoutSeconds: wholeNumber("seconds for the pods of a node to move; 1800 by default", 1, DAY_SECONDS),
    nodeTimeoutSeconds: wholeNumber("seconds for a node to come or go; 900 by default", 1, DAY_SECONDS),
  },
  help: `Examples:
  podnet rotate prod --dry-run
  podnet rotate prod
  podnet rotate --all --approve prod
  podnet rotate prod --max-unavailable 10% --pod-timeout-seconds 3600

Adds new workers, checks the first of each group, and then replaces old nodes batch by batch: cordon, evict under the
PodDisruptionBudgets, wait until the moved pods are ready elsewhere, terminate. A node whose pods don't move in time
goes back into service, the others go on, and the exit code is 1.

Ctrl-C stops after the running evictions and leaves a state that the next run continues. So does the next run when
this one was killed, on any machine. Flags win over the rotation settings of the file of environments.`,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    const given = givenOptions(flags);
    throwIfAny(
      rotationSettingsProblems("", given).map((problem) => ({ ...problem, path: problem.path.slice(1) })),
    );
    if (flags.dryRun === true) {
      const looking = `Looking at ${name}`;
      const plan = await withRunner(looking, flags, io, (runner) =>
        told(looking, runner.planRotation(environment, given), io),
      );
      const isNo = plan.problems.length > 0 || plan.undrainable.length > 0;
      return { json: { environment: name, ...plan }, text: describePlan(name, plan), isNo };
    }
    const rotating = `Rotating ${name}`;
    const result = await withRunner(rotating, flags, io, (runner) =>
      told(rotating, runner.rotate(environment, given), io),
    );
    return {
      json: { environment: name, ...result },
      text: describeRotation(name, result),
      isNo: result.outcome !== "done",
    };
  },
});

/** `podnet rotate ENVIRONMENT...` */
export const rotate = overEnvironments("rotate", rotateOne, ({ dryRun }) => dryRun !== true);

/** The settings that were given as flags, and no others. */
function givenOptions(flags: {
  readonly maxUnavailable?: string | undefined;
  readonly podTimeoutSeconds?: number | undefined;
  readonly nodeTimeoutSeconds?: number | undefined;
  readonly force?: boolean | undefined;
}): GivenRotationOptions {
  const { maxUnavailable, podTimeoutSeconds, nodeTimeoutSeconds, force } = flags;
  const number = /^\d+$/.test(maxUnavailable ?? "") ? Number(maxUnavailable) : maxUnavailable;
  return {
    ...(number !== undefined && { maxUnavailable: number as MaxUnavailable }),
    ...(podTimeoutSeconds !== undefined && { podTimeoutSeconds }),
    ...(nodeTimeoutSeconds !== undefined && { nodeTimeoutSeconds }),
    ...(force !== undefined && { force }),
  };
}
