import { paginateDescribeInstances, paginateDescribeSubnets } from "@aws-sdk/client-ec2";
import { readCidr, type CidrBlock } from "../../planning/cidrBlock";
import type { VpcOutside } from "./readVpcNetwork";

/** A running instance of the cluster: pods that are there today share its subnet and its groups. */
export interface InstanceNetwork {
  readonly instanceId: string;
  readonly subnetId: string;
  /** Of its primary interface. */
  readonly securityGroupIds: readonly string[];
}

/** The running instances of a cluster, by the tag that each of its nodes has. Needs ec2:DescribeInstances. */
export async function readInstances(
  { ec2, signal }: VpcOutside,
  clusterName: string,
): Promise<InstanceNetwork[]> {
  const found: InstanceNetwork[] = [];
  const pages = paginateDescribeInstances(
    { client: ec2, pageSize: 1000 },
    {
      Filters: [
        { Name: "tag-key", Values: [`kubernetes.io/cluster/${clusterName}`] },
        { Name: "instance-state-name", Values: ["pending", "running"] },
      ],
    },
    { abortSignal: signal },
  );
  for await (const { Reservations = [] } of pages) {
    for (const { InstanceId = "", SubnetId = "", SecurityGroups = [] } of Reservations.flatMap(
      ({ Instances = [] }) => Instances,
    )) {
      const securityGroupIds = SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []);
      found.push({ instanceId: InstanceId, subnetId: SubnetId, securityGroupIds });
    }
  }
  return found;
}

/** The IPv4 blocks of a VPC's subnets, by the subnets' ids. Needs ec2:DescribeSubnets. */
export async function readSubnetBlocks(
  { ec2, signal }: VpcOutside,
  vpcId: string,
): Promise<ReadonlyMap<string, CidrBlock>> {
  const found = new Map<string, CidrBlock>();
  const pages = paginateDescribeSubnets(
    { client: ec2 },
    { Filters: [{ Name: "vpc-id", Values: [vpcId] }] },
    { abortSignal: signal },
  );
  for await (const { Subnets = [] } of pages) {
    for (const { SubnetId = "", CidrBlock = "" } of Subnets) {
      const reading = readCidr(CidrBlock);
      if (reading.kind === "block") found.set(SubnetId, reading.block);
    }
  }
  return found;
}
