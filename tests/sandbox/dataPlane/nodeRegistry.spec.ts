import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import type { NodeView, PodView } from "../../../sandbox/dataPlane/cluster/view";
import { listClusterInstances } from "../../../sandbox/dataPlane/ec2/instances";
import { NodeRegistry } from "../../../sandbox/dataPlane/nodeRegistry";

const name = "ip-10-8-0-4.us-west-2.compute.internal";
const LAUNCHED_MS = Date.parse("2026-01-01T10:00:05.500Z");

/** EC2 that says what is in `running`, an API server that notes what is asked of it, and a view that is what it is told. */
class Cluster {
  running = ["i-new"];
  userData = "kind: NodeConfig\nspec: { cluster: { name: small } }";
  now = LAUNCHED_MS;
  readonly nodes = new Map<string, NodeView>();
  pods: PodView[] = [];
  readonly calls: string[] = [];
  readonly lines: string[] = [];
  readonly registry: NodeRegistry;
  private readonly ec2 = new EC2Client({
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });

  constructor() {
    this.ec2.middlewareStack.add(
      (_next, { commandName }) =>
        () =>
          Promise.resolve({ response: {}, output: this.answer(commandName ?? "") as never }),
      { step: "initialize", priority: "high" },
    );
    this.registry = new NodeRegistry("v1.36.1", {
      ec2: this.ec2,
      api: {
        call: <T>(method: string, path: string) => {
          this.calls.push(`${method} ${path}`);
          return Promise.resolve({} as T);
        },
      },
      view: { nodes: this.nodes, podsOn: () => this.pods },
      now: () => this.now,
      log: (line) => this.lines.push(line),
      signal: new AbortController().signal,
    });
  }

  /** @returns the instances whose kubelets run. */
  async reconcile(): Promise<string[]> {
    const instances = await listClusterInstances(this.ec2, "us-west-2", new AbortController().signal);
    return (await this.registry.reconcile(instances)).map(({ instance }) => instance.instanceId);
  }

  addNode(instanceId: string): void {
    const providerId = `aws:///us-west-2a/${instanceId}`;
    this.nodes.set(name, {
      name,
      uid: `uid of ${instanceId}`,
      providerId,
      labels: {},
      annotations: {},
      isSchedulable: true,
      isTerminating: false,
      maxPods: 29,
    });
  }

  private answer(command: string): unknown {
    if (command === "DescribeInstanceAttributeCommand") {
      return { UserData: { Value: Buffer.from(this.userData).toString("base64") } };
    }
    if (command !== "DescribeInstancesCommand") return {};
    const Instances = this.running.map((InstanceId) => ({
      InstanceId,
      InstanceType: "m5.large",
      PrivateIpAddress: "10.8.0.4",
      Placement: { AvailabilityZone: "us-west-2a" },
      State: { Name: "running" },
      LaunchTime: new Date(LAUNCHED_MS),
      Tags: [{ Key: "kubernetes.io/cluster/small", Value: "owned" }],
    }));
    return { Reservations: [{ Instances }] };
  }
}

function pod(createdAt: string, facts: Partial<PodView> = {}): PodView {
  return {
    uid: "uid of web",
    namespace: "default",
    name: "web",
    nodeName: name,
    createdAtMs: Date.parse(createdAt),
    isOnHostNetwork: false,
    isTerminating: false,
    isFinished: false,
    podIp: "10.8.0.9",
    labels: {},
    namedPorts: {},
    needing: undefined,
    plain: undefined,
    claims: [],
    mirrorOf: undefined,
    awsNode: undefined,
    crashing: undefined,
    ...facts,
  };
}

describe("an instance with the address of an earlier one", () => {
  it("joins once the earlier one's pods are gone, and says once what it waits for", async () => {
    const cluster = new Cluster();
    cluster.pods = [pod("2026-01-01T09:00:00Z")];
    assert.deepEqual([...(await cluster.reconcile()), ...(await cluster.reconcile())], []);
    assert.deepEqual(cluster.calls, []);
    assert.deepEqual(cluster.lines, [
      `${name}: i-new joins once the pods of the earlier node of this name are gone: default/web`,
    ]);
    cluster.pods = [];
    assert.deepEqual(await cluster.reconcile(), ["i-new"]);
    assert.deepEqual(cluster.calls, ["POST /api/v1/nodes"]);
  });

  it("waits for pods of the second in which it was launched: their times have no fractions", async () => {
    const cluster = new Cluster();
    cluster.pods = [pod("2026-01-01T10:00:05Z")];
    assert.deepEqual(await cluster.reconcile(), []);
    cluster.pods = [pod("2026-01-01T10:00:06Z")];
    assert.deepEqual(await cluster.reconcile(), ["i-new"]);
  });

  it("waits for pods that came to the earlier Node after its own launch", async () => {
    const cluster = new Cluster();
    cluster.addNode("i-old");
    cluster.pods = [pod("2026-01-01T10:00:08Z")];
    cluster.now = Date.parse("2026-01-01T10:00:09Z");
    assert.deepEqual(await cluster.reconcile(), []);
    assert.deepEqual(cluster.calls, [`DELETE /api/v1/nodes/${name}`]);
  });

  it("does not wait for pods that have ended", async () => {
    const cluster = new Cluster();
    cluster.pods = [pod("2026-01-01T09:00:00Z", { isFinished: true })];
    assert.deepEqual(await cluster.reconcile(), ["i-new"]);
  });
});

describe("an instance whose Node is there", () => {
  it("goes on with its pods, however old they are", async () => {
    const cluster = new Cluster();
    cluster.addNode("i-new");
    cluster.pods = [pod("2026-01-01T09:00:00Z")];
    assert.deepEqual(await cluster.reconcile(), ["i-new"]);
    assert.deepEqual(cluster.calls, []);
  });
});

describe("an instance with the tag of a cluster", () => {
  it("joins that cluster only when its user data names it", async () => {
    for (const [userData, said] of [
      ["", "no cluster"],
      ["kind: NodeConfig\nspec: { cluster: { name: other } }", "the cluster other"],
    ]) {
      const cluster = new Cluster();
      cluster.userData = userData ?? "";
      assert.deepEqual([...(await cluster.reconcile()), ...(await cluster.reconcile())], []);
      assert.deepEqual(cluster.calls, []);
      assert.deepEqual(cluster.lines, [
        `i-new never joins: Error: its user data names ${said ?? ""}, its tag small`,
      ]);
    }
  });

  it("joins with the AMI's max pods when its expression fails, and says so", async () => {
    const cluster = new Cluster();
    cluster.userData = `kind: NodeConfig
spec: { cluster: { name: small }, kubelet: { maxPodsExpression: "pods" } }`;
    assert.deepEqual(await cluster.reconcile(), ["i-new"]);
    assert.deepEqual(cluster.lines, [
      `${name}: maxPodsExpression "pods" can't be computed; using the default`,
      `${name}: joined, m5.large, 29 pods at most`,
    ]);
  });
});
