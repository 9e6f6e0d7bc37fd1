import {
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateNodegroupConfigCommand,
} from "@aws-sdk/client-eks";
import { RotationStopped } from "./result";
import type { Tools } from "./outside";

/** A managed node group, as EKS describes it. */
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
  };
}

/** Sizes to be changed; what is left out stays. */
export interface Sizes {
  readonly minSize?: number;
  readonly desiredSize?: number;
}

/** How often EKS is asked whether an update is through. */
const POLL_MS = 1_000;

/**
 * Changes the sizes of a managed node group and waits until EKS has done so. Where another update is running, it is
 * waited for.
 *
 * Needs eks:UpdateNodegroupConfig, eks:DescribeUpdate.
 *
 * @throws RotationStopped when EKS can't do it, or takes longer than the timeout.
 */
export async function resizeNodeGroup(
  tools: Pick<Tools, "eks" | "signal" | "clock">,
  clusterName: string,
  nodegroupName: string,
  sizes: Sizes,
  timeoutMs: number,
): Promise<void> {
  const { eks, clock, signal } = tools;
  const deadline = clock.now() + timeoutMs;
  const pause = async (what: string) => {
    if (clock.now() > deadline)
      throw stopped(nodegroupName, `${what} for ${timeoutMs / 1000} s and did not resize it.`);
    await clock.sleep(POLL_MS, signal);
  };
  let updateId: string | undefined;
  while (updateId === undefined) {
    const group = await describeNodeGroup(tools, clusterName, nodegroupName);
    if (group === undefined) throw new Error(`managed node group ${nodegroupName} is gone`);
    const scalingConfig = { minSize: group.minSize, maxSize: group.maxSize, ...sizes };
    const isThere =
      scalingConfig.minSize === group.minSize &&
      (sizes.desiredSize ?? group.desiredSize) === group.desiredSize;
    if (isThere) return;
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
