import { podNetworkOutputs } from "../../automation/podNetworkOutputs";
import { describeRotationEvent } from "../../automation/rotation/describeEvent";
import type { RotationEvent } from "../../automation/rotation/events";
import { previewRotation, rotate as rotateNodes } from "../../automation/rotation/rotate";
import type { GivenRotationOptions } from "../../automation/rotation/rotationOptions";
import { openExistingStack } from "../../automation/stack";
import { throwIfAny } from "../../planning/problem";
import type { MaxUnavailable } from "../../planning/rotation/batches";
import { rotationSettingsProblems } from "../../planning/rotation/settings";
import { checkedOutside, withCluster } from "../clusterOutside";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { text, wholeNumber, yes } from "../flag";
import { overEnvironments } from "../overEnvironments";
import { startProgress, type Progress } from "../progress";
import { findPulumi, pulumiRootFlag } from "../pulumiCommand";
import { describePlan, describeRotation } from "../rotationText";
import { rotationView } from "../rotationView";

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
    const { environment, workDir } = environmentOf(name, flags, io);
    const given = givenOptions(flags);
    throwIfAny(
      rotationSettingsProblems("", given).map((problem) => ({ ...problem, path: problem.path.slice(1) })),
    );
    const options: GivenRotationOptions = { ...environment.rotation, ...given };
    const progress = startProgress(io);
    try {
      progress.step(flags.dryRun === true ? `Looking at ${name}` : `Rotating ${name}`);
      return await withCluster(`Rotating ${name}`, async () => {
        const stack = await openExistingStack(environment, {
          workDir,
          pulumi: await findPulumi(flags.pulumiRoot),
        });
        const outputs = await podNetworkOutputs(stack);
        const outside = await checkedOutside(environment, io.signal);
        if (flags.dryRun === true) {
          const plan = await previewRotation(outputs, options, outside);
          const isNo = plan.problems.length > 0 || plan.undrainable.length > 0;
          return { json: { environment: name, ...plan }, text: describePlan(name, plan), isNo };
        }
        const onEvent = tellEvents(progress, io.isTTY);
        const result = await rotateNodes(outputs, options, { ...outside, onEvent });
        return {
          json: { environment: name, ...result },
          text: describeRotation(name, result),
          isNo: result.outcome !== "done",
        };
      });
    } finally {
      progress.close();
    }
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

/** Events that a picture shows better than a line, where there is a picture. */
const DRAWN: ReadonlySet<RotationEvent["type"]> = new Set([
  "progress",
  "cordoned",
  "evicted",
  "draining",
  "drained",
  "settled",
  "workerReady",
]);

function tellEvents(progress: Progress, isTTY: boolean): (event: RotationEvent) => void {
  const view = rotationView();
  return (event) => {
    view.read(event);
    const line = describeRotationEvent(event);
    // The pods of a node are counted, in a pipeline as well.
    const isCounted = event.type === "evicted" || (isTTY && DRAWN.has(event.type));
    if (line !== undefined && !isCounted) progress.say(line);
    progress.show(view.lines());
  };
}
