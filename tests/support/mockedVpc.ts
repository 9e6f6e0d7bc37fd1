import type { Invokes } from "./mockedAws";

/** A VPC as the mocks have it, beside its primary block 10.8.0.0/16. */
export interface MockedVpc {
  /** Secondary blocks by their associations. @default none */
  readonly secondary?: Readonly<Record<string, string>>;
  /** Destinations of routes to nowhere in particular, in the main route table. @default none */
  readonly routes?: readonly string[];
  /** @default none */
  readonly peerings?: readonly MockedPeering[];
  /** Targets of the default routes of route tables, the main one first. @default one main table without */
  readonly routeTables?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By their ids. @default none */
  readonly subnets?: Readonly<Record<string, MockedSubnet>>;
}

interface MockedPeering {
  readonly status: string;
  /** Whether vpc-1 asked for it. */
  readonly isRequester: boolean;
  readonly cidrBlock: string;
}

interface MockedSubnet {
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** The one that is associated with it. @default none, so that the main one counts */
  readonly routeTableId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Answers of the functions that read a VPC vpc-1. */
export function mockedVpc({
  secondary = {},
  routes = [],
  peerings = [],
  routeTables = { "rtb-main": {} },
  subnets = {},
}: MockedVpc = {}): Invokes {
  const associated = ([associationId, cidrBlock]: readonly [string, string]) => ({
    associationId,
    cidrBlock,
    state: "associated",
  });
  const [main] = Object.keys(routeTables);
  return {
    "aws:ec2/getVpc:getVpc": ({ id }) => ({
      id,
      cidrBlock: "10.8.0.0/16",
      cidrBlockAssociations: [
        ...Object.entries(secondary).map(associated),
        associated(["assoc-primary", "10.8.0.0/16"]),
      ],
    }),
    "aws:ec2/getRouteTables:getRouteTables": () => ({ ids: Object.keys(routeTables) }),
    "aws:ec2/getRouteTable:getRouteTable": ({ routeTableId }) => {
      const id = String(routeTableId);
      const target = routeTables[id] ?? {};
      const own = Object.entries(subnets).flatMap(([subnetId, subnet]) =>
        subnet.routeTableId === id ? [{ main: false, subnetId }] : [],
      );
      return {
        associations: [...(id === main ? [{ main: true, subnetId: "" }] : []), ...own],
        routes: [
          ...(id === main ? routes : []).map((cidrBlock) => ({ cidrBlock })),
          ...(Object.keys(target).length > 0 ? [{ cidrBlock: "0.0.0.0/0", ...target }] : []),
        ],
      };
    },
    "aws:ec2/getSubnets:getSubnets": () => ({ ids: Object.keys(subnets) }),
    "aws:ec2/getSubnet:getSubnet": ({ id }) => ({
      availableIpAddressCount: 100,
      tags: {},
      ...subnets[String(id)],
    }),
    ...mockedPeerings(peerings),
  };
}

function mockedPeerings(peerings: readonly MockedPeering[]): Invokes {
  const ours = [{ cidrBlock: "10.8.0.0/16" }];
  return {
    "aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections": ({ filters }) => {
      const [side] = filters as { name: string }[];
      const isAsked = ({ isRequester }: MockedPeering) =>
        isRequester === (side?.name === "requester-vpc-info.vpc-id");
      return { ids: peerings.flatMap((peering, index) => (isAsked(peering) ? [`pcx-${index}`] : [])) };
    },
    "aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection": ({ id }) => {
      const { status, isRequester, cidrBlock } = peerings[Number(String(id).slice("pcx-".length))] ?? {};
      const theirs = [{ cidrBlock }];
      return isRequester === true
        ? { status, vpcId: "vpc-1", peerVpcId: "vpc-2", cidrBlockSets: ours, peerCidrBlockSets: theirs }
        : { status, vpcId: "vpc-2", peerVpcId: "vpc-1", cidrBlockSets: theirs, peerCidrBlockSets: ours };
    },
  };
}

/** A cluster as the mocks have it, in the VPC vpc-1. */
export interface MockedClusterOfVpc {
  /** Of Kubernetes. @default 1.36 */
  readonly version?: string;
  /** Subnets of its managed node groups, each of its own. @default none */
  readonly nodeSubnetIds?: readonly string[];
  /** Environment of its add-on vpc-cni. @default empty */
  readonly env?: Readonly<Record<string, string>>;
  /** Default tags of the provider. @default none */
  readonly defaultTags?: Readonly<Record<string, string>>;
}

/** Answers of the functions that read a cluster `small`, its nodes and its VPC. */
export function mockedClusterOf(
  { version = "1.36", nodeSubnetIds = [], env = {}, defaultTags = {} }: MockedClusterOfVpc,
  vpc: MockedVpc = {},
): Invokes {
  return {
    ...mockedVpc(vpc),
    "aws:index/getDefaultTags:getDefaultTags": () => ({ id: "aws", tags: defaultTags }),
    "aws:eks/getCluster:getCluster": ({ name }) => {
      if (name !== "small") throw new Error(`reading EKS Cluster (${String(name)}): couldn't find resource`);
      return {
        name,
        version,
        region: "us-west-2",
        vpcConfig: { vpcId: "vpc-1", clusterSecurityGroupId: "sg-cluster" },
        kubernetesNetworkConfigs: [{ serviceIpv4Cidr: "172.20.0.0/16" }],
      };
    },
    "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: [...nodeSubnetIds] }),
    "aws:eks/getNodeGroup:getNodeGroup": ({ nodeGroupName }) => ({
      nodeGroupName,
      subnetIds: [nodeGroupName],
      tags: {},
      labels: {},
      taints: [],
      instanceTypes: ["m5.large"],
      launchTemplates: [],
      resources: [],
      scalingConfigs: [{ minSize: 1, desiredSize: 1, maxSize: 2 }],
    }),
    "aws:autoscaling/getAmiIds:getAmiIds": () => ({ names: [] }),
    "aws:ec2/getInstances:getInstances": () => ({ ids: [], privateIps: [] }),
    "aws:eks/getAddon:getAddon": ({ clusterName }) => {
      if (clusterName !== "small") throw new Error("reading EKS Add-On: couldn't find resource");
      return {
        region: "us-west-2",
        addonVersion: "v1.23.1-eksbuild.1",
        configurationValues: JSON.stringify({ env }),
        serviceAccountRoleArn: "",
        podIdentityAssociations: [],
        tags: {},
      };
    },
  };
}
