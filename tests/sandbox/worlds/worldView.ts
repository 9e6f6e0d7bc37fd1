import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  EC2Client,
  type NetworkInterface,
  type RouteTable,
  type Subnet,
} from "@aws-sdk/client-ec2";
import { DescribeAddonCommand, DescribeClusterCommand, EKSClient } from "@aws-sdk/client-eks";
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  PolicyV1Api,
  type KubernetesObject,
  type V1DaemonSet,
  type V1Node,
  type V1Pod,
  type V1Status,
} from "@kubernetes/client-node";
import type { SandboxRecord } from "../../../sandbox/sandbox";

const ZONE = "topology.kubernetes.io/zone";

/** What is to be seen of a world, by the means that people have. */
export class WorldView {
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly policy: PolicyV1Api;
  readonly kubeConfig = new KubeConfig();

  constructor(private readonly record: SandboxRecord) {
    const credentials = { accessKeyId: "sandbox", secretAccessKey: "sandbox" };
    const aws = { endpoint: record.awsEndpoint, region: record.region, credentials };
    this.ec2 = new EC2Client(aws);
    this.eks = new EKSClient(aws);
    this.kubeConfig.loadFromFile(record.kubeconfig);
    this.core = this.kubeConfig.makeApiClient(CoreV1Api);
    this.apps = this.kubeConfig.makeApiClient(AppsV1Api);
    this.policy = this.kubeConfig.makeApiClient(PolicyV1Api);
  }

  /** The nodes, as `us-west-2a Ready 29`: zone, condition and allocatable pods, in order. */
  async nodes(): Promise<string[]> {
    return (await this.core.listNode()).items.map(asLine).sort();
  }

  /** Pods of an app, by its label `app`, in order of their names. */
  async podsOf(namespace: string, app: string): Promise<V1Pod[]> {
    const { items } = await this.core.listNamespacedPod({ namespace, labelSelector: `app=${app}` });
    return items.sort((one, other) => nameOf(one).localeCompare(nameOf(other)));
  }

  /** What the API server answers to the eviction of a pod. */
  async evict(pod: V1Pod): Promise<{ readonly code: number; readonly said: string }> {
    const { name = "", namespace = "" } = pod.metadata ?? {};
    try {
      await this.core.createNamespacedPodEviction({
        name,
        namespace,
        body: { metadata: { name, namespace } },
      });
      return { code: 201, said: "" };
    } catch (error) {
      if (!(error instanceof ApiException)) throw error;
      const { message = "", details } = JSON.parse(String(error.body)) as V1Status;
      const causes = (details?.causes ?? []).map((cause) => cause.message ?? "");
      return { code: error.code, said: [message, ...causes].join(" ") };
    }
  }

  /** The ENIConfigs, in order of their names. */
  async eniConfigs(): Promise<{ readonly name: string; readonly subnet: string | undefined }[]> {
    const { items } = (await this.kubeConfig.makeApiClient(CustomObjectsApi).listClusterCustomObject({
      group: "crd.k8s.amazonaws.com",
      version: "v1alpha1",
      plural: "eniconfigs",
    })) as { items: (KubernetesObject & { spec?: { subnet?: string } })[] };
    return items
      .map(({ metadata, spec }) => ({ name: metadata?.name ?? "", subnet: spec?.subnet }))
      .sort((one, other) => one.name.localeCompare(other.name));
  }

  /** The ENIs of a node, in the order of their places. */
  async interfacesOf(node: V1Node): Promise<NetworkInterface[]> {
    const instanceId = node.spec?.providerID?.split("/").at(-1);
    return (await this.networkInterfaces())
      .filter(({ Attachment }) => Attachment?.InstanceId === instanceId)
      .sort((one, other) => (one.Attachment?.DeviceIndex ?? 0) - (other.Attachment?.DeviceIndex ?? 0));
  }

  async cluster() {
    const { cluster } = await this.eks.send(new DescribeClusterCommand({ name: this.record.clusterName }));
    if (cluster === undefined) throw new Error("EKS knows no such cluster");
    return cluster;
  }

  /** The add-on vpc-cni. @throws ResourceNotFoundException where there is none. */
  async vpcCni() {
    const clusterName = this.record.clusterName;
    const { addon } = await this.eks.send(new DescribeAddonCommand({ clusterName, addonName: "vpc-cni" }));
    if (addon === undefined) throw new Error("EKS answered without an add-on");
    return addon;
  }

  awsNode(): Promise<V1DaemonSet> {
    return this.apps.readNamespacedDaemonSet({ name: "aws-node", namespace: "kube-system" });
  }

  /** The environment of the DaemonSet's container aws-node, of values alone. */
  async awsNodeEnv(): Promise<Record<string, string>> {
    const containers = (await this.awsNode()).spec?.template.spec?.containers ?? [];
    const env = containers.find(({ name }) => name === "aws-node")?.env ?? [];
    return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
  }

  /** Names of the variables of aws-node whose values a field manager owns. */
  async variablesOf(manager: string): Promise<string[]> {
    const { metadata } = await this.awsNode();
    const owned: unknown = metadata?.managedFields?.find((one) => one.manager === manager)?.fieldsV1;
    const path = ["f:spec", "f:template", "f:spec", "f:containers", 'k:{"name":"aws-node"}', "f:env"];
    const env = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], owned);
    return Object.entries((env ?? {}) as Record<string, object>)
      .filter(([, fields]) => "f:value" in fields)
      .map(([key]) => /^k:\{"name":"(.*)"\}$/.exec(key)?.[1] ?? key);
  }

  async subnets(): Promise<Subnet[]> {
    const { Subnets = [] } = await this.ec2.send(
      new DescribeSubnetsCommand({ Filters: [await this.inVpc()] }),
    );
    return Subnets;
  }

  async routeTables(): Promise<RouteTable[]> {
    const { RouteTables = [] } = await this.ec2.send(
      new DescribeRouteTablesCommand({ Filters: [await this.inVpc()] }),
    );
    return RouteTables;
  }

  async networkInterfaces(): Promise<NetworkInterface[]> {
    const { NetworkInterfaces = [] } = await this.ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [await this.inVpc()] }),
    );
    return NetworkInterfaces;
  }

  async instances() {
    const { Reservations = [] } = await this.ec2.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  }

  private async inVpc() {
    const vpcId = (await this.cluster()).resourcesVpcConfig?.vpcId ?? "";
    return { Name: "vpc-id", Values: [vpcId] };
  }
}

function asLine(node: V1Node): string {
  return [zoneOf(node), isReady(node) ? "Ready" : "NotReady", node.status?.allocatable?.pods].join(" ");
}

/** The zone that a node's labels say. */
export function zoneOf({ metadata }: V1Node): string {
  return metadata?.labels?.[ZONE] ?? "";
}

export function isReady({ status: said }: V1Node | V1Pod): boolean {
  return said?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

function nameOf({ metadata }: V1Pod): string {
  return metadata?.name ?? "";
}

/** Where a route table sends what leaves the VPC: `nat`, `internet` or `none`. */
export function exitOf({ Routes = [] }: RouteTable): string {
  const exit = Routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === "0.0.0.0/0");
  if (exit?.NatGatewayId !== undefined) return "nat";
  return exit?.GatewayId?.startsWith("igw-") === true ? "internet" : "none";
}
