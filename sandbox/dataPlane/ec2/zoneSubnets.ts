import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { ZoneSubnet } from "../ipamd/subnetDiscovery";

/** How old an answer may be: the nodes of a zone that start together ask once. */
const OLDEST_MS = 1_000;

/** The subnets of zones, which all nodes there ask for. */
export class ZoneSubnets {
  private readonly answers = new Map<
    string,
    { readonly at: number; readonly subnets: Promise<ZoneSubnet[]> }
  >();

  /** @param now milliseconds since 1970. */
  constructor(
    private readonly ec2: EC2Client,
    private readonly now: () => number,
  ) {}

  /** Those of every VPC, a second old at most. @throws Error as EC2 says. */
  of(availabilityZone: string): Promise<readonly ZoneSubnet[]> {
    const known = this.answers.get(availabilityZone);
    if (known !== undefined && this.now() - known.at < OLDEST_MS) return known.subnets;
    const subnets = this.describe(availabilityZone);
    this.answers.set(availabilityZone, { at: this.now(), subnets });
    return subnets;
  }

  private async describe(availabilityZone: string): Promise<ZoneSubnet[]> {
    const { Subnets = [] } = await this.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "availability-zone", Values: [availabilityZone] }] }),
    );
    return Subnets.map(({ SubnetId = "", VpcId = "", AvailableIpAddressCount = 0, Tags = [] }) => ({
      subnetId: SubnetId,
      vpcId: VpcId,
      availableAddresses: AvailableIpAddressCount,
      tags: Object.fromEntries(Tags.map(({ Key = "", Value = "" }) => [Key, Value])),
    }));
  }
}
