import { DescribeAutoScalingInstancesCommand } from "@aws-sdk/client-auto-scaling";
import { paginateDescribeNetworkInterfaces, type NetworkInterface } from "@aws-sdk/client-ec2";
import { instanceTypeTable, type InstanceType } from "../../planning/instanceType";
import type { NodeOwner } from "../../planning/rotation/nodeOwner";
import type { Eni, Observation, PodSubnet, WayBack } from "../../planning/rotation/observation";
import { describeInstanceTypes } from "../instanceTypes";
import type { Kubernetes } from "../kubernetes";
import { readAwsNode, type AwsNode } from "./awsNode";
import type { ClusterWatch } from "./clusterWatch";
import type { Tools } from "./outside";
import { slimBudget, slimNode, slimPod, type ApiNode, type NodeWithoutEnis } from "./slim";

/** A cluster at one moment, with how its CNI is set. */
export interface Observed extends Observation {
  readonly awsNode: AwsNode;
}

/** Observes a cluster, as often as it is called. */
export type Observer = () => Promise<Observed>;

/** What Kubernetes knows of a cluster at one moment. */
export interface InKubernetes extends Pick<Observation, "pods" | "budgets"> {
  readonly nodes: readonly NodeWithoutEnis[];
}

/** Asks the API server for all of it. @throws KubernetesError */
export async function listCluster(kubernetes: Kubernetes): Promise<InKubernetes> {
  const [nodes, pods, budgets] = await Promise.all([
    kubernetes.list("/api/v1/nodes", (node: ApiNode) => slimNode(node)),
    kubernetes.list("/api/v1/pods", slimPod),
    kubernetes.list("/apis/policy/v1/poddisruptionbudgets", slimBudget),
  ]);
  return { nodes, pods, budgets };
}

/**
 * Makes an observer of a cluster.
 *
 * Needs ec2:DescribeNetworkInterfaces, ec2:DescribeInstanceTypes for types that are not in the table,
 * autoscaling:DescribeAutoScalingInstances; in Kubernetes list on nodes, pods, poddisruptionbudgets, and get on
 * daemonsets of kube-system.
 *
 * @param podSubnets those that pods are to be in.
 * @param watch looks at nodes, pods and budgets there. @default asks the API server for them each time
 * @param wayBack what is to be left, where pods are to leave the pod subnets. @default they are to be in them
 */
export function observer(
  tools: Tools,
  podSubnets: readonly PodSubnet[],
  watch?: Pick<ClusterWatch, "nodes" | "pods" | "budgets">,
  wayBack?: WayBack,
): Observer {
  const asked = new Map<string, InstanceType | undefined>();
  return async () => {
    const { kubernetes } = tools;
    const [{ nodes: bare, pods, budgets }, awsNode] = await Promise.all([
      watch === undefined
        ? listCluster(kubernetes)
        : { nodes: watch.nodes(), pods: watch.pods(), budgets: watch.budgets() },
      readAwsNode(kubernetes),
    ]);
    await askForTypes(tools, bare, asked);
    const ids = bare.flatMap(({ instanceId }) => instanceId ?? []);
    const [enis, groups] = await Promise.all([enisByInstance(tools, ids), groupsOfInstances(tools, bare)]);
    const { prefixDelegation, maxEni } = awsNode;
    return {
      nodes: bare.map((node) => ({
        ...node,
        instanceType: node.instanceType ?? asked.get(node.instanceTypeName),
        owner: ownerIn(groups, node),
        enis: enis.get(node.instanceId ?? "") ?? [],
      })),
      pods,
      budgets,
      target: { podSubnets, prefixDelegation, maxEni, ...(wayBack !== undefined && { wayBack }) },
      awsNode,
    };
  };
}

/** Types that are newer than the table are asked for once. */
async function askForTypes(
  { ec2, signal }: Tools,
  nodes: readonly NodeWithoutEnis[],
  asked: Map<string, InstanceType | undefined>,
): Promise<void> {
  const unknown = new Set(
    nodes
      .map(({ instanceTypeName }) => instanceTypeName)
      .filter((name) => name !== "" && !instanceTypeTable().has(name) && !asked.has(name)),
  );
  if (unknown.size === 0) return;
  for (const name of unknown) asked.set(name, undefined);
  for (const type of await describeInstanceTypes(ec2, [...unknown], signal))
    asked.set(type.instanceType, type);
}

/** EC2 takes at most this many values in one filter. */
const VALUES_PER_FILTER = 200;

/** The interfaces of instances, by instance id. */
export async function enisByInstance(
  { ec2, signal }: Pick<Tools, "ec2" | "signal">,
  instanceIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Eni[]>> {
  const found = new Map<string, Eni[]>();
  for (const Values of chunks(instanceIds, VALUES_PER_FILTER)) {
    signal.throwIfAborted();
    const Filters = [{ Name: "attachment.instance-id", Values }];
    for await (const page of paginateDescribeNetworkInterfaces(
      { client: ec2, pageSize: 1000 },
      { Filters },
      { abortSignal: signal },
    )) {
      for (const eni of page.NetworkInterfaces ?? []) {
        const instanceId = eni.Attachment?.InstanceId ?? "";
        found.set(instanceId, [...(found.get(instanceId) ?? []), slimEni(eni)]);
      }
    }
  }
  return found;
}

function slimEni(eni: NetworkInterface): Eni {
  const { DeviceIndex = -1, NetworkCardIndex = 0 } = eni.Attachment ?? {};
  return {
    eniId: eni.NetworkInterfaceId ?? "",
    subnetId: eni.SubnetId ?? "",
    isPrimary: DeviceIndex === 0 && NetworkCardIndex === 0,
    networkCardIndex: NetworkCardIndex,
    interfaceType: eni.InterfaceType ?? "interface",
    noManage: (eni.TagSet ?? []).some(
      ({ Key, Value }) => Key === "node.k8s.amazonaws.com/no_manage" && Value === "true",
    ),
    securityGroupIds: (eni.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    secondaryAddresses: (eni.PrivateIpAddresses ?? [])
      .filter(({ Primary }) => Primary !== true)
      .flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []),
    prefixes: (eni.Ipv4Prefixes ?? []).flatMap(({ Ipv4Prefix }) => Ipv4Prefix ?? []),
  };
}

/** DescribeAutoScalingInstances takes at most this many ids. */
const IDS_PER_CALL = 50;

/** The owner of a node, where its labels alone don't tell it. */
export function ownerIn(
  groups: ReadonlyMap<string, string>,
  { owner, instanceId = "" }: NodeWithoutEnis,
): NodeOwner {
  const name = groups.get(instanceId);
  return owner.kind === "standalone" && name !== undefined ? { kind: "autoScalingGroup", name } : owner;
}

/** The Auto Scaling groups of instances whose labels don't tell who owns them, by instance id. */
export async function groupsOfInstances(
  { autoScaling, signal }: Tools,
  nodes: readonly NodeWithoutEnis[],
): Promise<ReadonlyMap<string, string>> {
  const unlabelled = nodes
    .filter(({ owner }) => owner.kind === "standalone")
    .flatMap(({ instanceId }) => instanceId ?? []);
  const found = new Map<string, string>();
  for (const InstanceIds of chunks(unlabelled, IDS_PER_CALL)) {
    const { AutoScalingInstances = [] } = await autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds }),
      { abortSignal: signal },
    );
    for (const { InstanceId = "", AutoScalingGroupName = "" } of AutoScalingInstances)
      found.set(InstanceId, AutoScalingGroupName);
  }
  return found;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
