import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  EKSClient,
  waitUntilAddonActive,
  waitUntilClusterActive,
  waitUntilNodegroupActive,
} from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  loadAllYaml,
  PatchStrategy,
  type KubernetesObject,
  type V1Pod,
} from "@kubernetes/client-node";
import { buildNetwork } from "./network";
import type { WorldBuilder } from "./world";

const CLUSTER = "small";
const VPC_CIDR = "10.8.0.0/16";
/** A /25 per zone: 123 addresses, of which each of two m5.large nodes takes up to 30. */
const ZONES = [
  { availabilityZone: "us-west-2a", privateCidr: "10.8.0.0/25", publicCidr: "10.8.255.0/28" },
  { availabilityZone: "us-west-2b", privateCidr: "10.8.0.128/25", publicCidr: "10.8.255.16/28" },
  { availabilityZone: "us-west-2c", privateCidr: "10.8.1.0/25", publicCidr: "10.8.255.32/28" },
];
const NODE_GROUPS = ["general", "batch"];

/** What a platform team has set over the years, none of which a migration may lose. */
const CNI_CONFIGURATION = {
  env: {
    WARM_ENI_TARGET: "1",
    AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "172.31.0.0/16",
    ADDITIONAL_ENI_TAGS: '{"team":"platform"}',
  },
  resources: { requests: { cpu: "50m" } },
};
/** Set on the DaemonSet itself, by hand, so that the field is not the add-on's. */
const SET_BY_HAND = { name: "AWS_VPC_K8S_CNI_LOGLEVEL", value: "INFO" };

/**
 * An ordinary cluster before its migration: three zones, two managed groups of m5.large with six nodes, the CNI as
 * managed add-on, a route table and a NAT gateway per zone, and a dozen workloads with PodDisruptionBudgets of both
 * kinds.
 */
export const buildSmallWorld: WorldBuilder = async ({ awsEndpoint, region, kubeconfig, log, signal }) => {
  const aws = {
    endpoint: awsEndpoint,
    region,
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  };
  const eks = new EKSClient(aws);
  const soon = (client: EKSClient) => ({
    client,
    maxWaitTime: 120,
    minDelay: 1,
    maxDelay: 1,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });

  log(`VPC ${VPC_CIDR} with ${ZONES.length} zones`);
  const network = await buildNetwork(new EC2Client(aws), { name: CLUSTER, cidr: VPC_CIDR, zones: ZONES });
  const clusterRole = await makeRole(new IAMClient(aws), `${CLUSTER}-cluster`, "eks.amazonaws.com");
  const nodeRole = await makeRole(new IAMClient(aws), `${CLUSTER}-node`, "ec2.amazonaws.com");

  log(`EKS cluster ${CLUSTER} with the add-on vpc-cni`);
  await eks.send(
    new CreateClusterCommand({
      name: CLUSTER,
      version: "1.36",
      roleArn: clusterRole,
      resourcesVpcConfig: { subnetIds: [...network.privateSubnetIds] },
      kubernetesNetworkConfig: { serviceIpv4Cidr: "172.20.0.0/16" },
    }),
  );
  await waitUntilClusterActive(soon(eks), { name: CLUSTER });
  await eks.send(
    new CreateAddonCommand({
      clusterName: CLUSTER,
      addonName: "vpc-cni",
      addonVersion: "v1.23.1-eksbuild.1",
      configurationValues: JSON.stringify(CNI_CONFIGURATION),
    }),
  );
  await waitUntilAddonActive(soon(eks), { clusterName: CLUSTER, addonName: "vpc-cni" });

  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  await setByHand(kubeConfig);

  log(`managed node groups ${NODE_GROUPS.join(" and ")}, 3 x m5.large each`);
  for (const nodegroupName of NODE_GROUPS) {
    await eks.send(
      new CreateNodegroupCommand({
        clusterName: CLUSTER,
        nodegroupName,
        nodeRole,
        subnets: [...network.privateSubnetIds],
        instanceTypes: ["m5.large"],
        amiType: "AL2023_x86_64_STANDARD",
        scalingConfig: { minSize: 3, maxSize: 6, desiredSize: 3 },
        labels: { workload: nodegroupName },
      }),
    );
  }
  for (const nodegroupName of NODE_GROUPS) {
    await waitUntilNodegroupActive(soon(eks), { clusterName: CLUSTER, nodegroupName });
  }

  // Once all nodes are there, or everything would run on the first ones.
  log("workloads");
  await applyWorkloads(kubeConfig, signal);
  await waitUntilReady(kubeConfig, log, signal);
};

async function makeRole(iam: IAMClient, name: string, service: string): Promise<string> {
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  if (Role?.Arn === undefined) throw new Error(`CreateRole of ${name} answered without an ARN`);
  return Role.Arn;
}

/** As `kubectl set env daemonset/aws-node` does. */
async function setByHand(kubeConfig: KubeConfig): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  await objects.patch(
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "aws-node", namespace: "kube-system" },
      spec: { template: { spec: { containers: [{ name: "aws-node", env: [SET_BY_HAND] }] } } },
    } as KubernetesObject,
    undefined,
    undefined,
    "kubectl-set",
    undefined,
    PatchStrategy.StrategicMergePatch,
  );
}

async function applyWorkloads(kubeConfig: KubeConfig, signal: AbortSignal | undefined): Promise<void> {
  const objects = KubernetesObjectApi.makeApiClient(kubeConfig);
  const manifests = loadAllYaml(
    readFileSync(join(__dirname, "small.workloads.yaml"), "utf8"),
  ) as KubernetesObject[];
  for (const manifest of manifests) {
    signal?.throwIfAborted();
    await objects.patch(manifest, undefined, undefined, "kubectl", true, PatchStrategy.ServerSideApply);
  }
}

/** Generous: it is about 15 seconds on two cores. */
const READY_WITHIN_MS = 180_000;

async function waitUntilReady(
  kubeConfig: KubeConfig,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const apps = kubeConfig.makeApiClient(AppsV1Api);
  const deadline = Date.now() + READY_WITHIN_MS;
  let said = "";
  for (;;) {
    const [{ items: pods }, { items: deployments }, { items: statefulSets }] = await Promise.all([
      core.listPodForAllNamespaces(),
      apps.listDeploymentForAllNamespaces(),
      apps.listStatefulSetForAllNamespaces(),
    ]);
    const owned = [...deployments, ...statefulSets];
    const isComplete = owned.every(({ spec, status }) => (status?.readyReplicas ?? 0) === spec?.replicas);
    const ready = pods.filter(isReady).length;
    const now = `${ready} of ${pods.length} pods are Ready`;
    if (now !== said) log(now);
    said = now;
    if (isComplete && ready === pods.length) return;
    if (Date.now() > deadline) {
      const waiting = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata?.name);
      throw new Error(
        `the small world did not become ready within ${READY_WITHIN_MS / 1000} s: ${waiting.join(", ")}`,
      );
    }
    await sleep(500, undefined, signal === undefined ? {} : { signal });
  }
}

function isReady(pod: V1Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}
