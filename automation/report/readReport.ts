import { isNotSeen, type NotSeen } from "../../planning/preflight/finding";
import type { ChangedSetting, ReportFacts } from "../../planning/report/facts";
import { departed, lastSecond, typesOf, type Timeline } from "../../planning/report/timeline";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import { readCniRecord } from "../cniRecord";
import type { AwsOutside, ClusterOutside } from "../connect";
import type { Environment } from "../environments";
import { KubeConfigError } from "../kubeConfig";
import { connectKubernetes, type Kubernetes } from "../kubernetes";
import { preflight } from "../preflight/preflight";
import { preflightRequest } from "../preflight/preflightRequest";
import { readControlPlane } from "../preflight/readControlPlane";
import { readVpcBlocks } from "../preflight/readVpc";
import { seen } from "../preflight/seen";
import { UnreadableRecordError } from "../recordConfigMap";
import { readHistory } from "../rotation/history";
import { slimNode, type ApiNode, type NodeWithoutEnis } from "../rotation/slim";
import { describeSubnetRooms } from "../rotation/subnetRooms";
import type { StackOptions } from "../stack";
import { readStatus, stackFacts } from "../status/readStatus";
import { verify } from "../verify";

/**
 * Reads all that a report of an environment shows; changes nothing. What may not be looked at, and a cluster that does not
 * answer, are no failure: the report says what was not seen.
 *
 * Needs what `readStatus`, `verify` and `preflight` need; ec2:DescribeVpcs and DescribeSubnets; in Kubernetes get on
 * configmaps of kube-system.
 *
 * @throws PulumiError, InvalidFileError, InvalidInputError when there is no such cluster; what AWS answers.
 */
export async function readReport(
  environment: Environment,
  options: StackOptions,
  outside: AwsOutside,
): Promise<ReportFacts> {
  const { name, region } = environment;
  const request = preflightRequest(environment, options.workDir);
  const { clusterName } = request;
  const { outputs } = await stackFacts(environment, options);
  const podCidrs = outputs?.podCidrs ?? request.podCidrs;
  const { vpcId } = await readControlPlane(outside, clusterName);
  const inVpc = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
  const [blocks, subnets, found, inCluster] = await Promise.all([
    readVpcBlocks(outside, vpcId),
    describeSubnetRooms(outside, inVpc),
    seen("what preflight looks at", () => preflight(request, outside)),
    ofCluster(outside, async (cluster) => {
      const kubernetes = connectKubernetes(cluster.kubeConfig, cluster);
      const nodes = await kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node));
      return {
        status: await readStatus(environment, options, cluster),
        verification: outputs && (await verify(outputs, cluster, {}, { environment: name })),
        types: typesOf(nodes.filter(({ owner }) => owner.kind !== "fargate")),
        settings: await changedSettings(kubernetes),
        timeline: await historyWith(kubernetes, nodes),
      };
    }),
  ]);
  const cluster = isNotSeen(inCluster) ? unseenCluster(inCluster, outputs !== undefined) : inCluster;
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

/** Looks at the cluster, where there is a way to it and it answers. */
async function ofCluster<T>(
  outside: AwsOutside,
  look: (outside: ClusterOutside) => Promise<T>,
): Promise<T | NotSeen> {
  const { kubeConfig } = outside;
  if (kubeConfig instanceof KubeConfigError) return { notSeen: `the cluster: ${kubeConfig.message}` };
  return seen("the cluster", () => look({ ...outside, kubeConfig }));
}

function unseenCluster(notSeen: NotSeen, isUp: boolean) {
  return {
    status: notSeen,
    verification: isUp ? notSeen : undefined,
    types: notSeen,
    settings: notSeen,
    timeline: notSeen,
  };
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
): Promise<Timeline | NotSeen | undefined> {
  try {
    const timeline = await readHistory(kubernetes);
    if (timeline === undefined) return undefined;
    return departed(timeline, new Set(nodes.map(({ name }) => name)), lastSecond(timeline));
  } catch (error) {
    if (error instanceof UnreadableRecordError)
      return { notSeen: `the rotation's history: ${error.message}` };
    throw error;
  }
}
