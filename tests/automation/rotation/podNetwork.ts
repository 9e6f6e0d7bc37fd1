import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import {
  AssociateVpcCidrBlockCommand,
  CreateSubnetCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CreateNodegroupCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  EKSClient,
  UpdateAddonCommand,
  waitUntilNodegroupActive,
} from "@aws-sdk/client-eks";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { KubeConfig } from "@kubernetes/client-node";
import { awaitAwsNode } from "../../../automation/awsNodeRollout";
import { systemClock } from "../../../automation/clock";
import { connectKubernetes, type ApiObject, type Kubernetes } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { ObserverOutside } from "../../../automation/rotation/outside";
import { OWN_PATHS } from "../../../sandbox/daemonProtocol";
import type { SandboxRecord } from "../../../sandbox/sandbox";

/** What a test speaks to. */
export interface Cluster {
  readonly outside: Omit<ObserverOutside, "signal">;
  readonly kubernetes: Kubernetes;
}

/** Clients of a sandbox. */
export function clusterOf({ awsEndpoint, region, kubeconfig }: SandboxRecord): Cluster {
  const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
  const aws = { endpoint: awsEndpoint, region, credentials };
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const outside = {
    ec2: new EC2Client(aws),
    autoScaling: new AutoScalingClient(aws),
    eks: new EKSClient(aws),
    elasticLoadBalancing: new ElasticLoadBalancingV2Client(aws),
    classicLoadBalancing: new ElasticLoadBalancingClient(aws),
    kubeConfig,
    clock: systemClock,
  };
  const kubernetes = connectKubernetes(kubeConfig, {
    clock: systemClock,
    signal: new AbortController().signal,
  });
  return { outside, kubernetes };
}

const POD_CIDR = "100.64.0.0/16";
/** One /18 per zone. */
const POD_SUBNETS = ["100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"];

const POD_NETWORK_ENV = {
  AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
  ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
};

/**
 * Does what `podnet up` does to an ordinary world, with the AWS SDK alone: so that tests of rotation need no Pulumi.
 *
 * @param replacedGroups the managed groups that workers take the place of; for those of no group it makes none.
 * @returns what its stack would answer.
 */
export async function makePodNetwork(
  { clusterName, region }: SandboxRecord,
  { outside, kubernetes }: Cluster,
  replacedGroups: readonly string[] = ["general", "batch"],
): Promise<PodNetworkOutputs> {
  const { ec2, eks } = outside;
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: clusterName }));
  const vpcId = cluster?.resourcesVpcConfig?.vpcId ?? "";
  const nodeSubnetIds = cluster?.resourcesVpcConfig?.subnetIds ?? [];
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: nodeSubnetIds }));
  const nodeSubnets = Subnets.map(({ SubnetId = "", AvailabilityZone = "" }) => ({
    SubnetId,
    AvailabilityZone,
  })).sort((a, b) => (a.AvailabilityZone < b.AvailabilityZone ? -1 : 1));

  await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: POD_CIDR }));
  await eventually(`${POD_CIDR} is associated`, async () => {
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
    return (Vpcs[0]?.CidrBlockAssociationSet ?? []).some(
      ({ CidrBlock, CidrBlockState }) => CidrBlock === POD_CIDR && CidrBlockState?.State === "associated",
    );
  });
  const podSubnets: { availabilityZone: string; subnetId: string; cidrBlock: string }[] = [];
  for (const [index, { AvailabilityZone }] of nodeSubnets.entries()) {
    const cidrBlock = POD_SUBNETS[index] ?? "";
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: cidrBlock, AvailabilityZone }),
    );
    podSubnets.push({ availabilityZone: AvailabilityZone, subnetId: Subnet?.SubnetId ?? "", cidrBlock });
  }
  for (const { availabilityZone, subnetId } of podSubnets) {
    await kubernetes.create("/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs", {
      apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
      kind: "ENIConfig",
      metadata: { name: availabilityZone },
      spec: { subnet: subnetId },
    } as ApiObject);
  }

  const addon = { clusterName, addonName: "vpc-cni" };
  const { addon: before } = await eks.send(new DescribeAddonCommand(addon));
  const values = JSON.parse(before?.configurationValues ?? "{}") as { env?: Record<string, string> };
  const configurationValues = JSON.stringify({ ...values, env: { ...values.env, ...POD_NETWORK_ENV } });
  await eks.send(new UpdateAddonCommand({ ...addon, configurationValues, resolveConflicts: "PRESERVE" }));
  const signal = new AbortController().signal;
  await awaitAwsNode({ kubernetes, clock: systemClock, signal, onProgress: () => undefined });

  const workerGroups = replacedGroups.flatMap((replaced) =>
    nodeSubnets.map(({ SubnetId, AvailabilityZone }) => ({
      SubnetId,
      name: `${replaced}-pods`,
      nodeGroupName: `${replaced}-pods-${AvailabilityZone}`,
      availabilityZone: AvailabilityZone,
      replaces: [replaced],
      maxSize: 6,
    })),
  );
  for (const { SubnetId, nodeGroupName, replaces, maxSize } of workerGroups) {
    await eks.send(
      new CreateNodegroupCommand({
        clusterName,
        nodegroupName: nodeGroupName,
        nodeRole: `arn:aws:iam::123456789012:role/${clusterName}-node`,
        subnets: [SubnetId],
        instanceTypes: ["m5.large"],
        amiType: "AL2023_x86_64_STANDARD",
        scalingConfig: { minSize: 0, maxSize, desiredSize: 0 },
        labels: { workload: replaces[0] ?? "" },
      }),
    );
  }
  for (const { nodeGroupName } of workerGroups) {
    await waitUntilNodegroupActive(
      { client: eks, maxWaitTime: 120, minDelay: 1, maxDelay: 1 },
      { clusterName, nodegroupName: nodeGroupName },
    );
  }
  return {
    clusterName,
    region,
    vpcId,
    podCidrs: [POD_CIDR],
    podSubnets,
    eniConfigs: podSubnets.map(({ availabilityZone }) => availabilityZone),
    cni: { mode: "addOn" },
    workerGroups: workerGroups.map(({ name, nodeGroupName, availabilityZone, replaces, maxSize }) => ({
      name,
      kind: "managed",
      nodeGroupName,
      availabilityZone,
      replaces,
      maxSize,
    })),
  };
}

/** A Node, as far as tests look at it. */
export interface TestNode extends ApiObject {
  readonly spec?: {
    readonly providerID?: string;
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly effect: string }[];
  };
}

/** The nodes of a cluster. */
export async function nodesOf({ kubernetes }: Cluster): Promise<TestNode[]> {
  return kubernetes.list("/api/v1/nodes", (node: TestNode) => node);
}

/** The soft taints of a node that rotation gives to old ones. */
export function oldTaintsOf({ spec }: TestNode): string[] {
  return (spec?.taints ?? [])
    .filter(({ key }) => key === "eks-pod-network.io/old")
    .map(({ effect }) => effect);
}

/** What the sandbox's own watcher of disruption budgets saw. */
export async function witnessOf({ awsEndpoint }: SandboxRecord): Promise<{
  readonly budgets: number;
  /** Each with when it began, in milliseconds since 1970. */
  readonly broken: readonly { readonly from: number }[];
  readonly interruptions: number;
}> {
  const response = await fetch(new URL(OWN_PATHS.witness, awsEndpoint));
  return (await response.json()) as Awaited<ReturnType<typeof witnessOf>>;
}

/** Looks again and again until something is so; for what other processes do. */
export async function eventually(
  what: string,
  isSo: () => Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what}: not so within ${withinMs / 1000} s`);
    await sleep(200);
  }
}
