import { DescribeSubnetsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { CoreV1Api } from "@kubernetes/client-node";
import { cidrBlock, contains } from "../../planning/cidrBlock";
import { table } from "../table";

/** A subnet of the VPC, and who has addresses of it. */
export interface SubnetUse {
  readonly name: string;
  readonly availabilityZone: string;
  readonly cidr: string;
  readonly freeAddresses: number;
  readonly nodes: number;
  /** Pods with an address of their own. */
  readonly pods: number;
}

/** How the subnets of a VPC are used, by zone and address; subnets without nodes and pods are left out. */
export async function subnetUse(
  { ec2, core }: { readonly ec2: EC2Client; readonly core: CoreV1Api },
  clusterName: string,
): Promise<SubnetUse[]> {
  const [{ Subnets = [] }, { items: nodes }, { items: pods }] = await Promise.all([
    ec2.send(new DescribeSubnetsCommand({})),
    core.listNode(),
    core.listPodForAllNamespaces(),
  ]);
  const nodeAddresses = nodes.flatMap(
    ({ status }) => status?.addresses?.find(({ type }) => type === "InternalIP")?.address ?? [],
  );
  // Pods of a node that is gone are left in the API server until they are collected, up to a minute later.
  const names = new Set(nodes.map(({ metadata }) => metadata?.name));
  const podAddresses = pods.flatMap(({ spec, status }) =>
    spec?.hostNetwork === true || status?.podIP === undefined || !names.has(spec?.nodeName)
      ? []
      : [status.podIP],
  );
  return Subnets.map((subnet) => {
    const { CidrBlock = "", AvailabilityZone = "", AvailableIpAddressCount = 0, Tags = [] } = subnet;
    const block = cidrBlock(CidrBlock);
    const inside = (addresses: readonly string[]) =>
      addresses.filter((address) => contains(block, cidrBlock(`${address}/32`))).length;
    return {
      name: Tags.find(({ Key }) => Key === "Name")?.Value ?? clusterName,
      availabilityZone: AvailabilityZone,
      cidr: CidrBlock,
      freeAddresses: AvailableIpAddressCount,
      nodes: inside(nodeAddresses),
      pods: inside(podAddresses),
    };
  })
    .filter((use) => use.nodes + use.pods > 0)
    .sort((a, b) => cidrBlock(a.cidr).first - cidrBlock(b.cidr).first);
}

/** As people read it. */
export function describeSubnetUse(uses: readonly SubnetUse[]): string {
  return table(
    [
      { head: "SUBNET" },
      { head: "ZONE" },
      { head: "CIDR" },
      { head: "FREE ADDRESSES", align: "right" },
      { head: "NODES", align: "right" },
      { head: "PODS", align: "right" },
    ],
    uses.map((use) => [use.name, use.availabilityZone, use.cidr, use.freeAddresses, use.nodes, use.pods]),
  );
}
