import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { KubeConfig } from "@kubernetes/client-node";
import { StackNotFoundError, type PulumiCommand } from "@pulumi/pulumi/automation";
import type { Environment } from "../../../automation/environments";
import { NoKubeConfigError } from "../../../automation/kubeConfig";
import { CONFIG_MAPS, recordConfigMap } from "../../../automation/recordConfigMap";
import { readReport, type ReportOutside } from "../../../automation/report/readReport";
import { isNotSeen, type NotSeen } from "../../../planning/preflight/finding";
import { newTimeline, processBegan } from "../../../planning/report/timeline";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";
import { temporaryFolder } from "../../support/temporaryFolder";

interface ReadReport {
  readonly isUp?: boolean;
  readonly others?: readonly Environment[];
}

const RUN_AT_MS = Date.UTC(2026, 10, 20, 9);
const SUBNETS = [
  {
    SubnetId: "subnet-n",
    AvailabilityZone: "us-west-2a",
    CidrBlock: "10.8.0.0/19",
    AvailableIpAddressCount: 8_000,
  },
  {
    SubnetId: "subnet-p",
    AvailabilityZone: "us-west-2a",
    CidrBlock: "100.64.0.0/18",
    AvailableIpAddressCount: 16_000,
  },
  { SubnetId: "subnet-6", AvailabilityZone: "us-west-2a", AvailableIpAddressCount: 0 },
];
const MADE = {
  ...{ clusterName: "shop-prod", region: "us-west-2", vpcId: "vpc-1", podCidrs: ["100.64.0.0/16"] },
  podSubnets: [{ availabilityZone: "us-west-2a", subnetId: "subnet-p", cidrBlock: "100.64.0.0/18" }],
  ...{ eniConfigs: ["us-west-2a"], cni: { mode: "addOn" }, workerGroups: [] },
};

/** What AWS answers, by the names of commands; whatever else is asked, one may not. */
const AWS: Readonly<Record<string, object>> = {
  DescribeClusterCommand: { cluster: { version: "1.33", resourcesVpcConfig: { vpcId: "vpc-1" } } },
  DescribeVpcsCommand: {
    Vpcs: [
      {
        CidrBlock: "10.8.0.0/16",
        CidrBlockAssociationSet: ["10.8.0.0/16", "100.64.0.0/16"].map((CidrBlock) => ({
          ...{ CidrBlock, CidrBlockState: { State: "associated" } },
        })),
      },
    ],
  },
  DescribeVpcPeeringConnectionsCommand: {},
  DescribeTransitGatewayVpcAttachmentsCommand: {},
  DescribeNetworkInterfacesCommand: {
    NetworkInterfaces: [
      { Attachment: { InstanceId: "i-1", DeviceIndex: 0 }, SubnetId: "subnet-n" },
      { Attachment: { InstanceId: "i-1", DeviceIndex: 1 }, SubnetId: "subnet-p" },
    ],
  },
  DescribeAutoScalingInstancesCommand: {},
};

function answer(command: object, { SubnetIds }: { readonly SubnetIds?: readonly string[] }): object {
  const name = command.constructor.name;
  if (name === "DescribeSubnetsCommand") {
    return { Subnets: SUBNETS.filter(({ SubnetId }) => SubnetIds?.includes(SubnetId) ?? true) };
  }
  return AWS[name] ?? assert.fail(Object.assign(new Error(`no ${name}`), { name: "UnauthorizedOperation" }));
}

const node = (name: string, instanceType: string, labels: Readonly<Record<string, string>> = {}) => ({
  metadata: {
    ...{ name, uid: name, creationTimestamp: "2026-11-20T00:00:00Z" },
    labels: {
      ...{ "topology.kubernetes.io/zone": "us-west-2a", "node.kubernetes.io/instance-type": instanceType },
      ...labels,
    },
  },
  spec: { providerID: "aws:///us-west-2a/i-1" },
  status: { allocatable: { pods: "20" }, conditions: [{ type: "Ready", status: "True" }] },
});
const pod = {
  metadata: { name: "web", namespace: "shop", uid: "web" },
  spec: { nodeName: "new-1" },
  status: { phase: "Running", podIP: "100.64.0.9" },
};
const seenOf = <T extends object>(part: T | NotSeen | undefined): T =>
  part === undefined || isNotSeen(part) ? assert.fail("it is seen") : part;
const CNI_RECORD = `${CONFIG_MAPS}/eks-pod-network-cni`;
const HISTORY = `${CONFIG_MAPS}/eks-pod-network-history`;
const timeline = processBegan(newTimeline(RUN_AT_MS, false), "7f3a", 0);
const recorded = { ...timeline, version: 1, zones: ["us-west-2a"] };

describe("the facts of a report", () => {
  let workDir: string;
  let server: Server;
  let kubeConfig: KubeConfig;
  /** What the cluster answers by its paths: an object, or a status. */
  let cluster: Record<string, object | number>;
  beforeEach((done) => {
    workDir = temporaryFolder();
    mkdirSync(join(workDir, "stacks"));
    writeFileSync(
      join(workDir, "Pulumi.yaml"),
      "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n",
    );
    writeFileSync(
      join(workDir, "stacks", "Pulumi.prod.yaml"),
      'config: { aws:region: us-west-2, eks-pod-network:clusterName: shop-prod, eks-pod-network:podCidrs: [100.65.0.0/16], eks-pod-network:cni: { env: { WARM_IP_TARGET: "3" } } }\n',
    );
    const before = { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false", WARM_ENI_TARGET: "1" };
    const now = {
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      WARM_ENI_TARGET: "1",
      WARM_IP_TARGET: "2",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
    };
    cluster = {
      "/version": {},
      "/api/v1/nodes": {
        items: [
          node("new-1", "m5.large"),
          node("fargate-1", "", { "eks.amazonaws.com/compute-type": "fargate" }),
        ],
      },
      "/api/v1/pods": { items: [pod] },
      "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs": {
        items: [{ metadata: { name: "us-west-2a" }, spec: { subnet: "subnet-p" } }],
      },
      "/apis/policy/v1/poddisruptionbudgets": { items: [] },
      "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node": awsNodeDaemonSet({ env: entries(now) }),
      [CNI_RECORD]: recordConfigMap("eks-pod-network-cni", {
        ...{ version: 1, clusterName: "shop-prod", env: before, initEnv: { ENABLE_IPv6: "false" } },
      }),
      [HISTORY]: recordConfigMap("eks-pod-network-history", {
        ...recorded,
        samples: [[40, 0, 1]],
        nodes: [
          ["old-1", 0, 0, "c10 t30", 3, 0, [], []],
          ["new-1", 0, 1, "r5", 0, 0, [], []],
        ],
      }),
    };
    server = createServer(({ url = "" }, response) => {
      const found = cluster[url.replace(/\?.*/, "")] ?? 404;
      response.writeHead(typeof found === "number" ? found : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(typeof found === "number" ? { message: "it may not" } : found));
    });
    server.listen(0, "127.0.0.1", () => {
      kubeConfig = new KubeConfig();
      const { port } = server.address() as AddressInfo;
      kubeConfig.loadFromClusterAndUser(
        { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
        { name: "u", token: "secret" },
      );
      done();
    });
  });
  afterEach((done) => {
    rmSync(workDir, { recursive: true });
    server.closeAllConnections();
    server.close(done);
  });

  const read = ({ isUp = true, others = [], ...given }: Partial<ReportOutside> & ReadReport = {}) => {
    const region = "us-west-2";
    const send = (command: { readonly input: object }) =>
      Promise.resolve().then(() => answer(command, command.input));
    const clients = {
      ec2: Object.assign(new EC2Client({ region }), { send }),
      eks: Object.assign(new EKSClient({ region }), { send }),
      autoScaling: Object.assign(new AutoScalingClient({ region }), { send }),
      ...{ serviceQuotas: { send }, iam: { send }, sts: { send } },
    };
    const pulumi = {
      ...{ command: "pulumi", version: null },
      run: (args: readonly string[]) => {
        const line = args.join(" ");
        if (!isUp && line.includes("stack select")) {
          return Promise.reject(new StackNotFoundError("no stack named 'prod' found"));
        }
        const stdout = line.includes("stack output") ? JSON.stringify({ podNetwork: MADE }) : "[]";
        return Promise.resolve({ code: 0, stdout, stderr: "" });
      },
    } as unknown as PulumiCommand;
    const clock = { now: () => RUN_AT_MS + 3_600_000, sleep: () => Promise.resolve() };
    const outside = { ...clients, kubeConfig, clock, signal: new AbortController().signal, ...given };
    const environment = { name: "prod", stack: "prod", region, rotation: {} };
    const all = [environment, ...others];
    return readReport(environment, { workDir, pulumi }, outside as object as ReportOutside, all);
  };

  const UNSEEN = { notSeen: "the cluster: no kubeconfig leads to it" };

  it("are what the cluster, its VPC and its stack say", async () => {
    const { status, verification, types, settings, timeline, preflight, ...rest } = await read();
    assert.deepEqual(rest, {
      ...{ environment: "prod", clusterName: "shop-prod", region: "us-west-2", vpcId: "vpc-1" },
      ...{ readAtMs: RUN_AT_MS + 3_600_000, podCidrs: ["100.64.0.0/16"], made: MADE },
      blocks: ["10.8.0.0/16", "100.64.0.0/16"],
      subnets: [
        {
          ...{ subnetId: "subnet-n", availabilityZone: "us-west-2a" },
          ...{ cidrBlock: "10.8.0.0/19", freeAddresses: 8_000 },
        },
        {
          ...{ subnetId: "subnet-p", availabilityZone: "us-west-2a" },
          ...{ cidrBlock: "100.64.0.0/18", freeAddresses: 16_000 },
        },
      ],
    });
    const { step, nodes, pods, freeAddresses } = seenOf(status);
    assert.deepEqual(
      { step, nodes, pods, freeAddresses },
      { step: "done", nodes: { old: 0, of: 1 }, pods: { inside: 1, of: 1 }, freeAddresses: 16_000 },
    );
    const { secondaryEnis, deviations } = seenOf(verification);
    assert.deepEqual(secondaryEnis, { right: 1, of: 1 });
    assert.deepEqual(
      deviations.map(({ title }) => title),
      ["container aws-node of aws-node has WARM_IP_TARGET=2, its stack says WARM_IP_TARGET=3"],
    );
    assert.deepEqual(types, [{ instanceType: "m5.large", maxPods: 20, nodes: 1 }]);
    assert.deepEqual(settings, [
      { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", before: "false", now: "true" },
      { name: "ENI_CONFIG_LABEL_DEF", before: undefined, now: "topology.kubernetes.io/zone" },
      { name: "WARM_IP_TARGET", before: undefined, now: "2" },
      { name: "ENABLE_IPv6", before: "false", now: undefined },
    ]);
    assert.ok(seenOf(preflight).findings.some(({ id }) => id === "BARE-POD"));
    assert.deepEqual(
      [...seenOf(timeline).nodes.values()].map(({ name, marks }) => [name, marks.at(-1)]),
      [
        ["old-1", { kind: "gone", at: 40 }],
        ["new-1", { kind: "ready", at: 5 }],
      ],
    );
  });

  it("have the findings that preflight has: of other environments with the same addresses for pods as well", async () => {
    const { passed } = seenOf((await read()).preflight);
    assert.ok(passed.includes("SHARED-RANGE"), "no other environment is there");
    writeFileSync(
      join(workDir, "stacks", "Pulumi.dev.yaml"),
      "config: { eks-pod-network:clusterName: shop-dev, eks-pod-network:podCidrs: [100.65.0.0/17] }\n",
    );
    const dev = { name: "dev", stack: "dev", region: "us-west-2", rotation: {} };
    const connectOther = ({ name }: Environment) => assert.fail(`no way to ${name}`);
    const found = seenOf((await read({ others: [dev], connectOther })).preflight);
    assert.ok(!found.passed.includes("SHARED-RANGE"));
    assert.deepEqual(
      found.notRun.filter(({ id }) => id === "SHARED-RANGE"),
      [
        {
          id: "SHARED-RANGE",
          why: "environment dev, which is to have the same addresses for pods: no way to dev",
        },
      ],
    );
  });

  it("of an environment that was never brought up are those of the cluster, and of its configuration", async () => {
    cluster[CNI_RECORD] = cluster[HISTORY] = 404;
    const { made, verification, podCidrs, status, settings, timeline } = await read({ isUp: false });
    assert.deepEqual(
      [made, verification, podCidrs, settings, timeline],
      [undefined, undefined, ["100.65.0.0/16"], undefined, undefined],
    );
    assert.deepEqual(seenOf(status).pods, { inside: 0, of: 1 });
  });

  it("of a cluster that can't be reached are those of AWS, and why there are no others", async () => {
    const kubeConfig = new NoKubeConfigError("no kubeconfig leads to it", "give one");
    const { status, verification, types, settings, timeline, blocks, preflight } = await read({ kubeConfig });
    assert.deepEqual(
      [status, verification, types, settings, timeline],
      [UNSEEN, UNSEEN, UNSEEN, UNSEEN, UNSEEN],
    );
    assert.deepEqual(blocks, ["10.8.0.0/16", "100.64.0.0/16"]);
    assert.ok(seenOf(preflight).notRun.some(({ id }) => id === "MAXPODS-LOSS"));
    assert.equal((await read({ kubeConfig, isUp: false })).verification, undefined);
  });

  it("lack only what one may not look at, or can't read", async () => {
    cluster[HISTORY] = 403;
    cluster[CNI_RECORD] = recordConfigMap("eks-pod-network-cni", { version: 2 });
    cluster["/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs"] = 403;
    const { status, verification, settings, timeline } = await read();
    assert.equal(seenOf(status).step, "done");
    assert.deepEqual(
      { verification, settings, timeline },
      {
        verification: {
          notSeen:
            "verification: GET /apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs?limit=500: 403: it may not",
        },
        settings: {
          notSeen:
            "settings of aws-node: ConfigMap kube-system/eks-pod-network-cni can't be read: another version of eks-pod-network wrote it, or a hand",
        },
        timeline: { notSeen: `the rotation's history: GET ${HISTORY}: 403: it may not` },
      },
    );
  });
});
