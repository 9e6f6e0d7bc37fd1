import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  type EKSClient,
  waitUntilAddonActive,
  waitUntilClusterActive,
  waitUntilNodegroupActive,
  type Taint,
} from "@aws-sdk/client-eks";
import {
  CreateRoleCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import type { Clients } from "./clients";

/** A cluster that is to be made. */
export interface ClusterPlan {
  readonly name: string;
  /** The cluster's own: where EKS puts the ENIs of its control plane. */
  readonly subnetIds: readonly string[];
  /** Whether EKS installs aws-node with it, as nobody's add-on. */
  readonly selfManagedAddOns?: boolean;
}

/** Makes an EKS cluster with a role of its own, and waits until it is ACTIVE. */
export async function makeCluster(
  { eks, iam, soon }: Clients,
  { name, subnetIds, selfManagedAddOns }: ClusterPlan,
): Promise<void> {
  await eks.send(
    new CreateClusterCommand({
      name,
      version: "1.36",
      roleArn: await makeRole(iam, `${name}-cluster`, "eks.amazonaws.com"),
      resourcesVpcConfig: { subnetIds: [...subnetIds] },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16" },
      ...(selfManagedAddOns === true ? { bootstrapSelfManagedAddons: true } : {}),
    }),
  );
  await waitUntilClusterActive(soon, { name });
}

/** Makes the managed add-on vpc-cni, and waits until it is ACTIVE. */
export async function addVpcCni(
  { eks, soon }: Clients,
  clusterName: string,
  configuration: unknown,
): Promise<void> {
  await eks.send(
    new CreateAddonCommand({
      clusterName,
      addonName: "vpc-cni",
      addonVersion: "v1.23.1-eksbuild.1",
      configurationValues: JSON.stringify(configuration),
    }),
  );
  await waitUntilAddonActive(soon, { clusterName, addonName: "vpc-cni" });
}

/** A managed node group that is to be made, with AL2023. */
export interface ManagedGroupPlan {
  readonly name: string;
  /** @default m5.large */
  readonly instanceType?: string;
  readonly subnetIds: readonly string[];
  readonly size: number;
  readonly maxSize: number;
  /** Node labels. @default workload: the group's name */
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** A launch template of the user's own, without an AMI. */
  readonly launchTemplateId?: string;
}

/** Makes managed node groups with one role, all at once, and waits until all are ACTIVE. */
export async function makeManagedGroups(
  { eks, iam, soon }: Clients,
  clusterName: string,
  groups: readonly ManagedGroupPlan[],
): Promise<void> {
  const nodeRole = await makeRole(iam, `${clusterName}-node`, "ec2.amazonaws.com");
  for (const group of groups) await createManagedGroup(eks, clusterName, nodeRole, group);
  for (const { name } of groups) await waitUntilNodegroupActive(soon, { clusterName, nodegroupName: name });
}

/** Asks EKS for a managed node group, and does not wait for it. */
export async function createManagedGroup(
  eks: EKSClient,
  clusterName: string,
  nodeRole: string,
  { name, instanceType = "m5.large", subnetIds, size, maxSize, ...rest }: ManagedGroupPlan,
): Promise<void> {
  const { labels = { workload: name }, taints, launchTemplateId } = rest;
  await eks.send(
    new CreateNodegroupCommand({
      clusterName,
      nodegroupName: name,
      nodeRole,
      subnets: [...subnetIds],
      instanceTypes: [instanceType],
      amiType: "AL2023_x86_64_STANDARD",
      scalingConfig: { minSize: size, maxSize, desiredSize: size },
      labels,
      ...(taints === undefined ? {} : { taints: [...taints] }),
      ...(launchTemplateId === undefined ? {} : { launchTemplate: { id: launchTemplateId } }),
    }),
  );
}

/** Makes a role for a service of AWS, where there is none of the name. @returns its ARN. */
export async function makeRole(iam: IAMClient, name: string, service: string): Promise<string> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam
    .send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }))
    .catch((error: unknown) => {
      if (error instanceof EntityAlreadyExistsException)
        return iam.send(new GetRoleCommand({ RoleName: name }));
      throw error;
    });
  if (Role?.Arn === undefined) throw new Error(`CreateRole of ${name} answered without an ARN`);
  return Role.Arn;
}
