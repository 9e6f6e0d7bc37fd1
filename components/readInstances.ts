import type * as pulumi from "@pulumi/pulumi";
import { getInstance } from "@pulumi/aws/ec2/getInstance";
import { getInstances } from "@pulumi/aws/ec2/getInstances";
import { cidrBlock, contains } from "../planning/cidrBlock";
import type { InstanceFacts, SubnetFacts } from "../planning/podNetwork/clusterFacts";
import { representatives, withGroupsOf, type SightedInstance } from "../planning/podNetwork/instanceSample";

/**
 * Reads the running instances of a cluster, with few calls however many they are.
 *
 * One call lists them with their addresses, and the address tells the subnet, for subnets of a VPC never overlap. The
 * security groups are told by no list, but EC2 can be asked who carries a group: so a few instances of each subnet are
 * read, then who carries each group that was seen, and then whoever differs from those that were read. What stays
 * unseen is a group that nobody carries but instances which carry all the groups of their neighbours as well.
 *
 * @param subnets of the VPC; the list is asked for while they are read.
 * @param opts of each call, for a provider of one's own.
 */
export async function readInstances(
  clusterName: string,
  vpcId: string,
  subnets: Promise<readonly Pick<SubnetFacts, "subnetId" | "availabilityZone" | "cidrBlock">[]>,
  opts?: pulumi.InvokeOptions,
): Promise<InstanceFacts[]> {
  const filters = [
    { name: "vpc-id", values: [vpcId] },
    { name: "tag-key", values: [`kubernetes.io/cluster/${clusterName}`] },
  ];
  const [{ ids, privateIps }, known] = await Promise.all([getInstances({ filters }, opts), subnets]);
  const sighted = sight(ids, privateIps, known);

  const read = new Map<string, readonly string[]>();
  const readGroupsOf = async (chosen: readonly SightedInstance[]) => {
    const answers = await Promise.all(chosen.map(({ instanceId }) => getInstance({ instanceId }, opts)));
    answers.forEach(({ id, vpcSecurityGroupIds }) => read.set(id, [...vpcSecurityGroupIds].sort()));
  };
  const sample = representatives(sighted);
  await readGroupsOf(sample);
  if (sample.length < sighted.length) {
    const carriers = await carriersOf([...new Set([...read.values()].flat())].sort(), filters, opts);
    await readGroupsOf(withGroupsOf(sighted, read, carriers).unlike);
    return withGroupsOf(sighted, read, carriers).instances;
  }
  return withGroupsOf(sighted, read, new Map()).instances;
}

/** Where each instance is; one outside of the given subnets is none of the cluster's nodes. */
function sight(
  ids: readonly string[],
  privateIps: readonly string[],
  subnets: readonly Pick<SubnetFacts, "subnetId" | "availabilityZone" | "cidrBlock">[],
): SightedInstance[] {
  const blocks = subnets.map((subnet) => ({ ...subnet, block: cidrBlock(subnet.cidrBlock) }));
  return ids
    .flatMap((instanceId, index) => {
      const address = cidrBlock(`${privateIps[index] ?? ""}/32`);
      const home = blocks.find(({ block }) => contains(block, address));
      return home ? [{ instanceId, subnetId: home.subnetId, availabilityZone: home.availabilityZone }] : [];
    })
    .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

async function carriersOf(
  groups: readonly string[],
  filters: readonly { name: string; values: string[] }[],
  opts?: pulumi.InvokeOptions,
): Promise<Map<string, ReadonlySet<string>>> {
  const answers = await Promise.all(
    groups.map(async (group): Promise<[string, Set<string>]> => {
      const carrying = [...filters, { name: "instance.group-id", values: [group] }];
      return [group, new Set((await getInstances({ filters: carrying }, opts)).ids)];
    }),
  );
  return new Map(answers);
}
