import assert from "node:assert/strict";
import type { ClusterFacts } from "../../planning/podNetwork/clusterFacts";
import { asDataSource } from "./nodeGroups";
import type { MockedOutside } from "./pulumiMocks";

/** Answers of invokes by their tokens. */
export type Invokes = NonNullable<MockedOutside["invokes"]>;

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** An AWS in which a cluster and its VPC are as given. */
export function mockedAws(facts: ClusterFacts): Invokes {
  return { ...eksOf(facts), ...vpcOf(facts), ...instancesOf(facts) };
}

function eksOf(facts: ClusterFacts): Invokes {
  const { clusterName, vpcId, clusterSecurityGroupId, nodeGroups, scalingGroups, vpcCni } = facts;
  return {
    "aws:index/getDefaultTags:getDefaultTags": () => ({ id: "aws", tags: {} }),
    "aws:eks/getCluster:getCluster": ({ name }) => {
      if (name !== clusterName)
        throw new Error(`reading EKS Cluster (${String(name)}): couldn't find resource`);
      return {
        name,
        region: facts.region,
        version: facts.version,
        vpcConfig: { vpcId, clusterSecurityGroupId },
        kubernetesNetworkConfigs: [{ serviceIpv4Cidr: facts.serviceCidrBlock ?? "" }],
      };
    },
    "aws:eks/getNodeGroups:getNodeGroups": () => ({ names: nodeGroups.map((group) => group.nodeGroupName) }),
    "aws:eks/getNodeGroup:getNodeGroup": ({ nodeGroupName }) => {
      const group = nodeGroups.find((one) => one.nodeGroupName === nodeGroupName);
      assert.ok(group, `node group ${String(nodeGroupName)}`);
      return { ...asDataSource(group), resources: [] };
    },
    "aws:autoscaling/getAmiIds:getAmiIds": () => ({ names: scalingGroups.map(({ name }) => name) }),
    "aws:autoscaling/getGroup:getGroup": ({ name }) => {
      const group = scalingGroups.find((one) => one.name === name);
      const tags = Object.entries(group?.tags ?? {}).map(([key, value]) => ({ key, value }));
      return { vpcZoneIdentifier: group?.subnetIds.join(",") ?? "", tags };
    },
    "aws:eks/getAddon:getAddon": () => {
      if (vpcCni === undefined) throw new Error("ResourceNotFoundException: No addon: vpc-cni found");
      const { version, ...same } = vpcCni;
      return { region: facts.region, addonVersion: version, serviceAccountRoleArn: "", ...same };
    },
  };
}

function vpcOf({ vpcId, cidrBlocks, routes, routeTables, subnets, peers = [] }: ClusterFacts): Invokes {
  const routeTo = (cidrBlock: string) => ({ cidrBlock });
  return {
    "aws:ec2/getVpc:getVpc": ({ id }) => ({
      id,
      cidrBlock: cidrBlocks[0]?.cidrBlock,
      cidrBlockAssociations: cidrBlocks,
    }),
    "aws:ec2/getRouteTables:getRouteTables": () => ({ ids: routeTables.map((table) => table.routeTableId) }),
    "aws:ec2/getRouteTable:getRouteTable": ({ routeTableId }) => {
      const table = routeTables.find((one) => one.routeTableId === routeTableId);
      const associated = subnets.filter((subnet) => subnet.routeTableId === routeTableId);
      return {
        associations: [
          ...(table?.isMain === true ? [{ main: true, subnetId: "" }] : []),
          ...associated.map(({ subnetId }) => ({ main: false, subnetId })),
        ],
        routes: [
          ...routes.filter((cidr) => cidr !== "0.0.0.0/0").map(routeTo),
          ...(table?.hasNatRoute === true ? [{ cidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }] : []),
        ],
      };
    },
    "aws:ec2/getSubnets:getSubnets": () => ({ ids: subnets.map(({ subnetId }) => subnetId) }),
    "aws:ec2/getSubnet:getSubnet": ({ id }) => {
      const subnet = subnets.find(({ subnetId }) => subnetId === id);
      return { ...subnet, availableIpAddressCount: subnet?.freeAddresses };
    },
    "aws:ec2/getVpcPeeringConnections:getVpcPeeringConnections": ({ filters }) => {
      const isRequester = (filters as Filter[])[0]?.name === "requester-vpc-info.vpc-id";
      return { ids: peers.filter((peer) => peer.requester === isRequester).map((peer) => peer.peeringId) };
    },
    "aws:ec2/getVpcPeeringConnection:getVpcPeeringConnection": ({ id }) => {
      const peer = peers.find(({ peeringId }) => peeringId === id);
      const theirs = (peer?.cidrBlocks ?? []).map(routeTo);
      const isRequester = peer?.requester === true;
      return {
        status: peer?.status,
        vpcId: isRequester ? vpcId : "vpc-other",
        cidrBlockSets: isRequester ? [] : theirs,
        peerCidrBlockSets: isRequester ? theirs : [],
      };
    },
  };
}

function instancesOf({ clusterName, instances, subnets }: ClusterFacts): Invokes {
  const addressOf = (subnetId: string) =>
    subnets.find((subnet) => subnet.subnetId === subnetId)?.cidrBlock.replace(/\.\d+\/.*$/, ".10") ?? "";
  return {
    "aws:ec2/getInstances:getInstances": ({ filters }) => {
      const asked = filters as Filter[];
      assert.ok(asked.some(({ values }) => values[0] === `kubernetes.io/cluster/${clusterName}`));
      const group = asked.find(({ name }) => name === "instance.group-id")?.values[0];
      const found = instances.filter(
        ({ securityGroupIds }) => group === undefined || securityGroupIds.includes(group),
      );
      return {
        ids: found.map(({ instanceId }) => instanceId),
        privateIps: found.map(({ subnetId }) => addressOf(subnetId)),
      };
    },
    "aws:ec2/getInstance:getInstance": ({ instanceId }) => ({
      id: instanceId,
      vpcSecurityGroupIds: instances.find((one) => one.instanceId === instanceId)?.securityGroupIds,
    }),
  };
}
