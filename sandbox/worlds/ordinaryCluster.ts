import { clientsOf, type Clients } from "./clients";
import { addVpcCni, makeCluster, makeManagedGroups } from "./cluster";
import { CUSTOM_NETWORKING_ENV, makeEniConfigs } from "./eniConfigs";
import { buildNetwork, type Network, type NetworkPlan } from "./network";
import { makePodSubnets, type PodSubnetsPlan } from "./podSubnets";
import { setEnv } from "./setEnv";
import { runWorkloads } from "./workloads";
import type { WorldOutside } from "./world";

/** A /25 per zone for nodes: 123 addresses, of which each of two m5.large nodes takes up to 30. */
export const ORDINARY_NETWORK: NetworkPlan = {
  cidr: "10.8.0.0/16",
  zones: [
    { availabilityZone: "us-west-2a", privateCidr: "10.8.0.0/25", publicCidr: "10.8.255.0/28" },
    { availabilityZone: "us-west-2b", privateCidr: "10.8.0.128/25", publicCidr: "10.8.255.16/28" },
    { availabilityZone: "us-west-2c", privateCidr: "10.8.1.0/25", publicCidr: "10.8.255.32/28" },
  ],
};

/** A /24 per zone in a range that most VPCs may add: 251 addresses for pods. */
export const ORDINARY_POD_SUBNETS: PodSubnetsPlan = {
  range: "100.64.0.0/16",
  subnets: {
    "us-west-2a": "100.64.0.0/24",
    "us-west-2b": "100.64.1.0/24",
    "us-west-2c": "100.64.2.0/24",
  },
};

/** Who has set what of aws-node. */
export interface CniPlan {
  /** The configuration of the managed add-on. Without it EKS writes aws-node once, and it is nobody's add-on. */
  readonly addOn?: {
    readonly env?: Readonly<Record<string, string>>;
    readonly resources?: object;
    readonly enableNetworkPolicy?: "true";
  };
  /** Set on the DaemonSet with `kubectl set env`, so that the fields are not EKS's. */
  readonly setByHand?: Readonly<Record<string, string>>;
}

/** What a platform team has set over the years, none of which a migration may lose. */
const ORDINARY_CNI: CniPlan = {
  addOn: {
    env: {
      WARM_ENI_TARGET: "1",
      AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "172.31.0.0/16",
      ADDITIONAL_ENI_TAGS: '{"team":"platform"}',
    },
    resources: { requests: { cpu: "50m" } },
  },
  setByHand: { AWS_VPC_K8S_CNI_LOGLEVEL: "INFO" },
};

/** A cluster as most are before their migration, and where it differs. */
export interface OrdinaryClusterPlan {
  readonly name: string;
  /** @default ORDINARY_NETWORK */
  readonly network?: NetworkPlan;
  /** @default the managed add-on with some settings, and one more that is kubectl's */
  readonly cni?: CniPlan;
  /** Custom networking that has begun before there were nodes: pod subnets, an ENIConfig for each, and the add-on's flag. */
  readonly podSubnets?: PodSubnetsPlan;
  /** Names of managed groups with three m5.large over all zones. @default one, `general` */
  readonly nodeGroups?: readonly string[];
  /** Files of manifests beside this one. @default none */
  readonly workloads?: readonly string[];
  /** Workloads that never become ready, as `namespace/name`. @default none */
  readonly neverReady?: readonly string[];
}

/** What a world goes on with. */
export interface OrdinaryCluster {
  readonly clients: Clients;
  readonly network: Network;
  /** By availability zone. */
  readonly podSubnetIds: Readonly<Record<string, string>>;
}

/**
 * Builds a cluster as most are before their migration: three zones, a route table and a NAT gateway in each, the CNI as
 * managed add-on, and managed groups of three m5.large. Its plan says in what a world differs.
 */
export async function buildOrdinaryCluster(
  plan: OrdinaryClusterPlan,
  outside: WorldOutside,
): Promise<OrdinaryCluster> {
  const { name, network: networkPlan = ORDINARY_NETWORK, cni = ORDINARY_CNI } = plan;
  const { nodeGroups = ["general"], workloads = [], neverReady = [] } = plan;
  const { log } = outside;
  const clients = clientsOf(outside);
  log(`VPC ${networkPlan.cidr} with ${networkPlan.zones.length} zones`);
  const network = await buildNetwork(clients.ec2, { name, ...networkPlan });
  const subnetIds = network.privateSubnetIds;

  log(
    `EKS cluster ${name} with ${cni.addOn === undefined ? "a self-managed aws-node" : "the add-on vpc-cni"}`,
  );
  const ownSubnetIds = network.controlPlaneSubnetIds;
  await makeCluster(clients, {
    name,
    subnetIds: ownSubnetIds.length > 0 ? ownSubnetIds : subnetIds,
    selfManagedAddOns: cni.addOn === undefined,
  });
  await configureCni(clients, name, cni, plan.podSubnets !== undefined);
  const podSubnetIds =
    plan.podSubnets === undefined
      ? {}
      : await makePodSubnets(clients.ec2, network, { name, ...plan.podSubnets });
  await makeEniConfigs(clients.kubeConfig, podSubnetIds);

  if (nodeGroups.length > 0) log(`managed node groups ${nodeGroups.join(" and ")}, 3 x m5.large each`);
  const groups = nodeGroups.map((group) => ({ name: group, subnetIds, size: 3, maxSize: 6 }));
  await makeManagedGroups(clients, name, groups);

  if (workloads.length > 0) {
    log("workloads");
    const nodes = 3 * nodeGroups.length;
    await runWorkloads({ files: workloads, nodes, neverReady }, clients, outside);
  }
  return { clients, network, podSubnetIds };
}

async function configureCni(
  clients: Clients,
  clusterName: string,
  { addOn, setByHand }: CniPlan,
  customNetworking: boolean,
): Promise<void> {
  if (addOn !== undefined) {
    const env = { ...addOn.env, ...CUSTOM_NETWORKING_ENV };
    await addVpcCni(clients, clusterName, customNetworking ? { ...addOn, env } : addOn);
  }
  if (setByHand !== undefined) await setEnv(clients.kubeConfig, setByHand);
}
