import type { Environment } from "../../automation/environments";
import { UpdateFailedError } from "../../automation/updateFailedError";
import { UpdateInterruptedError } from "../../automation/updateInterruptedError";
import { readAllowances } from "../../planning/guard/allowance";
import { command, type Answer } from "../command";
import {
  environmentFlagOf,
  environmentFlags,
  environmentOf,
  environmentPositional,
} from "../environmentCommand";
import { texts, wholeNumber, yes } from "../flag";
import { InterruptedError } from "../interruptedError";
import type { CommandPlace } from "../nextCommand";
import { OutsideError } from "../outsideError";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import {
  describeBroughtUp,
  describeInterrupted,
  describeRefusal,
  describeUnfinished,
  nextOf,
} from "../upText";
import { told, withRunner } from "../withRunner";

const DAY_SECONDS = 86_400;

/** How an environment is brought up. */
export const upFlags = {
  allow: texts(
    "<id[=resource]...>",
    "dangers that it may bring about, as a refusal names them; none by default",
  ),
  waitForControlPlane: yes("wait until the control plane reaches pods of the new range"),
  controlPlaneDeadlineSeconds: wholeNumber(
    "how long to wait for it; 18000 by default, the five hours that EKS may take",
    1,
    DAY_SECONDS,
  ),
};

const upOne = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    ...upFlags,
  },
  help: `Examples:
  podnet up prod
  podnet up prod --json
  podnet up --all --approve prod
  podnet up prod --allow WORKERS-ROLLED=pod-network-pods-general-us-west-2a
  podnet up prod --wait-for-control-plane

Makes the range, the pod subnets, the ENIConfigs, the CNI's settings and new, empty groups of workers, in this order,
and waits until aws-node runs with its new settings. Nodes that are there keep their addresses; podnet rotate replaces
them. How the CNI was set before is kept in the ConfigMap eks-pod-network-cni of kube-system. Run again, it changes what
differs, and nothing else. What would delete or replace a pod subnet, a block, an ENIConfig, a group of workers or aws-node,
take a subnet's route table, have EKS replace nodes by itself, or turn custom networking off is refused with exit code 1,
unless it is allowed by name. Ctrl-C ends it when what was begun is finished.`,

  flagOf: environmentFlagOf,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    const { waitForControlPlane = false, controlPlaneDeadlineSeconds: deadlineSeconds } = flags;
    const options = {
      allow: readAllowances(flags.allow ?? []),
      ...(waitForControlPlane && { controlPlane: { deadlineSeconds } }),
    };
    const title = `Bringing ${name} up`;
    const result = await withRunner(title, flags, io, (runner) =>
      told(title, runner.up(environment, options), io).catch((error: unknown) => {
        if (error instanceof UpdateFailedError) throw explained(environment, error, flags);
        throw io.signal.aborted ? interrupted(environment, error, flags) : error;
      }),
    );
    const json = { environment: name, stack: environment.stack, ...result };
    return result.outcome === "refused"
      ? { json, text: describeRefusal(environment, result), isNo: true }
      : { json, text: describeBroughtUp(environment, result, flags) };
  },
});

/** An update that failed, with how far it came. */
function explained(
  environment: Environment,
  { what, reason, fix, progress }: UpdateFailedError,
  place: CommandPlace,
): OutsideError {
  const text = describeUnfinished(environment, progress, place);
  return new OutsideError(what, reason, fix, {
    text,
    json: { ...progress, next: nextOf(environment, place) },
  });
}

/** Bringing an environment up was interrupted, with how far it came. */
function interrupted(environment: Environment, error: unknown, place: CommandPlace): InterruptedError {
  const isUpdate = error instanceof UpdateInterruptedError;
  const { done, failed: stopped, pending } = isUpdate ? error.progress : {};
  return new InterruptedError(isUpdate ? error.cause : error, {
    text: describeInterrupted(environment, isUpdate ? error.progress : undefined, place),
    json: { ...(isUpdate && { done, stopped, pending }), next: nextOf(environment, place) },
  });
}

/** `podnet up ENVIRONMENT...` */
export const up = overEnvironments("up", upOne, () => true);
