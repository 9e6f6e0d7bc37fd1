import { DescribeNodegroupCommand, paginateListNodegroups } from "@aws-sdk/client-eks";
import { cidrBlock, overlaps } from "../../planning/cidrBlock";
import { POD_NETWORK_SETTINGS } from "../../planning/podNetwork/awsNodeSettings";
import type { NotSeen } from "../../planning/preflight/finding";
import type { CniPlan, NodeGroupSize, Picture, PodAttachment } from "../../planning/preflight/picture";
import { fromEnv } from "../../planning/awsNode/env";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import { connectKubernetes, type ApiObject, type Kubernetes } from "../kubernetes";
import { observer } from "../rotation/observe";
import type { ObserverOutside } from "../rotation/outside";
import { readControlPlane } from "./readControlPlane";
import { readInstances, readSubnetBlocks } from "./readInstances";
import { readNetworkPolicies } from "./readNetworkPolicies";
import { readVpcAddressing } from "./readVpcAddressing";
import { readInterfaces, readNetworkAcls, readSecurityGroups } from "./readVpcNetwork";
import { seen } from "./seen";

/** What the pod network is to be, as far as it is decided. */
export interface IntendedPodNetwork {
  /** Blocks for pods, each on its boundary. */
  readonly podCidrs: readonly string[];
  /** Security groups of tomorrow's pods. @default the cluster's own, which new workers have */
  readonly podSecurityGroups?: readonly string[] | undefined;
}

/**
 * Looks at a cluster and its surroundings, and changes nothing. What may not be looked at, and a cluster whose API does
 * not answer, are left out with the reason.
 *
 * Needs eks:DescribeCluster; all else is looked at where it may be: ec2:DescribeInstances, DescribeSubnets,
 * DescribeNetworkInterfaces, DescribeSecurityGroups, DescribeSecurityGroupRules, DescribeManagedPrefixLists,
 * GetManagedPrefixListEntries, DescribeNetworkAcls; eks:ListNodegroups, DescribeNodegroup; what `observer` needs; in
 * Kubernetes list on networkpolicies and on eniconfigs.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function readPicture(
  clusterName: string,
  intended: IntendedPodNetwork,
  outside: ObserverOutside,
): Promise<Picture> {
  const kubernetes = connectKubernetes(outside.kubeConfig, outside);
  const controlPlane = await readControlPlane(outside, clusterName);
  const { vpcId, clusterSecurityGroupId, serviceCidrBlock } = controlPlane;
  const serviceRange = serviceCidrBlock === undefined ? {} : { serviceCidrBlock };
  const { podSecurityGroups = [clusterSecurityGroupId] } = intended;
  const { podCidrs } = intended;
  const [
    vpc,
    attachment,
    interfaces,
    securityGroups,
    networkAcls,
    nodeGroups,
    networkPolicies,
    cluster,
    cni,
  ] = await Promise.all([
    seen("the blocks, routes and peerings of the VPC", async () => ({
      ...{ vpcId, podCidrs },
      addressing: { ...(await readVpcAddressing(outside, vpcId)), ...serviceRange },
    })),
    seen("the nodes' subnets and security groups", () =>
      readAttachment(outside, { clusterName, vpcId }, { ...intended, podSecurityGroups }),
    ),
    seen("the network interfaces of the VPC", () => readInterfaces(outside, vpcId)),
    seen("the security groups of the VPC", () => readSecurityGroups(outside, vpcId)),
    seen("the network ACLs of the VPC", () => readNetworkAcls(outside, vpcId)),
    seen("the node groups", () => readNodeGroups(outside, clusterName)),
    seen("the NetworkPolicies", () => readNetworkPolicies(kubernetes)),
    seen("the nodes, pods and budgets", () => observer({ ...outside, kubernetes }, [])()),
    seen("the settings of the CNI", () => readCni(kubernetes)),
  ]);
  return {
    ...{
      controlPlane,
      vpc,
      attachment,
      interfaces,
      securityGroups,
      networkAcls,
      networkPolicies,
      nodeGroups,
      cluster,
    },
    cni: withZones(cni, cluster),
  };
}

async function readAttachment(
  outside: ObserverOutside,
  { clusterName, vpcId }: { readonly clusterName: string; readonly vpcId: string },
  { podCidrs, podSecurityGroups }: Required<IntendedPodNetwork>,
): Promise<PodAttachment> {
  const [instances, blocks] = await Promise.all([
    readInstances(outside, clusterName),
    readSubnetBlocks(outside, vpcId),
  ]);
  const to = podCidrs.map(cidrBlock);
  const subnets = [...new Set(instances.map(({ subnetId }) => subnetId))];
  const from = subnets
    .flatMap((subnetId) => blocks.get(subnetId) ?? [])
    .filter((block) => !to.some((tomorrow) => overlaps(tomorrow, block)));
  return {
    from,
    to,
    groupsToday: [...new Set(instances.flatMap(({ securityGroupIds }) => securityGroupIds))],
    groupsTomorrow: podSecurityGroups ?? [],
  };
}

async function readNodeGroups(
  { eks, signal }: ObserverOutside,
  clusterName: string,
): Promise<NodeGroupSize[]> {
  const names: string[] = [];
  for await (const { nodegroups = [] } of paginateListNodegroups(
    { client: eks },
    { clusterName },
    { abortSignal: signal },
  ))
    names.push(...nodegroups);
  return Promise.all(
    names.map(async (nodegroupName) => {
      const { nodegroup } = await eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }), {
        abortSignal: signal,
      });
      const { maxSize = 0, desiredSize = 0 } = nodegroup?.scalingConfig ?? {};
      return { nodeGroupName: nodegroupName, maxSize, desiredSize, tags: nodegroup?.tags ?? {} };
    }),
  );
}

const ENI_CONFIGS = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";
/** ENI_CONFIG_ANNOTATION_DEF unless it is set (ipamd). */
const DEFAULT_ENI_CONFIG_ANNOTATION = "k8s.amazonaws.com/eniConfig";

/** As it is, with what a pod network sets of it. */
async function readCni(kubernetes: Kubernetes): Promise<CniPlan> {
  const [daemonSet, eniConfigs] = await Promise.all([
    getAwsNode(kubernetes),
    kubernetes.list(ENI_CONFIGS, ({ metadata }: ApiObject) => metadata.name),
  ]);
  const container = containerOf(daemonSet, "aws-node");
  const { settings } = fromEnv(container === undefined ? {} : envOf(container));
  return {
    prefixDelegation: settings.prefixDelegation ?? false,
    maxEni: settings.maxEni,
    eniConfigLabel: POD_NETWORK_SETTINGS.eniConfigLabelDef,
    eniConfigAnnotation: settings.eniConfigAnnotationDef ?? DEFAULT_ENI_CONFIG_ANNOTATION,
    externalSnat: settings.externalSnat ?? false,
    eniConfigs,
  };
}

/** Each zone with nodes gets an ENIConfig of its name. */
function withZones(cni: CniPlan | NotSeen, cluster: Picture["cluster"]): CniPlan | NotSeen {
  if ("notSeen" in cni || "notSeen" in cluster) return cni;
  const zones = cluster.nodes.map(({ availabilityZone }) => availabilityZone);
  return { ...cni, eniConfigs: [...new Set([...cni.eniConfigs, ...zones])] };
}
