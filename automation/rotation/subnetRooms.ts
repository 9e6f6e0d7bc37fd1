import { paginateDescribeSubnets, type DescribeSubnetsCommandInput } from "@aws-sdk/client-ec2";
import type { SubnetRoom } from "../../planning/rotation/addressRoom";
import type { Tools } from "./outside";

/** Subnets and their free addresses, as EC2 counts them now. Needs ec2:DescribeSubnets. */
export async function describeSubnetRooms(
  { ec2, signal }: Pick<Tools, "ec2" | "signal">,
  asked: DescribeSubnetsCommandInput,
): Promise<SubnetRoom[]> {
  const found: SubnetRoom[] = [];
  const pages = paginateDescribeSubnets({ client: ec2 }, asked, { abortSignal: signal });
  for await (const { Subnets = [] } of pages) {
    for (const subnet of Subnets) {
      const { SubnetId = "", AvailabilityZone = "", CidrBlock = "", AvailableIpAddressCount = 0 } = subnet;
      found.push({
        subnetId: SubnetId,
        availabilityZone: AvailabilityZone,
        cidrBlock: CidrBlock,
        freeAddresses: AvailableIpAddressCount,
      });
    }
  }
  return found;
}

/** Subnets by their ids; one that is not there is left out. Needs what {@link describeSubnetRooms} needs. */
export async function subnetRooms(
  tools: Pick<Tools, "ec2" | "signal">,
  subnetIds: readonly string[],
): Promise<ReadonlyMap<string, SubnetRoom>> {
  // Without ids, EC2 would answer all there are; asked by ids and not by a filter, it fails for one that is not there.
  if (subnetIds.length === 0) return new Map();
  const Filters = [{ Name: "subnet-id", Values: [...new Set(subnetIds)] }];
  const rooms = await describeSubnetRooms(tools, { Filters });
  return new Map(rooms.map((room) => [room.subnetId, room]));
}
