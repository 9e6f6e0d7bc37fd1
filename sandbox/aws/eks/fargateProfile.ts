import { randomUUID } from "node:crypto";
import { DescribeRouteTablesCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import * as z from "zod";
import { inUse, invalidParameter } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { Cluster, FargateProfile } from "./eksState";
import { tagsSchema } from "./input";

/** What CreateFargateProfile takes here. */
export const createFargateProfileSchema = z.strictObject({
  fargateProfileName: z.string().min(1).max(100),
  podExecutionRoleArn: z.string(),
  subnets: z.array(z.string()).optional(),
  selectors: z
    .array(z.strictObject({ namespace: z.string(), labels: z.record(z.string(), z.string()).optional() }))
    .min(1)
    .max(5),
  clientRequestToken: z.string().optional(),
  tags: tagsSchema.optional(),
});

/**
 * Reads what CreateFargateProfile asks for. The data plane reads it here, and puts pods on Fargate.
 *
 * @throws AwsError for what EKS refuses: two of one name, two changes at once, and subnets that are public or not the
 *   VPC's.
 */
export async function readFargateProfile(
  cluster: Cluster,
  input: z.infer<typeof createFargateProfileSchema>,
  outside: EksOutside,
): Promise<FargateProfile> {
  const { fargateProfileName: name } = input;
  const members = { clusterName: cluster.name, fargateProfileName: name };
  if (cluster.fargateProfiles.has(name)) {
    throw inUse(`A Fargate profile already exists with this name in the cluster: ${name}`, members);
  }
  refuseWhileChanging(cluster, `create Fargate profile ${name}`);
  const subnetIds = input.subnets ?? cluster.subnetIds;
  await refuseSubnets(cluster, subnetIds, outside);
  return {
    name,
    arn: `arn:aws:eks:${outside.region}:${outside.accountId}:fargateprofile/${cluster.name}/${name}/${randomUUID()}`,
    clusterName: cluster.name,
    createdAt: outside.clock.now(),
    podExecutionRoleArn: input.podExecutionRoleArn,
    subnetIds,
    selectors: input.selectors,
    status: "CREATING",
    tags: input.tags ?? {},
  };
}

/** EKS changes one profile of a cluster at a time. @throws AwsError ResourceInUseException */
export function refuseWhileChanging(cluster: Cluster, doing: string): void {
  const busy = [...cluster.fargateProfiles.values()].find(({ status }) => status !== "ACTIVE");
  if (busy === undefined) return;
  throw inUse(
    `Cannot ${doing} because cluster ${cluster.name} currently has Fargate profile ${busy.name} in status ` +
      busy.status,
    { clusterName: cluster.name, fargateProfileName: busy.name },
  );
}

/** As DescribeFargateProfile shows it. */
export function describeFargateProfile(profile: FargateProfile) {
  return {
    fargateProfileName: profile.name,
    fargateProfileArn: profile.arn,
    clusterName: profile.clusterName,
    createdAt: profile.createdAt / 1000,
    podExecutionRoleArn: profile.podExecutionRoleArn,
    subnets: profile.subnetIds,
    selectors: profile.selectors,
    status: profile.status,
    tags: profile.tags,
    health: { issues: [] },
  };
}

async function refuseSubnets(cluster: Cluster, ids: readonly string[], { ec2 }: EksOutside): Promise<void> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...ids] }] }),
  );
  const { RouteTables = [] } = await ec2.send(
    new DescribeRouteTablesCommand({ Filters: [{ Name: "vpc-id", Values: [cluster.vpcId] }] }),
  );
  const main = RouteTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main === true));
  for (const id of ids) {
    const subnet = Subnets.find(({ SubnetId }) => SubnetId === id);
    if (subnet?.VpcId !== cluster.vpcId) {
      throw invalidParameter(`The subnet ID '${id}' does not exist in the cluster's VPC`);
    }
    const own = RouteTables.find(({ Associations = [] }) =>
      Associations.some(({ SubnetId }) => SubnetId === id),
    );
    const isPublic = (own ?? main)?.Routes?.some(({ GatewayId = "" }) => GatewayId.startsWith("igw-"));
    if (isPublic === true) {
      throw invalidParameter(`Subnet ${id} provided in Fargate Profile is not a private subnet`);
    }
  }
}
