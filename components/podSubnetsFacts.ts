import type * as pulumi from "@pulumi/pulumi";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { getCluster } from "@pulumi/aws/eks/getCluster";
import { getDefaultTags } from "@pulumi/aws/getDefaultTags";
import { nodeSubnets, ownPodSubnets } from "../planning/podNetwork/nodeSubnets";
import { hasOpenNat, routesOfNodes, type PodSubnetsRequest } from "../planning/podNetwork/podSubnetsRequest";
import type { PodSubnetsFacts } from "../planning/podNetwork/podSubnetsReview";
import { hasExternalSnat } from "../planning/podNetwork/routing";
import { InvalidInputError, shown } from "../planning/problem";
import { knownValue } from "./knownValue";
import type { PodSubnetsArgs } from "./podSubnetsArgs";
import { readCluster } from "./readCluster";
import { readVpc } from "./readVpc";
import { isNotFound, readVpcCni } from "./readVpcCni";

/** What pod subnets depend on, and the VPC that they are to be in. */
export interface ReadPodSubnetsFacts extends PodSubnetsFacts {
  readonly vpcId: pulumi.Input<string>;
}

/**
 * Reads what the arguments of pod subnets leave open.
 *
 * @param opts of each call, for a provider of one's own.
 * @throws InvalidInputError when there is no such VPC or cluster; otherwise what AWS answers.
 */
export async function readPodSubnetsFacts(
  args: PodSubnetsArgs,
  request: PodSubnetsRequest,
  opts: pulumi.InvokeOptions,
): Promise<ReadPodSubnetsFacts> {
  const { clusterName, subnets } = args;
  const [{ tags: defaultTags }, { vpcId, version }, cluster, externalSnat] = await Promise.all([
    getDefaultTags({}, opts),
    readPlace(args, opts),
    routesOfNodes(request).length > 0 ? readCluster(clusterName, opts) : undefined,
    args.externalSnat ?? readExternalSnat(clusterName, opts),
  ]);
  const known = await knownValue(vpcId);
  const isVpcOpen = known !== undefined && (externalSnat || hasOpenNat(request));
  const vpc = isVpcOpen ? await readVpc(known, opts) : undefined;
  const namedRouteTableIds = externalSnat
    ? await knownValues(subnets.map((subnet) => subnet.routeTableId))
    : [];
  return {
    vpcId,
    version,
    defaultTags,
    externalSnat,
    namedRouteTableIds,
    ...(cluster && { nodeSubnets: nodeSubnets(cluster), podSubnets: ownPodSubnets(cluster) }),
    ...(vpc && { vpc }),
  };
}

async function knownValues(
  inputs: readonly (pulumi.Input<string> | undefined)[],
): Promise<(string | undefined)[]> {
  return Promise.all(inputs.map(async (input) => (input === undefined ? undefined : knownValue(input))));
}

interface Place {
  readonly vpcId: pulumi.Input<string>;
  readonly version: string | undefined;
}

/** The VPC by its id, else by its Name tag, else that of the cluster, which may be yet to be made otherwise. */
async function readPlace(
  { clusterName, vpcId, vpcName }: PodSubnetsArgs,
  opts: pulumi.InvokeOptions,
): Promise<Place> {
  const cluster = await getCluster({ name: clusterName }, opts).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
  const version = cluster?.version;
  if (vpcId !== undefined) return { vpcId, version };
  if (vpcName !== undefined) return { vpcId: await readVpcIdOf(vpcName, opts), version };
  if (cluster !== undefined) return { vpcId: cluster.vpcConfig.vpcId, version };
  const reason = `there is no cluster ${shown(clusterName)} in this region whose VPC could be taken.`;
  const fix = "Correct the name, or give vpcId or vpcName.";
  throw new InvalidInputError([{ path: "clusterName", reason, fix }]);
}

async function readVpcIdOf(vpcName: string, opts: pulumi.InvokeOptions): Promise<string> {
  try {
    return (await getVpc({ tags: { Name: vpcName } }, opts)).id;
  } catch (error) {
    const [, amount] = /\b(no|multiple)\b.*\bmatch/i.exec(String(error)) ?? [];
    if (amount === undefined) throw error;
    const isNone = amount.toLowerCase() === "no";
    const whose = isNone ? "no VPC of this region has" : "several VPCs of this region have";
    const reason = `${whose} the Name tag ${shown(vpcName)}.`;
    const fix = isNone ? "Correct it, or give vpcId." : "Give vpcId.";
    throw new InvalidInputError([{ path: "vpcName", reason, fix }]);
  }
}

async function readExternalSnat(clusterName: string, opts: pulumi.InvokeOptions): Promise<boolean> {
  const addOn = await readVpcCni(clusterName, opts);
  return hasExternalSnat(addOn?.configurationValues ?? "");
}
