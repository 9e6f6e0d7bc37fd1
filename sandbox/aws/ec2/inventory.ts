import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  GetSubnetCidrReservationsCommand,
  type EC2Client,
  type Filter,
  type Instance,
  type NetworkInterface,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import type { SubnetAddresses } from "./subnetAddresses";

/** A subnet of a VPC. */
export interface Subnet extends SubnetAddresses {
  readonly vpcId: string;
  readonly availabilityZone: string;
  /** Those of its reservations that are for prefixes. */
  readonly reservedForPrefixes: readonly string[];
}

/** What is in EC2 at this moment. Every question goes to moto: it alone knows all that its own calls do. */
export interface Inventory {
  /** @throws AwsError InvalidSubnetID.NotFound */
  subnet(subnetId: string): Promise<Subnet>;
  /** A subnet of the default VPC, if there is one. */
  defaultSubnetId(): Promise<string | undefined>;
  /** @throws AwsError InvalidNetworkInterfaceID.NotFound */
  networkInterface(networkInterfaceId: string): Promise<NetworkInterface>;
  networkInterfacesOf(instanceId: string): Promise<NetworkInterface[]>;
  /** Those with an address of the subnet. */
  networkInterfacesIn(subnetId: string): Promise<NetworkInterface[]>;
  /** Those to which the rules of the security group apply. */
  networkInterfacesUnder(groupId: string): Promise<NetworkInterface[]>;
  countNetworkInterfaces(): Promise<number>;
  securityGroups(): Promise<SecurityGroup[]>;
  /** @throws AwsError InvalidInstanceID.NotFound */
  instance(instanceId: string): Promise<Instance>;
}

/** The inventory of an emulated EC2. */
export function inventoryOf(ec2: EC2Client): Inventory {
  const networkInterfaces = async (filter: Filter) => {
    const answer = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters: [filter] }));
    return answer.NetworkInterfaces ?? [];
  };
  /** Moto knows no subnet that it lacks here, and fails; the caller finds out what is wrong. */
  const reservationsOf = async (subnetId: string) => {
    const answer = await ec2
      .send(new GetSubnetCidrReservationsCommand({ SubnetId: subnetId }))
      .catch(() => undefined);
    return answer?.SubnetIpv4CidrReservations ?? [];
  };
  return {
    subnet: async (subnetId) => {
      const [subnets, interfaces, reservations] = await Promise.all([
        ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] })),
        networkInterfaces({ Name: "subnet-id", Values: [subnetId] }),
        reservationsOf(subnetId),
      ]);
      const [subnet] = subnets.Subnets ?? [];
      if (subnet?.CidrBlock === undefined) {
        throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${subnetId}' does not exist`);
      }
      return {
        subnetId,
        vpcId: subnet.VpcId ?? "",
        availabilityZone: subnet.AvailabilityZone ?? "",
        cidrBlock: subnet.CidrBlock,
        taken: new Set(interfaces.flatMap(addressesOf)),
        reserved: reservations.flatMap(({ Cidr }) => Cidr ?? []),
        reservedForPrefixes: reservations.flatMap(({ Cidr, ReservationType }) =>
          ReservationType === "prefix" ? (Cidr ?? []) : [],
        ),
      };
    },
    defaultSubnetId: async () => {
      const answer = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: "default-for-az", Values: ["true"] }] }),
      );
      return answer.Subnets?.[0]?.SubnetId;
    },
    networkInterface: async (networkInterfaceId) => {
      const [found] = await networkInterfaces({ Name: "network-interface-id", Values: [networkInterfaceId] });
      if (found === undefined) {
        throw new AwsError(
          "InvalidNetworkInterfaceID.NotFound",
          `The networkInterface ID '${networkInterfaceId}' does not exist`,
        );
      }
      return found;
    },
    networkInterfacesOf: (instanceId) =>
      networkInterfaces({ Name: "attachment.instance-id", Values: [instanceId] }),
    networkInterfacesIn: (subnetId) => networkInterfaces({ Name: "subnet-id", Values: [subnetId] }),
    networkInterfacesUnder: (groupId) => networkInterfaces({ Name: "group-id", Values: [groupId] }),
    countNetworkInterfaces: async () => {
      const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
      return NetworkInterfaces.length;
    },
    securityGroups: async () => (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? [],
    instance: async (instanceId) => {
      const answer = await ec2.send(
        new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [instanceId] }] }),
      );
      const found = answer.Reservations?.[0]?.Instances?.[0];
      if (found === undefined) {
        throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${instanceId}' does not exist`);
      }
      return found;
    },
  };
}

/** All addresses of an ENI, the primary one first. */
export function addressesOf(networkInterface: NetworkInterface): string[] {
  const listed = networkInterface.PrivateIpAddresses?.flatMap(
    ({ PrivateIpAddress }) => PrivateIpAddress ?? [],
  );
  return [...new Set([networkInterface.PrivateIpAddress ?? [], listed ?? []].flat())];
}
