import { setTimeout as delay } from "node:timers/promises";
import {
  AssociateVpcCidrBlockCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  ApiextensionsV1Api,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  StorageV1Api,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { startFront, type Front } from "../../../sandbox/aws/front";
import { startMoto, type Moto } from "../../../sandbox/aws/moto";
import { startDataPlane, type DataPlane } from "../../../sandbox/dataPlane/dataPlane";
import { controlPlaneFixture } from "../../support/sandbox";

const region = "us-west-2";
const zones = ["us-west-2a", "us-west-2b"] as const;
export type Zone = (typeof zones)[number];

/** Durations of the CNI, a tenth of what they are. */
const PACE = 0.1;
const WITHIN_MS = 60_000;

/** One ENI of an instance, as EC2 has it. */
export interface Interface {
  readonly interfaceId: string;
  readonly deviceIndex: number;
  readonly subnetId: string;
  readonly description: string;
  readonly secondaryAddresses: readonly string[];
  readonly prefixes: readonly string[];
  readonly securityGroups: readonly string[];
}

/** A control plane, an emulated EC2 with a VPC of two ranges, and a data plane between them. */
export class DataPlaneWorld {
  readonly core: CoreV1Api;
  readonly storage: StorageV1Api;
  readonly lines: string[] = [];
  readonly nodeSubnets = new Map<string, string>();
  readonly podSubnets = new Map<string, string>();
  readonly ec2: EC2Client;
  private readonly apps: AppsV1Api;
  private readonly custom: CustomObjectsApi;
  private vpcId = "";
  private dataPlane: DataPlane | undefined;

  constructor(
    private readonly front: Front,
    private readonly kubeconfig: string,
  ) {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(kubeconfig);
    this.core = kubeConfig.makeApiClient(CoreV1Api);
    this.storage = kubeConfig.makeApiClient(StorageV1Api);
    this.apps = kubeConfig.makeApiClient(AppsV1Api);
    this.custom = kubeConfig.makeApiClient(CustomObjectsApi);
    this.ec2 = new EC2Client({
      endpoint: front.endpoint,
      region,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  /** Makes the VPC and starts the data plane. */
  async begin(): Promise<void> {
    const { Vpc } = await this.ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }));
    this.vpcId = Vpc?.VpcId ?? "";
    await this.ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: this.vpcId, CidrBlock: "100.64.0.0/16" }));
    await this.until("the second range associated", async () => {
      const { Vpcs: [vpc] = [] } = await this.ec2.send(new DescribeVpcsCommand({ VpcIds: [this.vpcId] }));
      const blocks = vpc?.CidrBlockAssociationSet ?? [];
      return (
        blocks.length === 2 && blocks.every(({ CidrBlockState }) => CidrBlockState?.State === "associated")
      );
    });
    for (const [index, zone] of zones.entries()) {
      this.nodeSubnets.set(zone, await this.makeSubnet(`10.8.${index * 32}.0/19`, zone));
      this.podSubnets.set(zone, await this.makeSubnet(`100.64.${index * 64}.0/18`, zone));
    }
    await this.startDataPlane();
  }

  async makeSubnet(cidrBlock: string, zone: Zone): Promise<string> {
    const { Subnet } = await this.ec2.send(
      new CreateSubnetCommand({ VpcId: this.vpcId, CidrBlock: cidrBlock, AvailabilityZone: zone }),
    );
    return Subnet?.SubnetId ?? "";
  }

  /** The VPC in which a subnet is. */
  async vpcOf(subnetId: string): Promise<string> {
    const { Subnets: [subnet] = [] } = await this.ec2.send(
      new DescribeSubnetsCommand({ SubnetIds: [subnetId] }),
    );
    return subnet?.VpcId ?? "";
  }

  async startDataPlane(): Promise<void> {
    this.dataPlane = await startDataPlane({
      awsEndpoint: this.front.endpoint,
      region,
      kubeconfig: this.kubeconfig,
      log: (line) => this.lines.push(line),
      onAwsChange: (listener) => {
        this.front.onChange(listener);
      },
      pace: PACE,
    });
  }

  async stopDataPlane(): Promise<void> {
    await this.dataPlane?.close();
    this.dataPlane = undefined;
  }

  end(): void {
    this.ec2.destroy();
  }

  /** A DaemonSet of aws-node for the nodes of a pool, so that every pool can have settings of its own. */
  async makeAwsNode(pool: string, env: Record<string, string>): Promise<void> {
    const labels = { "k8s-app": "aws-node", pool };
    await this.apps.createNamespacedDaemonSet({
      namespace: "kube-system",
      body: {
        metadata: { name: `aws-node-${pool}` },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              hostNetwork: true,
              nodeSelector: { pool },
              tolerations: [{ operator: "Exists" }],
              terminationGracePeriodSeconds: 1,
              initContainers: [{ name: "aws-vpc-cni-init", image: "init" }],
              containers: [{ name: "aws-node", image: "cni", env: envList(env) }],
            },
          },
        },
      },
    });
  }

  /** Rolls another environment out. @returns when every pod of the pool has it and is Ready. */
  async changeAwsNode(pool: string, env: Record<string, string>): Promise<void> {
    const name = `aws-node-${pool}`;
    const namespace = "kube-system";
    const daemonSet = await this.apps.readNamespacedDaemonSet({ name, namespace });
    const [container] = daemonSet.spec?.template.spec?.containers ?? [];
    if (container === undefined) throw new Error(`${name} has no container`);
    container.env = envList(env);
    await this.apps.replaceNamespacedDaemonSet({ name, namespace, body: daemonSet });
    await this.until(`${name} rolled out`, async () => {
      const { metadata, status } = await this.apps.readNamespacedDaemonSet({ name, namespace });
      return (
        status?.observedGeneration === metadata?.generation &&
        status?.updatedNumberScheduled === status?.desiredNumberScheduled &&
        status?.numberAvailable === status?.desiredNumberScheduled
      );
    });
  }

  /** @returns the name of the Node that it will have. */
  async runInstance(
    pool: string,
    options: {
      zone?: Zone;
      kubelet?: string;
      labels?: string;
      instanceType?: "m5.large" | "t3.small";
      /** In place of a NodeConfig of this pool. */
      userData?: string;
    } = {},
  ): Promise<{ instanceId: string; nodeName: string }> {
    const { zone = "us-west-2a", kubelet = "", labels = "", instanceType = "m5.large" } = options;
    const nodeConfig = `apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  cluster: { name: small }
  kubelet:
    ${kubelet}
    flags: ["--node-labels=pool=${pool}${labels}"]
`;
    const { Instances: [instance] = [] } = await this.ec2.send(
      new RunInstancesCommand({
        ImageId: "ami-12c6146b",
        InstanceType: instanceType,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: this.nodeSubnets.get(zone),
        UserData: Buffer.from(options.userData ?? nodeConfig).toString("base64"),
        TagSpecifications: [
          { ResourceType: "instance", Tags: [{ Key: "kubernetes.io/cluster/small", Value: "owned" }] },
        ],
      }),
    );
    const address = instance?.PrivateIpAddress?.replaceAll(".", "-") ?? "";
    return {
      instanceId: instance?.InstanceId ?? "",
      nodeName: `ip-${address}.${region}.compute.internal`,
    };
  }

  /** An instance that has become a Ready Node. */
  async readyNode(
    pool: string,
    options?: Parameters<DataPlaneWorld["runInstance"]>[1],
  ): Promise<{ instanceId: string; nodeName: string }> {
    const instance = await this.runInstance(pool, options);
    await this.until(`${instance.nodeName} Ready`, () => this.isReady(instance.nodeName));
    return instance;
  }

  async terminate(instanceId: string): Promise<void> {
    await this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  }

  async node(nodeName: string): Promise<V1Node | undefined> {
    const { items } = await this.core.listNode({ fieldSelector: `metadata.name=${nodeName}` });
    return items[0];
  }

  async isReady(nodeName: string): Promise<boolean> {
    const node = await this.node(nodeName);
    return (
      node?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true
    );
  }

  async makeEniConfig(name: string, subnet: string, securityGroups?: string[]): Promise<void> {
    await this.custom.createClusterCustomObject({
      group: "crd.k8s.amazonaws.com",
      version: "v1alpha1",
      plural: "eniconfigs",
      body: {
        apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
        kind: "ENIConfig",
        metadata: { name },
        spec: { subnet, ...(securityGroups === undefined ? {} : { securityGroups }) },
      },
    });
  }

  /** Makes pods on a node, past the scheduler as DaemonSets of old did, so that nothing but the network decides. */
  async makePods(nodeName: string, ...names: string[]): Promise<void> {
    for (const name of names) {
      await this.core.createNamespacedPod({
        namespace: "default",
        body: {
          metadata: { name },
          spec: { nodeName, containers: [{ name: "main", image: "web" }], terminationGracePeriodSeconds: 1 },
        },
      });
    }
  }

  /** @returns the addresses of pods once all have one and are Ready. */
  async addressesOf(...names: string[]): Promise<string[]> {
    let pods: V1Pod[] = [];
    await this.until(`${names.join(", ")} Ready`, async () => {
      pods = await Promise.all(names.map((name) => this.pod(name)));
      return pods.every(isPodReady);
    });
    return pods.map(({ status }) => status?.podIP ?? "");
  }

  pod(name: string): Promise<V1Pod> {
    return this.core.readNamespacedPod({ name, namespace: "default" });
  }

  async deletePods(...names: string[]): Promise<void> {
    await Promise.all(names.map((name) => this.core.deleteNamespacedPod({ name, namespace: "default" })));
    await this.until(`${names.join(", ")} gone`, async () => {
      const { items } = await this.core.listNamespacedPod({ namespace: "default" });
      return items.every(({ metadata }) => !names.includes(metadata?.name ?? ""));
    });
  }

  /** The pod of aws-node on a node. */
  async awsNodePod(nodeName: string): Promise<V1Pod | undefined> {
    const { items } = await this.core.listNamespacedPod({
      namespace: "kube-system",
      labelSelector: "k8s-app=aws-node",
      fieldSelector: `spec.nodeName=${nodeName}`,
    });
    return items[0];
  }

  /** An instance's ENIs by device index. */
  async interfacesOf(instanceId: string): Promise<Interface[]> {
    const { NetworkInterfaces = [] } = await this.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "attachment.instance-id", Values: [instanceId] }],
      }),
    );
    return NetworkInterfaces.map((one) => ({
      interfaceId: one.NetworkInterfaceId ?? "",
      deviceIndex: one.Attachment?.DeviceIndex ?? -1,
      subnetId: one.SubnetId ?? "",
      description: one.Description ?? "",
      secondaryAddresses: (one.PrivateIpAddresses ?? []).flatMap(({ Primary, PrivateIpAddress }) =>
        Primary === true || PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
      ),
      prefixes: (one.Ipv4Prefixes ?? []).flatMap(({ Ipv4Prefix }) => Ipv4Prefix ?? []),
      securityGroups: (one.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    })).sort((a, b) => a.deviceIndex - b.deviceIndex);
  }

  /** The EBS volumes that EC2 knows of besides root volumes, as `us-west-2a in-use i-0123`: zone, state and instance. */
  async ebsVolumes(): Promise<string[]> {
    const { Volumes = [] } = await this.ec2.send(
      new DescribeVolumesCommand({ Filters: [{ Name: "tag-key", Values: ["CSIVolumeName"] }] }),
    );
    return Volumes.map(({ AvailabilityZone, State, Attachments = [] }) =>
      [AvailabilityZone, State, ...Attachments.map(({ InstanceId }) => InstanceId)].join(" "),
    );
  }

  /** How many ENIs ipamd has made for an instance, attached or not. */
  async countInterfacesMadeFor(instanceId: string): Promise<number> {
    const { NetworkInterfaces = [] } = await this.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "tag:node.k8s.amazonaws.com/instance_id", Values: [instanceId] }],
      }),
    );
    return NetworkInterfaces.length;
  }

  /** Waits until something is so. @throws Error after a minute. */
  async until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
    const deadline = Date.now() + WITHIN_MS;
    while (!(await isSo())) {
      if (Date.now() > deadline) {
        throw new Error(`not so within ${WITHIN_MS / 1000} s: ${what}\n${this.lines.slice(-20).join("\n")}`);
      }
      await delay(50);
    }
  }
}

function envList(env: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

function isPodReady({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

/** A world for the tests of a `describe`; what answers it once they run. */
export function dataPlaneFixture(): () => DataPlaneWorld {
  const { controlPlane } = controlPlaneFixture();
  let moto: Moto | undefined;
  let front: Front | undefined;
  let world: DataPlaneWorld | undefined;
  before(async function () {
    this.timeout(600_000);
    const { server, certificateAuthority, kubeconfig } = controlPlane();
    moto = await startMoto(console.log);
    front = await startFront({
      motoEndpoint: moto.endpoint,
      region,
      accountId: "123456789012",
      cluster: { server, certificateAuthority, kubeconfig },
      log: console.log,
    });
    await makeCrd(kubeconfig);
    world = new DataPlaneWorld(front, kubeconfig);
    await world.begin();
  });
  after(async function () {
    this.timeout(60_000);
    await world?.stopDataPlane();
    world?.end();
    await front?.close();
    await moto?.stop();
  });
  return () => {
    if (world === undefined) throw new Error("the world is there while tests run, and not before");
    return world;
  };
}

/** The definition that the CNI brings along. */
async function makeCrd(kubeconfig: string): Promise<void> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  await kubeConfig.makeApiClient(ApiextensionsV1Api).createCustomResourceDefinition({
    body: {
      metadata: { name: "eniconfigs.crd.k8s.amazonaws.com" },
      spec: {
        group: "crd.k8s.amazonaws.com",
        scope: "Cluster",
        names: { kind: "ENIConfig", plural: "eniconfigs", singular: "eniconfig" },
        versions: [
          {
            name: "v1alpha1",
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: "object",
                properties: {
                  spec: {
                    type: "object",
                    properties: {
                      subnet: { type: "string" },
                      securityGroups: { type: "array", items: { type: "string" } },
                    },
                  },
                },
              },
            },
          },
        ],
      },
    },
  });
}
