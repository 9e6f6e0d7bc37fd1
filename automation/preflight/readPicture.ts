import type { IAMClient } from "@aws-sdk/client-iam";
import type { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import type { STSClient } from "@aws-sdk/client-sts";
import { fromEnv } from "../../planning/awsNode/env";
import { envOf, type LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";
import { POD_NETWORK_SETTINGS } from "../../planning/podNetwork/awsNodeSettings";
import type { PermissionNetwork, WantedPermissions } from "../../planning/permissions/wanted";
import type { PodNetworkRequest } from "../../planning/podNetwork/request";
import { clusterFacts } from "../../planning/preflight/clusterFacts";
import { isNotSeen, type NotSeen } from "../../planning/preflight/finding";
import { ownersIn } from "../../planning/preflight/permissionNeeds";
import type { CniPlan, ControlPlaneFacts, Picture, VpcFacts } from "../../planning/preflight/picture";
import { podAttachment } from "../../planning/preflight/podAttachment";
import type { Quotas } from "../../planning/preflight/quotas";
import { getAwsNode } from "../awsNodeDaemonSet";
import { KubeConfigError } from "../kubeConfig";
import { connectKubernetes } from "../kubernetes";
import { observer } from "../rotation/observe";
import type { ObserverOutside } from "../rotation/outside";
import { askApi } from "./askApi";
import { readAddOn } from "./readAddOn";
import { readControlPlane } from "./readControlPlane";
import { readEniConfigs } from "./readEniConfigs";
import { readInstances } from "./readInstances";
import { readNetworkPolicies } from "./readNetworkPolicies";
import { readNeighbourhood, type NeighbourhoodOutside, type NeighbourhoodRequest } from "./readNeighbourhood";
import { placeNames, readPlaces, systemLookup, type HostLookup } from "./readPlaces";
import { readQuotas } from "./readQuotas";
import {
  readPeerings,
  readPeerRoutes,
  readRouteTables,
  readSubnets,
  readVpcBlocks,
  type ReadPeering,
  type ReadRouteTable,
} from "./readVpc";
import { readInterfaces, readNetworkAcls, readSecurityGroups } from "./readVpcNetwork";
import { readNodeGroups, readScalingGroups } from "./readWorkers";
import { readWorkloads, type LookAtCluster } from "./readWorkloads";
import { seen } from "./seen";

/** What the pod network is to be, as far as it is decided. */
export interface IntendedPodNetwork extends PodNetworkRequest {
  /** Security groups of tomorrow's pods. @default the cluster's own, which new workers have */
  readonly podSecurityGroups?: readonly string[] | undefined;
  /** Places that pods must reach tomorrow as well, as `host:port`. @default none */
  readonly mustReach?: readonly string[] | undefined;
  /** What decides about permissions. @default new managed workers, and nothing that has to be asked for */
  readonly permissions?: Required<Pick<WantedPermissions, "network" | "rotation">> | undefined;
  /** The name of the environment, and others that are to have some of its addresses for pods. @default none */
  readonly neighbours?: Pick<NeighbourhoodRequest, "name" | "others"> | undefined;
}

/** What a picture is taken with. */
export interface PictureOutside extends Omit<ObserverOutside, "kubeConfig"> {
  /** How to reach the cluster, or why it can't be reached. */
  readonly kubeConfig: ObserverOutside["kubeConfig"] | KubeConfigError;
  readonly serviceQuotas: ServiceQuotasClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  /** Finds the addresses of hosts. @default as this computer does */
  readonly lookup?: HostLookup | undefined;
  /** Clients of the AWS of another environment. @default as its entry says */
  readonly connectOther?: NeighbourhoodOutside["connectOther"];
}

/**
 * Looks at a cluster and its surroundings, and changes nothing. What may not be looked at, and a cluster whose API does
 * not answer, are left out with the reason.
 *
 * Needs eks:DescribeCluster; all else is looked at where it may be: ec2:DescribeVpcs, DescribeSubnets,
 * DescribeRouteTables, DescribeVpcPeeringConnections, DescribeInstances, DescribeNetworkInterfaces,
 * DescribeVpcEndpoints, DescribeSecurityGroups, DescribeSecurityGroupRules, DescribeManagedPrefixLists,
 * GetManagedPrefixListEntries, DescribeNetworkAcls; eks:ListNodegroups, DescribeNodegroup, DescribeAddon,
 * DescribePodIdentityAssociation, DescribeAddonVersions; autoscaling:DescribeAutoScalingGroups;
 * servicequotas:ListServiceQuotas; what `observer`, `readWorkloads` and `readNeighbourhood` need; in Kubernetes list on networkpolicies and
 * on eniconfigs.
 *
 * @throws InvalidInputError when there is no such cluster, or a place is none; otherwise what AWS answers.
 */
export async function readPicture(
  clusterName: string,
  intended: IntendedPodNetwork,
  outside: PictureOutside,
): Promise<Picture> {
  const { podSecurityGroups, mustReach = [], neighbours, permissions, ...wanted } = intended;
  const { kubeConfig, ...tools } = outside;
  const { signal } = tools;
  const kubernetes =
    kubeConfig instanceof KubeConfigError ? kubeConfig : connectKubernetes(kubeConfig, tools);
  const placesReading = readPlaces(placeNames(mustReach), outside.lookup ?? systemLookup);
  const apiAsking = askApi(kubeConfig, signal);
  // It may fail before anybody waits for it.
  void Promise.allSettled([apiAsking]);

  const controlPlane = await readControlPlane(tools, clusterName);
  const { vpcId, version } = controlPlane;
  /** A part that only the cluster's API tells. */
  const ofCluster: LookAtCluster = async (what, look) => {
    if (kubernetes instanceof KubeConfigError) {
      return { notSeen: `the cluster's API was not asked: ${kubernetes.message}` };
    }
    const api = await apiAsking;
    return api.answers
      ? seen(what, () => look(kubernetes))
      : { notSeen: `the cluster's API does not answer: ${api.why}` };
  };
  const tablesReading = seen("the route tables of the VPC", () => readRouteTables(tools, vpcId));
  const peeringsReading = seen("the peerings of the VPC", () => readPeerings(tools, vpcId));
  const [blocks, routeTables, peerings, subnets, peerRoutes, instances, nodeGroups, scalingGroups] =
    await Promise.all([
      seen("the blocks of the VPC", () => readVpcBlocks(tools, vpcId)),
      tablesReading,
      peeringsReading,
      withSeen(tablesReading, (tables) =>
        seen("the subnets of the VPC", () => readSubnets(tools, vpcId, tables)),
      ),
      withSeen(peeringsReading, (found) =>
        seen("the routes of peered VPCs", () => readPeerRoutes(tools, found)),
      ),
      seen("the nodes' instances", () => readInstances(tools, clusterName)),
      seen("the node groups", () => readNodeGroups(tools, clusterName)),
      seen("the Auto Scaling groups", () => readScalingGroups(tools, clusterName)),
    ]);
  const [interfaces, securityGroups, networkAcls, vpcCni, quotas, neighbourhood] = await Promise.all([
    seen("the network interfaces of the VPC", () => readInterfaces(tools, vpcId)),
    seen("the security groups of the VPC", () => readSecurityGroups(tools, vpcId)),
    seen("the network ACLs of the VPC", () => readNetworkAcls(tools, vpcId)),
    seen("the add-on vpc-cni", () => readAddOn(tools, clusterName, version)),
    readQuotas(tools),
    seen("the connections of the VPC", () =>
      readNeighbourhood(
        { name: clusterName, others: [], ...neighbours, clusterName, podCidrs: wanted.podCidrs },
        tools,
      ),
    ),
  ]);
  const clusterReading = ofCluster("the nodes, pods and budgets", (api) =>
    observer({ ...tools, kubernetes: api }, [])(),
  );
  const permissionsAsking = clusterReading.then((read) => ({
    ...{ clusterName, vpcId, nodeRoleArns: rolesOf(nodeGroups), addOnRoleArns: addOnRoleOf(vpcCni) },
    wanted: permissionsWanted(permissions, vpcCni, ownersIn(read)),
  }));
  const [networkPolicies, cluster, awsNode, eniConfigs, places, api, workloads] = await Promise.all([
    ofCluster("the NetworkPolicies", readNetworkPolicies),
    clusterReading,
    ofCluster("the DaemonSet aws-node", (api) => getAwsNode(api)),
    ofCluster("the ENIConfigs", readEniConfigs),
    placesReading,
    apiAsking,
    readWorkloads(tools, permissionsAsking, ofCluster),
  ]);
  const vpc = vpcFacts(controlPlane, wanted, quotas, blocks, routeTables, peerings);
  const planned = {
    ...{ controlPlane, vpc, routeTables, subnets, instances, nodeGroups, scalingGroups, vpcCni, awsNode },
  };
  const facts = clusterFacts(planned, await tools.eks.config.region());
  return {
    ...planned,
    ...workloads,
    ...{ facts, wanted, api, places, quotas, neighbourhood },
    ...{ peerRoutes, interfaces, securityGroups, networkAcls, eniConfigs, networkPolicies, cluster },
    attachment: podAttachment({ ...planned, facts, wanted }, podSecurityGroups),
    cni: cniPlan(wanted, awsNode, eniConfigs, cluster),
  };
}

function rolesOf(nodeGroups: Picture["nodeGroups"]): string[] {
  return isNotSeen(nodeGroups) ? [] : [...new Set(nodeGroups.map(({ nodeRoleArn }) => nodeRoleArn))];
}

/** Of a cluster that is in no file yet. */
const FOR_ANY_CLUSTER: NonNullable<IntendedPodNetwork["permissions"]> = {
  network: { workerGroups: [{ kind: "managed" }] },
  rotation: {},
};

/** What is needed for what is wanted of this cluster, the CNI as it is found where nobody says how it is to be. */
function permissionsWanted(
  given: IntendedPodNetwork["permissions"],
  vpcCni: Picture["vpcCni"],
  owners: WantedPermissions["owners"],
): WantedPermissions {
  const { network = {}, rotation } = given ?? FOR_ANY_CLUSTER;
  const found: PermissionNetwork["cni"] = isNotSeen(vpcCni)
    ? {}
    : { mode: vpcCni.addOn === undefined ? "daemonSet" : "addOn" };
  return { network: { ...network, cni: { ...found, ...network.cni } }, owners, rotation, onRequest: [] };
}

function addOnRoleOf(vpcCni: Picture["vpcCni"]): string[] {
  const role = isNotSeen(vpcCni) ? undefined : vpcCni.addOn?.serviceAccountRoleArn;
  return role === undefined ? [] : [role];
}

async function withSeen<T, R>(
  reading: Promise<T | NotSeen>,
  go: (part: T) => Promise<R | NotSeen>,
): Promise<R | NotSeen> {
  const part = await reading;
  return isNotSeen(part) ? part : go(part);
}

function vpcFacts(
  { vpcId, serviceCidrBlock }: ControlPlaneFacts,
  { podCidrs }: PodNetworkRequest,
  { cidrBlocksPerVpc }: Quotas,
  blocks: VpcFacts["blocks"] | NotSeen,
  tables: readonly ReadRouteTable[] | NotSeen,
  peerings: readonly ReadPeering[] | NotSeen,
): VpcFacts | NotSeen {
  if (isNotSeen(blocks)) return blocks;
  if (isNotSeen(tables)) return tables;
  if (isNotSeen(peerings)) return peerings;
  const destinations = tables.flatMap(({ routes }) => routes.map(({ destination }) => destination.cidr));
  return {
    vpcId,
    podCidrs,
    blocks,
    addressing: {
      cidrBlocks: blocks.map((block) => block.cidrBlock),
      routes: [...new Set(destinations)],
      peerings,
      quotas: { cidrBlocksPerVpc: cidrBlocksPerVpc.value },
      ...(serviceCidrBlock !== undefined && { serviceCidrBlock }),
    },
  };
}

/** ENI_CONFIG_ANNOTATION_DEF unless it is set (ipamd). */
const DEFAULT_ENI_CONFIG_ANNOTATION = "k8s.amazonaws.com/eniConfig";

/** As it is, with what a pod network sets of it; each zone with nodes gets an ENIConfig of its name. */
function cniPlan(
  { cni }: PodNetworkRequest,
  awsNode: LiveDaemonSet | NotSeen,
  eniConfigs: Picture["eniConfigs"],
  cluster: Picture["cluster"],
): CniPlan | NotSeen {
  if (isNotSeen(awsNode)) return awsNode;
  if (isNotSeen(eniConfigs)) return eniConfigs;
  const { settings } = fromEnv({ ...envOf(awsNode, "aws-node"), ...cni?.env });
  const { eniConfigAnnotationDef = "" } = settings;
  const zones = isNotSeen(cluster) ? [] : cluster.nodes.map(({ availabilityZone }) => availabilityZone);
  return {
    prefixDelegation: settings.prefixDelegation ?? false,
    maxEni: settings.maxEni,
    eniConfigLabel: POD_NETWORK_SETTINGS.eniConfigLabelDef,
    eniConfigAnnotation:
      eniConfigAnnotationDef === "" ? DEFAULT_ENI_CONFIG_ANNOTATION : eniConfigAnnotationDef,
    externalSnat: settings.externalSnat ?? false,
    excludeSnatCidrs: settings.excludeSnatCidrs ?? [],
    warm: settings,
    eniConfigs: [...new Set([...eniConfigs.map(({ name }) => name), ...zones])],
  };
}
