import { StackNotFoundError, type Stack } from "@pulumi/pulumi/automation";
import {
  standing,
  type RotationRun,
  type StackUpdate,
  type Standing,
} from "../../planning/environmentStatus";
import { cidrBlock, contains, readCidr } from "../../planning/cidrBlock";
import type { EnvironmentNetwork } from "../../planning/sharedRanges";
import { sum } from "../../planning/sequence";
import type { SubnetRoom } from "../../planning/rotation/addressRoom";
import { verification } from "../../planning/rotation/verification";
import type { Clock } from "../clock";
import type { ClusterOutside } from "../connect";
import { readEnvironmentNetwork } from "../environmentNetwork";
import type { Environment } from "../environments";
import { connectKubernetes, type Kubernetes } from "../kubernetes";
import { readOutputs, stackOutputs, type PodNetworkOutputs } from "../podNetworkOutputs";
import { preflightRequest } from "../preflight/preflightRequest";
import { PulumiError } from "../pulumiError";
import { askedOfStack } from "../pulumiOperation";
import { leaseHolder } from "../rotation/lease";
import { observer } from "../rotation/observe";
import { readRecord } from "../rotation/record";
import { describeSubnetRooms } from "../rotation/subnetRooms";
import { openExistingStack, type StackOptions } from "../stack";

/** How far an environment is, with the figures that show it. */
export interface EnvironmentStatus extends Standing {
  readonly environment: string;
  readonly clusterName: string;
  readonly region: string;
  /** Pods with an address of the pod subnets, of all that have one of their own and have not ended. */
  readonly pods: { readonly inside: number; readonly of: number };
  readonly nodes: { readonly old: number; readonly of: number };
  /** Addresses that are free in the pod subnets. */
  readonly freeAddresses: number;
  readonly network: EnvironmentNetwork;
}

/**
 * Says how far an environment is. Changes nothing; of one that was never brought up, its cluster is looked at.
 *
 * Needs what `observer` and `readEnvironmentNetwork` need; ec2:DescribeSubnets; in Kubernetes get on leases and configmaps
 * of kube-system.
 *
 * @throws PulumiError, InvalidFileError, InvalidInputError when there is no such cluster, KubernetesError, RotationError;
 *   what AWS answers.
 */
export async function readStatus(
  environment: Environment,
  options: StackOptions,
  outside: ClusterOutside,
): Promise<EnvironmentStatus> {
  const { name, region } = environment;
  const { clusterName, podCidrs } = preflightRequest(environment, options.workDir);
  const { outputs, update } = await stackFacts(environment, options);
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const network = await readEnvironmentNetwork(
    { name, clusterName, podCidrs: outputs?.podCidrs ?? podCidrs },
    outside,
  );
  const podSubnets = await podSubnetsOf(outputs, network, outside);
  const [observed, rotation] = await Promise.all([
    observer({ ...outside, kubernetes }, podSubnets)(),
    rotationRun(kubernetes, outside.clock),
  ]);
  const { nodes, oldNodes, pods, podsOutside, isVerified } = verification(observed);
  return {
    environment: name,
    clusterName,
    region,
    ...standing({
      name,
      isUp: outputs !== undefined,
      nodes,
      oldNodes: oldNodes.length,
      isVerified,
      customNetworking: observed.awsNode.customNetworking,
      rotation,
      update,
    }),
    pods: { inside: pods - podsOutside.length, of: pods },
    nodes: { old: oldNodes.length, of: nodes },
    freeAddresses: sum(podSubnets, (subnet) => subnet.freeAddresses),
    network,
  };
}

/** What the backend knows: nothing of a stack that was never made, and no outputs of one that was only previewed. */
export async function stackFacts(
  environment: Environment,
  options: StackOptions,
): Promise<{ outputs?: PodNetworkOutputs; update?: StackUpdate | undefined }> {
  let stack: Stack;
  try {
    stack = await openExistingStack(environment, options);
  } catch (error) {
    if (error instanceof PulumiError && error.cause instanceof StackNotFoundError) return {};
    throw error;
  }
  const outputs = await stackOutputs(stack);
  const [update] = await lastUpdate(stack);
  return {
    update,
    ...(Object.keys(outputs).length > 0 && { outputs: readOutputs(stack.name, outputs) }),
  };
}

async function lastUpdate(stack: Stack): Promise<StackUpdate[]> {
  const history = await askedOfStack(`reading the history of stack ${stack.name}`, () =>
    stack.history(1, 1, false),
  );
  return history.map(({ kind, startTime, endTime, result }) => ({
    isRemoval: kind === "destroy",
    startedAtMs: startTime.getTime(),
    endedAtMs: result === "in-progress" ? undefined : endTime.getTime(),
    result: result === "succeeded" || result === "failed" ? result : "running",
  }));
}

/**
 * A holder that is alive renews its lease each 5 seconds. Clocks differ, and who only looks does not wait for the next
 * renewal: one of the last minute will do.
 */
const RENEWED_LATELY_MS = 60_000;

async function rotationRun(kubernetes: Kubernetes, clock: Clock): Promise<RotationRun | undefined> {
  const [record, lease] = await Promise.all([readRecord(kubernetes), leaseHolder(kubernetes)]);
  if (record === undefined) return undefined;
  const { runId, isFinished, isAborted = false, isWayBack = false, startedAtMs, endedAtMs } = record;
  const { holder = "", renewedAtMs } = lease ?? {};
  const isHeld = holder !== "" && clock.now() - (renewedAtMs ?? 0) < RENEWED_LATELY_MS;
  return { runId, isFinished, isAborted, isWayBack, startedAtMs, endedAtMs, isHeld };
}

/**
 * The pod subnets that a stack says; of an update that was cut off, which says none yet, those that are in the blocks for
 * pods by now.
 */
async function podSubnetsOf(
  outputs: PodNetworkOutputs | undefined,
  { vpcId, podCidrs }: EnvironmentNetwork,
  outside: Pick<ClusterOutside, "ec2" | "signal">,
): Promise<SubnetRoom[]> {
  const ids = outputs?.podSubnets.map(({ subnetId }) => subnetId);
  // Without ids, EC2 would answer all there are.
  if (ids?.length === 0) return [];
  if (ids !== undefined) return describeSubnetRooms(outside, { SubnetIds: ids });
  // What is no block is told by preflight.
  const ranges = podCidrs.map(readCidr).flatMap((read) => (read.kind === "block" ? [read.block] : []));
  const all = await describeSubnetRooms(outside, { Filters: [{ Name: "vpc-id", Values: [vpcId] }] });
  // One of IPv6 alone has no block.
  return all.filter(
    (subnet) =>
      subnet.cidrBlock !== "" && ranges.some((range) => contains(range, cidrBlock(subnet.cidrBlock))),
  );
}
