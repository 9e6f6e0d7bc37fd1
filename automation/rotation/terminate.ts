import { TerminateInstanceInAutoScalingGroupCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, TerminateInstancesCommand, type Instance } from "@aws-sdk/client-ec2";
import { ADMISSION_DENIAL } from "../../planning/rotation/evictionAnswer";
import type { ClusterNode } from "../../planning/rotation/observation";
import { isBusy, terminationRefusal } from "../../planning/rotation/terminationRefusal";
import { KubernetesError } from "../kubernetes";
import { instanceState } from "./instanceState";
import { NODE_CLAIMS, nodeClaimOf } from "./nodeClaims";
import type { ActingTools } from "./outside";
import { RotationStopped } from "./result";

/** What came of telling a node's owner to end it. */
export type Termination =
  /** It is on its way out. */
  | { readonly kind: "terminating" }
  /** Nothing was done, for a reason that is of this node, or may be. */
  | { readonly kind: "refused"; readonly because: string }
  /** Nothing was done: its group is busy with another change, which passes. */
  | { readonly kind: "busy"; readonly because: string };

/** A node that is to end. */
interface Ending {
  readonly node: string;
  readonly instanceId: string;
  readonly isAgain: boolean;
}

const TERMINATING: Termination = { kind: "terminating" };

/**
 * Ends a node that was drained, by whoever owns it. One that is gone or going already, because an earlier attempt was
 * killed behind this act, is left alone. What AWS or an admission policy refuses of this node is told with the way out;
 * others may well be ended.
 *
 * Needs autoscaling:TerminateInstanceInAutoScalingGroup for instances of groups, ec2:TerminateInstances for those of
 * none, delete on nodeclaims of karpenter.sh for those of Karpenter, and what {@link instanceState} needs.
 *
 * @param isAgain after it was busy, so that it is not told again. @default no
 * @throws RotationStopped where others would be refused as well: they must not be drained for it.
 */
export async function terminateNode(
  tools: ActingTools,
  { name, instanceId = "", owner }: Pick<ClusterNode, "name" | "instanceId" | "owner">,
  isAgain = false,
): Promise<Termination> {
  const ending = { node: name, instanceId, isAgain };
  if (instanceId === "") {
    return {
      kind: "refused",
      because: "its Node names no instance of EC2 (spec.providerID), so none was terminated",
    };
  }
  switch (owner.kind) {
    case "karpenter":
      return deleteNodeClaim(tools, ending, owner.nodeClaim);
    case "standalone":
      return terminateStandalone(tools, ending);
    default:
      return terminateInGroup(tools, ending);
  }
}

/**
 * Terminates exactly this instance, by its Auto Scaling group and with one less wanted: a lowered desired size alone
 * would let the group choose, and EKS drains no node that it did not choose itself.
 */
async function terminateInGroup(tools: ActingTools, ending: Ending): Promise<Termination> {
  const { instanceId } = ending;
  const state = await instanceState(tools, instanceId);
  if (state === "notInAGroup") {
    return {
      kind: "refused",
      because: `instance ${instanceId} is in no Auto Scaling group any more, so it was not terminated; terminate it, or attach it again`,
    };
  }
  if (state === "leaving") return TERMINATING;
  return act(tools, ending, async () => {
    await tools.autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({
        InstanceId: instanceId,
        ShouldDecrementDesiredCapacity: true,
      }),
    );
  });
}

/** Terminates an instance that no group has, and says what becomes of its volumes. */
async function terminateStandalone(tools: ActingTools, ending: Ending): Promise<Termination> {
  const { node, instanceId } = ending;
  const state = await instanceState(tools, instanceId);
  if (state === "inAGroup") {
    return {
      kind: "refused",
      because: `instance ${instanceId} was put into an Auto Scaling group while it was drained, which would make another one; run the rotation again`,
    };
  }
  if (state === "leaving") return TERMINATING;
  const { ec2, emit, signal } = tools;
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }), {
    abortSignal: signal,
  });
  const [instance] = Reservations.flatMap(({ Instances = [] }) => Instances);
  const ended = await act(tools, ending, async () => {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  });
  if (instance !== undefined && ended.kind === "terminating") {
    emit({ type: "note", note: volumesNote(node, instance) });
  }
  return ended;
}

/** What becomes of the volumes of an instance that is terminated. */
function volumesNote(node: string, { InstanceId = "", BlockDeviceMappings = [] }: Instance): string {
  const volumes = (isDeleted: boolean) =>
    BlockDeviceMappings.filter(({ Ebs }) => (Ebs?.DeleteOnTermination ?? false) === isDeleted).flatMap(
      ({ Ebs }) => Ebs?.VolumeId ?? [],
    );
  const [deleted, kept] = [volumes(true), volumes(false)];
  return [
    `${node} was ${InstanceId} of no group, and nobody makes another one.`,
    ...(deleted.length > 0 ? [`Deleted with it: ${deleted.join(", ")} (DeleteOnTermination).`] : []),
    ...(kept.length > 0 ? [`Left behind: ${kept.join(", ")}; delete what nobody needs.`] : []),
  ].join(" ");
}

/**
 * Deletes the NodeClaim of a node: Karpenter finds it drained, terminates the instance, and lets NodeClaim and Node go.
 *
 * See https://karpenter.sh/docs/concepts/disruption/#manual-methods.
 */
async function deleteNodeClaim(
  tools: ActingTools,
  { node, instanceId }: Ending,
  name: string | undefined,
): Promise<Termination> {
  if (name === undefined)
    return { kind: "refused", because: "no NodeClaim owns it, so Karpenter can't end it" };
  const claim = await nodeClaimOf(tools.kubernetes, name);
  if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return TERMINATING;
  if (claim.status?.providerID?.endsWith(`/${instanceId}`) !== true) {
    return { kind: "refused", because: `NodeClaim ${name} is of another instance by now` };
  }
  await tools.lease.assertHeld();
  tools.emit({ type: "terminating", node, instanceId });
  try {
    await tools.kubernetes.delete(`${NODE_CLAIMS}/${name}`);
  } catch (error) {
    if (!(error instanceof KubernetesError) || !ADMISSION_DENIAL.test(error.said)) throw error;
    const because = `NodeClaim ${name} may not be deleted: ${error.said}; let that policy allow it, then run the rotation again`;
    return { kind: "refused", because };
  }
  return TERMINATING;
}

/** Ends an instance by a call of AWS, with the last look at the lease. */
async function act(
  tools: ActingTools,
  { node, instanceId, isAgain }: Ending,
  call: () => Promise<void>,
): Promise<Termination> {
  await tools.lease.assertHeld();
  if (!isAgain) tools.emit({ type: "terminating", node, instanceId });
  try {
    await call();
  } catch (error) {
    // An answer that was lost is an error as well, and so is the repetition of what had been done.
    if ((await instanceState(tools, instanceId)) === "leaving") return TERMINATING;
    const refusal = error instanceof Error ? terminationRefusal(instanceId, error) : undefined;
    if (refusal === undefined) throw error;
    const { reason, wayOut, isOfOthersToo } = refusal;
    if (isOfOthersToo) throw new RotationStopped({ path: node, reason, fix: wayOut });
    const kind = error instanceof Error && isBusy(error) ? "busy" : "refused";
    return { kind, because: `${reason} ${wayOut}` };
  }
  return TERMINATING;
}
