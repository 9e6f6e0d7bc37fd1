import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { isNotSeen, type NotSeen } from "../../planning/preflight/finding";
import type { ChangedSetting, ReportFacts } from "../../planning/report/facts";
import { departed, lastSecond, typesOf, type Timeline } from "../../planning/report/timeline";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import { readCniRecord } from "../cniRecord";
import type { AwsOutside } from "../connect";
import type { Environment } from "../environments";
import { KubeConfigError } from "../kubeConfig";
import { connectKubernetes, type Kubernetes } from "../kubernetes";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import { preflight } from "../preflight/preflight";
import { preflightRequest } from "../preflight/preflightRequest";
import { readControlPlane } from "../preflight/readControlPlane";
import type { PictureOutside } from "../preflight/readPicture";
import { readVpcBlocks } from "../preflight/readVpc";
import { seen } from "../preflight/seen";
import { UnreadableRecordError } from "../recordConfigMap";
import { readHistory } from "../rotation/history";
import { slimNode, type ApiNode, type NodeWithoutEnis } from "../rotation/slim";
import { describeSubnetRooms } from "../rotation/subnetRooms";
import type { StackOptions } from "../stack";
import { readStatus, stackFacts } from "../status/readStatus";
import { verify } from "../verify";

/** What a report is read with. */
export type ReportOutside = AwsOutside & Pick<PictureOutside, "connectOther">;

/**
 * Reads all that a report of an environment shows; changes nothing. What may not be looked at, a record that can't be read,
 * and a cluster that does not answer, are no failure: the report says what was not seen.
 *
 * @param all environments of the file, as preflight takes them: those that are to have some of the same addresses are looked
 *   at, where they are connected. @default none but this one
 *
 * Needs what `readStatus`, `verify` and `preflight` need; ec2:DescribeVpcs and DescribeSubnets; in Kubernetes get on
 * configmaps of kube-system.
 *
 * @throws PulumiError, InvalidFileError, InvalidInputError when there is no such cluster, RotationError; what AWS answers.
 */
export async function readReport(
  environment: Environment,
  options: StackOptions,
  outside: ReportOutside,
  all: readonly Environment[] = [],
): Promise<ReportFacts> {
  const { name, region } = environment;
  const request = preflightRequest(environment, options.workDir, all);
  const { clusterName, cni: { env = {}, initEnv = {} } = {} } = request;
  const { outputs } = await stackFacts(environment, options);
  const podCidrs = outputs?.podCidrs ?? request.podCidrs;
  const { vpcId } = await readControlPlane(outside, clusterName);
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
  const [blocks, subnets, found, cluster] = await Promise.all([
    readVpcBlocks(outside, vpcId),
    describeSubnetRooms(outside, inVpc),
    seen("what preflight looks at", () => preflight(request, outside)),
    readCluster({ environment, options, outputs, asked: { env, initEnv } }, outside),
  ]);
  return {
    ...{ environment: name, clusterName, region, vpcId, podCidrs },
    ...cluster,
    readAtMs: outside.clock.now(),
    blocks: blocks.map(({ cidrBlock }) => cidrBlock),
    subnets: subnets.filter(({ cidrBlock }) => cidrBlock !== ""),
    preflight: found,
    made: outputs,
  };
}

/** What only the cluster tells. */
type ClusterParts = Pick<ReportFacts, "status" | "verification" | "types" | "settings" | "timeline">;

/** Of which environment, and what its stack made and asks for. */
interface ReadEnvironment {
  readonly environment: Environment;
  readonly options: StackOptions;
  readonly outputs: PodNetworkOutputs | undefined;
  readonly asked: AskedEnv;
}

/** Looks at the cluster, where there is a way to it and it answers; what of it may not be looked at is left out alone. */
async function readCluster(
  { environment, options, outputs, asked }: ReadEnvironment,
  outside: AwsOutside,
): Promise<ClusterParts> {
  const { kubeConfig } = outside;
  const isUp = outputs !== undefined;
  if (kubeConfig instanceof KubeConfigError) {
    return unseenCluster({ notSeen: `the cluster: ${kubeConfig.message}` }, isUp);
  }
  const cluster = { ...outside, kubeConfig };
  const kubernetes = connectKubernetes(kubeConfig, cluster);
  const nodes = await seen("the cluster", () =>
    kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node)),
  );
  if (isNotSeen(nodes)) return unseenCluster(nodes, isUp);
  const [status, verification, settings, timeline] = await Promise.all([
    seenPart("nodes and pods", () => readStatus(environment, options, cluster)),
    outputs &&
      seenPart("verification", () => verify(outputs, cluster, {}, { environment: environment.name, asked })),
    seenPart("settings of aws-node", () => changedSettings(kubernetes)),
    seenPart("the rotation's history", () => historyWith(kubernetes, nodes)),
  ]);
  const types = typesOf(nodes.filter(({ owner }) => owner.kind !== "fargate"));
  return { status, verification, types, settings, timeline };
}

function unseenCluster(notSeen: NotSeen, isUp: boolean): ClusterParts {
  return {
    status: notSeen,
    verification: isUp ? notSeen : undefined,
    types: notSeen,
    settings: notSeen,
    timeline: notSeen,
  };
}

/** As {@link seen}; what another version of this project has written is not seen either. */
async function seenPart<T>(what: string, look: () => Promise<T>): Promise<T | NotSeen> {
  try {
    return await seen(what, look);
  } catch (error) {
    if (error instanceof UnreadableRecordError) return { notSeen: `${what}: ${error.message}` };
    throw error;
  }
}

/** Variables that are not as before the first change; undefined where nobody has recorded how they were. */
async function changedSettings(kubernetes: Kubernetes): Promise<ChangedSetting[] | undefined> {
  const record = await readCniRecord(kubernetes);
  if (record === undefined) return undefined;
  const daemonSet = await getAwsNode(kubernetes);
  const changed = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>) =>
    [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .sort()
      .filter((name) => before[name] !== now[name])
      .map((name) => ({ name, before: before[name], now: now[name] }));
  return [
    ...changed(record.env, envOf(containerOf(daemonSet, "aws-node"))),
    ...changed(record.initEnv, envOf(containerOf(daemonSet, "aws-vpc-cni-init"))),
  ];
}

/** The history; a node that went while nobody looked is gone in it as well. */
async function historyWith(
  kubernetes: Kubernetes,
  nodes: readonly NodeWithoutEnis[],
): Promise<Timeline | undefined> {
  const timeline = await readHistory(kubernetes);
  return timeline && departed(timeline, new Set(nodes.map(({ name }) => name)), lastSecond(timeline));
}
