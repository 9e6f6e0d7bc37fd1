import { randomBytes } from "node:crypto";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DeleteNetworkInterfaceCommand,
  DeleteSecurityGroupCommand,
  DescribeSubnetsCommand,
} from "@aws-sdk/client-ec2";
import * as z from "zod";
import { nameReservation } from "../nameReservation";
import { AwsError } from "../protocol/awsError";
import { inUse, invalidParameter, notInSandbox } from "./eksError";
import { applyEndpointAccess, endpointAccessSchema, readEndpointAccess } from "./endpointAccess";
import { KUBERNETES_VERSION, SERVICE_CIDR, type EksOutside } from "./eksOutside";
import type { Cluster } from "./eksState";
import { tagsSchema } from "./input";

/** What CreateCluster takes here. */
export const createClusterSchema = z.strictObject({
  name: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, "is not a valid cluster name"),
  version: z.string().optional(),
  roleArn: z.string(),
  resourcesVpcConfig: endpointAccessSchema.extend({
    subnetIds: z.array(z.string()).min(1),
    securityGroupIds: z.array(z.string()).optional(),
  }),
  kubernetesNetworkConfig: z
    .strictObject({
      serviceIpv4Cidr: z.string().optional(),
      ipFamily: z.enum(["ipv4", "ipv6"]).optional(),
      elasticLoadBalancing: z.strictObject({ enabled: z.boolean() }).optional(),
    })
    .optional(),
  // Of Auto Mode, as is `storageConfig`.
  computeConfig: z
    .strictObject({
      enabled: z.boolean().optional(),
      nodePools: z.array(z.string()).optional(),
      nodeRoleArn: z.string().optional(),
    })
    .optional(),
  storageConfig: z.strictObject({ blockStorage: z.strictObject({ enabled: z.boolean() }) }).optional(),
  accessConfig: z
    .strictObject({
      authenticationMode: z.string().optional(),
      bootstrapClusterCreatorAdminPermissions: z.boolean().optional(),
    })
    .optional(),
  logging: z.unknown().optional(),
  clientRequestToken: z.string().optional(),
  tags: tagsSchema.optional(),
  // EKS's default is true; here the CNI, the only one that there is, comes when it is asked for.
  bootstrapSelfManagedAddons: z.boolean().optional(),
});

/** Control planes attach this many ENIs to the cluster's subnets; AWS uses two to four. */
const CONTROL_PLANE_ENIS = 2;

/**
 * Makes a cluster with its security group and ENIs in the VPC: one of the sandbox's control plane; or one that gets none,
 * and is CREATING for ever, since there is a control plane for one ordinary cluster alone.
 *
 * @param isFirst whether the control plane is nobody's yet.
 * @throws AwsError for arguments that EKS refuses.
 */
export async function createCluster(
  input: z.infer<typeof createClusterSchema>,
  isFirst: boolean,
  outside: EksOutside,
): Promise<Cluster> {
  const { name, computeConfig, kubernetesNetworkConfig: { ipFamily = "ipv4" } = {} } = input;
  const isAutoMode = computeConfig?.enabled === true;
  const hasControlPlane = isFirst && ipFamily === "ipv4" && !isAutoMode;
  if (input.version !== undefined && input.version !== KUBERNETES_VERSION) {
    throw invalidParameter(
      `unsupported Kubernetes version ${input.version}: this sandbox has ${KUBERNETES_VERSION}`,
    );
  }
  const serviceCidr = input.kubernetesNetworkConfig?.serviceIpv4Cidr ?? SERVICE_CIDR;
  if (serviceCidr !== SERVICE_CIDR) throw notInSandbox(`A serviceIpv4Cidr other than ${SERVICE_CIDR}`);
  const { subnetIds, securityGroupIds = [], ...asked } = input.resourcesVpcConfig;
  const access = readEndpointAccess(asked);
  const vpcId = await vpcOfSubnets(subnetIds, outside);
  const clusterSecurityGroupId = await createClusterSecurityGroup(name, vpcId, outside);
  const networkInterfaceIds: string[] = [];
  for (const SubnetId of subnetIds.slice(0, CONTROL_PLANE_ENIS)) {
    const { NetworkInterface } = await outside.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId,
        Description: `Amazon EKS ${name}`,
        Groups: [clusterSecurityGroupId, ...securityGroupIds],
      }),
    );
    networkInterfaceIds.push(NetworkInterface?.NetworkInterfaceId ?? "");
  }
  const cluster: Cluster = {
    name,
    arn: `arn:aws:eks:${outside.region}:${outside.accountId}:cluster/${name}`,
    roleArn: input.roleArn,
    createdAt: outside.clock.now(),
    vpcId,
    subnetIds,
    securityGroupIds,
    clusterSecurityGroupId,
    networkInterfaceIds,
    issuerId: randomBytes(16).toString("hex").toUpperCase(),
    access,
    ...{ ipFamily, isAutoMode, hasControlPlane },
    endpoint: outside.server,
    authenticationMode: input.accessConfig?.authenticationMode ?? "CONFIG_MAP",
    status: "CREATING",
    tags: input.tags ?? {},
    nodeGroups: new Map(),
    reserveNodeGroup: nameReservation(),
    addOns: new Map(),
    podIdentities: new Map(),
    fargateProfiles: new Map(),
    updates: new Map(),
  };
  if (hasControlPlane) await applyEndpointAccess(cluster, access, outside);
  return cluster;
}

/** Takes back what a cluster has in the VPC. @throws AwsError while it has node groups. */
export async function deleteCluster(cluster: Cluster, outside: EksOutside): Promise<void> {
  if (cluster.nodeGroups.size > 0) {
    throw inUse("Cluster has nodegroups attached", { clusterName: cluster.name });
  }
  cluster.status = "DELETING";
  for (const NetworkInterfaceId of cluster.networkInterfaceIds) {
    await outside.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
  }
  await outside.ec2
    .send(new DeleteSecurityGroupCommand({ GroupId: cluster.clusterSecurityGroupId }))
    .catch((error: unknown) => {
      // Somebody else's ENI or rule has it: it stays, and the cluster goes.
      if (!(error instanceof Error) || error.name !== "DependencyViolation") throw error;
      outside.log(`cluster ${cluster.name}: security group stays, ${error.message}`);
    });
}

/** As DescribeCluster shows it. */
export function describeCluster(
  cluster: Cluster,
  { certificateAuthority, region }: Pick<EksOutside, "certificateAuthority" | "region">,
) {
  return {
    name: cluster.name,
    arn: cluster.arn,
    createdAt: cluster.createdAt / 1000,
    version: KUBERNETES_VERSION,
    ...(cluster.hasControlPlane && {
      endpoint: cluster.endpoint,
      certificateAuthority: { data: Buffer.from(certificateAuthority).toString("base64") },
    }),
    roleArn: cluster.roleArn,
    resourcesVpcConfig: {
      subnetIds: cluster.subnetIds,
      securityGroupIds: cluster.securityGroupIds,
      clusterSecurityGroupId: cluster.clusterSecurityGroupId,
      vpcId: cluster.vpcId,
      ...cluster.access,
    },
    kubernetesNetworkConfig: {
      ...(cluster.ipFamily === "ipv4" && { serviceIpv4Cidr: SERVICE_CIDR }),
      ipFamily: cluster.ipFamily,
      elasticLoadBalancing: { enabled: cluster.isAutoMode },
    },
    ...(cluster.isAutoMode && { computeConfig: { enabled: true } }),
    logging: {
      clusterLogging: [
        { types: ["api", "audit", "authenticator", "controllerManager", "scheduler"], enabled: false },
      ],
    },
    identity: { oidc: { issuer: `https://oidc.eks.${region}.amazonaws.com/id/${cluster.issuerId}` } },
    status: cluster.status,
    platformVersion: "eks.1",
    tags: cluster.tags,
    health: { issues: [] },
    accessConfig: { authenticationMode: cluster.authenticationMode },
    upgradePolicy: { supportType: "EXTENDED" },
    deletionProtection: false,
  };
}

async function vpcOfSubnets(subnetIds: readonly string[], { ec2 }: EksOutside): Promise<string> {
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "subnet-id", Values: [...subnetIds] }] }),
  );
  const missing = subnetIds.filter((id) => !Subnets.some(({ SubnetId }) => SubnetId === id));
  if (missing.length > 0) throw invalidParameter(`The subnet ID '${missing.join("', '")}' does not exist`);
  if (new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size < 2) {
    throw invalidParameter("Subnets specified must be in at least two different AZs");
  }
  const [vpcId = "", ...others] = new Set(Subnets.map(({ VpcId }) => VpcId ?? ""));
  if (others.length > 0) throw invalidParameter("Subnets specified must belong to one VPC");
  return vpcId;
}

async function createClusterSecurityGroup(name: string, vpcId: string, { ec2 }: EksOutside): Promise<string> {
  const groupName = `eks-cluster-sg-${name}-${randomBytes(4).readUInt32BE()}`;
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId: vpcId,
      GroupName: groupName,
      Description:
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
      TagSpecifications: [
        {
          ResourceType: "security-group",
          Tags: [
            { Key: "Name", Value: groupName },
            { Key: "aws:eks:cluster-name", Value: name },
            { Key: `kubernetes.io/cluster/${name}`, Value: "owned" },
          ],
        },
      ],
    }),
  );
  if (GroupId === undefined) throw new AwsError("ServerException", "EC2 made no security group", 500);
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId,
      IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId }] }],
    }),
  );
  return GroupId;
}
