import {
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { RotationStopped } from "./result";
import { RotationError } from "./rotationError";
import type { ActingTools, Tools } from "./outside";

/** A group of nodes: managed, as EKS describes it, or an Auto Scaling group. */
export interface NodeGroup {
  readonly name: string;
  readonly status: string;
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredSize: number;
  /** Empty where a launch template names the type. */
  readonly instanceTypes: readonly string[];
  readonly autoScalingGroups: readonly string[];
  /** What EKS finds wrong with it, in its own words. */
  readonly healthIssues: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Node labels, as far as the group knows them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Describes a managed node group; none where there is none of that name. Needs eks:DescribeNodegroup. */
export async function describeNodeGroup(
  { eks, signal }: Pick<Tools, "eks" | "signal">,
  clusterName: string,
  nodegroupName: string,
): Promise<NodeGroup | undefined> {
  const answer = await eks
    .send(new DescribeNodegroupCommand({ clusterName, nodegroupName }), { abortSignal: signal })
    .catch((error: unknown) => {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    });
  const group = answer?.nodegroup;
  if (group === undefined) return undefined;
  const { minSize = 0, maxSize = 0, desiredSize = 0 } = group.scalingConfig ?? {};
  return {
    name: nodegroupName,
    status: group.status ?? "",
    minSize,
    maxSize,
    desiredSize,
    instanceTypes: group.instanceTypes ?? [],
    autoScalingGroups: (group.resources?.autoScalingGroups ?? []).flatMap(({ name }) => name ?? []),
    healthIssues: (group.health?.issues ?? []).map(({ code, message }) => `${code ?? ""}: ${message ?? ""}`),
    tags: group.tags ?? {},
    labels: group.labels ?? {},
  };
}

/** Sizes to be changed; what is left out stays. */
export interface Sizes {
  readonly minSize?: number;
  /** Changes the minimum only where it still is this: what somebody has set meanwhile stays. */
  readonly minSizeWas?: number;
  /** Nodes at the least: a group that wants more keeps them. */
  readonly desiredSize?: number;
}

/** A scaling configuration as EKS takes it; a desired size that is left out stays. */
export interface ScalingChange {
  readonly minSize: number;
  readonly maxSize: number;
  readonly desiredSize?: number;
}

/**
 * What to ask of EKS for a group to have these sizes; none where it has them.
 *
 * The desired size is never lowered. The wanted one was computed from an earlier look; an autoscaler, or a person, may
 * have added nodes since, and EKS would end some that it chooses itself, with pods on them.
 *
 * @param group as it is at this moment.
 */
export function scalingChange(
  group: Pick<NodeGroup, "minSize" | "maxSize" | "desiredSize">,
  sizes: Sizes,
): ScalingChange | undefined {
  const { minSizeWas = group.minSize, desiredSize = group.desiredSize } = sizes;
  const { minSize = group.minSize } = minSizeWas === group.minSize ? sizes : {};
  const isRaised = desiredSize > group.desiredSize;
  if (minSize === group.minSize && !isRaised) return undefined;
  return { minSize, maxSize: group.maxSize, ...(isRaised && { desiredSize }) };
}

/** Nothing is asked for that would be refused: somebody has lowered the maximum since. @throws RotationStopped */
export function assertWithinMaximum(
  title: string,
  { maxSize }: Pick<NodeGroup, "maxSize">,
  { desiredSize = 0 }: Pick<ScalingChange, "desiredSize">,
): void {
  if (desiredSize <= maxSize) return;
  throw new RotationStopped({
    path: title,
    reason: `its maximum is ${maxSize} by now, and ${desiredSize} workers are needed.`,
    fix: `Raise it to ${desiredSize} or more, then run the rotation again.`,
  });
}

/** How often EKS is asked whether an update is through. */
const POLL_MS = 1_000;

/**
 * Changes the sizes of a managed node group and waits until EKS has done so. Where another update is running, it is
 * waited for. The desired size is never lowered, whoever has raised it meanwhile.
 *
 * Needs eks:UpdateNodegroupConfig, eks:DescribeUpdate.
 *
 * @throws RotationStopped when its maximum is lower than that, EKS can't do it, or takes longer than the timeout;
 *   RotationError when the group is gone; LeaseLostError.
 */
export async function resizeNodeGroup(
  tools: Pick<ActingTools, "eks" | "signal" | "clock" | "lease">,
  clusterName: string,
  nodegroupName: string,
  sizes: Sizes,
  timeoutMs: number,
): Promise<void> {
  const { eks, clock, signal, lease } = tools;
  const deadline = clock.now() + timeoutMs;
  const pause = async (what: string) => {
    if (clock.now() > deadline)
      throw stopped(nodegroupName, `${what} for ${timeoutMs / 1000} s and did not resize it.`);
    await clock.sleep(POLL_MS, signal);
  };
  let updateId: string | undefined;
  while (updateId === undefined) {
    const group = await describeNodeGroup(tools, clusterName, nodegroupName);
    if (group === undefined) {
      throw new RotationError(
        `managed node group ${nodegroupName} is gone`,
        "Find out who deleted it; where it is one of the new worker groups, podnet up makes it again.",
      );
    }
    const scalingConfig = scalingChange(group, sizes);
    if (scalingConfig === undefined) return;
    assertWithinMaximum(`managed node group ${nodegroupName}`, group, scalingConfig);
    await lease.assertHeld();
    updateId = await eks
      .send(new UpdateNodegroupConfigCommand({ clusterName, nodegroupName, scalingConfig }))
      .then(
        ({ update }) => update?.id ?? "",
        (error: unknown) => {
          if (error instanceof ResourceInUseException) return undefined;
          throw error;
        },
      );
    if (updateId === undefined) await pause("EKS was busy with another update of it");
  }
  for (;;) {
    const { update } = await eks.send(
      new DescribeUpdateCommand({ name: clusterName, nodegroupName, updateId }),
      { abortSignal: signal },
    );
    if (update?.status === "Successful") return;
    if (update?.status === "Failed" || update?.status === "Cancelled") {
      const why = (update.errors ?? []).map(({ errorMessage = "" }) => errorMessage).join("; ");
      throw stopped(nodegroupName, `EKS could not resize it: ${why}.`);
    }
    await pause("EKS was at it");
  }
}

function stopped(nodegroupName: string, reason: string): RotationStopped {
  return new RotationStopped({
    path: `managed node group ${nodegroupName}`,
    reason,
    fix: "Look at aws eks describe-nodegroup, then run the rotation again.",
  });
}
