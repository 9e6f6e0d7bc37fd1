import { paginateDescribeSubnets, type EC2Client } from "@aws-sdk/client-ec2";
import { StackNotFoundError, type OutputMap, type Stack } from "@pulumi/pulumi/automation";
import {
  standing,
  type RotationRun,
  type StackUpdate,
  type Standing,
} from "../../planning/environmentStatus";
import type { EnvironmentNetwork } from "../../planning/sharedRanges";
import { verification } from "../../planning/rotation/verification";
import type { Clock } from "../clock";
import type { ClusterOutside } from "../connect";
import { readEnvironmentNetwork } from "../environmentNetwork";
import type { Environment } from "../environments";
import { connectKubernetes, type Kubernetes } from "../kubernetes";
import { readOutputs, type PodNetworkOutputs } from "../podNetworkOutputs";
import { preflightRequest } from "../preflight/preflightRequest";
import { PulumiError } from "../pulumiError";
import { leaseHolder } from "../rotation/lease";
import { observer } from "../rotation/observe";
import { readRecord } from "../rotation/record";
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
  const podSubnets = outputs?.podSubnets ?? [];
  const [observed, rotation, freeAddresses, network] = await Promise.all([
    observer({ ...outside, kubernetes }, podSubnets)(),
    rotationRun(kubernetes, outside.clock),
    freeAddressesOf(
      outside,
      podSubnets.map(({ subnetId }) => subnetId),
    ),
    readEnvironmentNetwork({ name, clusterName, podCidrs: outputs?.podCidrs ?? podCidrs }, outside),
  ]);
  const { nodes, oldNodes, pods, podsOutside, isVerified } = verification(observed);
  return {
    environment: name,
    clusterName,
    region,
    ...standing({
      name,
      isUp: outputs !== undefined,
      oldNodes: oldNodes.length,
      isVerified,
      rotation,
      update,
    }),
    pods: { inside: pods - podsOutside.length, of: pods },
    nodes: { old: oldNodes.length, of: nodes },
    freeAddresses,
    network,
  };
}

/** What the backend knows: nothing of a stack that was never made, and no outputs of one that was only previewed. */
async function stackFacts(
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
  const outputs: OutputMap = await stack.outputs();
  const [update] = await lastUpdate(stack);
  return {
    update,
    ...(Object.keys(outputs).length > 0 && { outputs: readOutputs(stack.name, outputs) }),
  };
}

async function lastUpdate(stack: Stack): Promise<StackUpdate[]> {
  const history = await stack.history(1, 1, false);
  return history.map(({ startTime, endTime, result }) => ({
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
  const { runId, isFinished, startedAtMs } = record;
  const { holder = "", renewedAtMs } = lease ?? {};
  const isHeld = holder !== "" && clock.now() - (renewedAtMs ?? 0) < RENEWED_LATELY_MS;
  return { runId, isFinished, startedAtMs, renewedAtMs, isHeld };
}

async function freeAddressesOf(
  { ec2, signal }: { readonly ec2: EC2Client; readonly signal: AbortSignal },
  SubnetIds: string[],
): Promise<number> {
  // Without ids, EC2 would answer all there are.
  if (SubnetIds.length === 0) return 0;
  let free = 0;
  const pages = paginateDescribeSubnets({ client: ec2 }, { SubnetIds }, { abortSignal: signal });
  for await (const { Subnets = [] } of pages) {
    for (const { AvailableIpAddressCount = 0 } of Subnets) free += AvailableIpAddressCount;
  }
  return free;
}
