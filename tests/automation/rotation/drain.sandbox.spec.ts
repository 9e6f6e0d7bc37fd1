import assert from "node:assert/strict";
import {
  CreateLoadBalancerCommand as CreateClassicLoadBalancerCommand,
  DeregisterInstancesFromLoadBalancerCommand,
  RegisterInstancesWithLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { ApiObject } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent } from "../../../automation/rotation/events";
import { previewRotation, rotate } from "../../../automation/rotation/rotate";
import type { GivenRotationOptions } from "../../../automation/rotation/rotationOptions";
import { slimPod } from "../../../automation/rotation/slim";
import { sandboxFixture } from "../../support/sandbox";
import {
  clusterOf,
  eventually,
  makePodNetwork,
  nodesOf,
  oldTaintsOf,
  witnessOf,
  type Cluster,
  type TestNode,
} from "./podNetwork";

const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";
const FINALIZER = "mesh.example.com/deregister";
const NAMESPACE = "drained";
/** The name of a Classic Load Balancer. */
const CLASSIC = "web-classic";

describe("a drain", function () {
  this.timeout(300_000);
  const sandbox = sandboxFixture("small");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let oldNames: string[];
  let arn: string;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    oldNames = (await nodesOf(cluster)).map(({ metadata }) => metadata.name).sort();
    await deployWorkloads(cluster);
    outputs = await makePodNetwork(sandbox.record(), cluster);
    arn = await makeLoadBalancers(cluster, outputs.vpcId);
    await register(await nodesOf(cluster));
  });

  const outside = () => ({ ...cluster.outside, signal: new AbortController().signal });
  const register = async (nodes: readonly TestNode[]) => {
    const ids = nodes.map(instanceOf);
    const { elasticLoadBalancing, classicLoadBalancing } = cluster.outside;
    await elasticLoadBalancing.send(
      new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: ids.map((Id) => ({ Id })) }),
    );
    await classicLoadBalancing.send(
      new RegisterInstancesWithLoadBalancerCommand({
        LoadBalancerName: CLASSIC,
        Instances: ids.map((InstanceId) => ({ InstanceId })),
      }),
    );
  };
  const deregister = async (ids: readonly string[]) => {
    const { elasticLoadBalancing, classicLoadBalancing } = cluster.outside;
    await elasticLoadBalancing.send(
      new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: ids.map((Id) => ({ Id })) }),
    );
    await classicLoadBalancing.send(
      new DeregisterInstancesFromLoadBalancerCommand({
        LoadBalancerName: CLASSIC,
        Instances: ids.map((InstanceId) => ({ InstanceId })),
      }),
    );
  };
  const registered = async () => {
    const { TargetHealthDescriptions = [] } = await cluster.outside.elasticLoadBalancing.send(
      new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
    );
    return TargetHealthDescriptions.map(({ Target }) => Target?.Id ?? "");
  };
  const nodeNamed = async (name: string) =>
    (await nodesOf(cluster)).find(({ metadata }) => metadata.name === name);
  const podsOf = async (app: string) =>
    cluster.kubernetes.list(`/api/v1/namespaces/${NAMESPACE}/pods`, slimPod, { labelSelector: `app=${app}` });
  const nodeOf = async (app: string) => (await podsOf(app))[0]?.nodeName ?? assert.fail(`no pod of ${app}`);

  const rotateAll = async (
    options: GivenRotationOptions,
    onEvent: (event: RotationEvent) => void = () => undefined,
  ) => {
    const events: RotationEvent[] = [];
    const result = await rotate(
      outputs,
      { maxUnavailable: 3, podTimeoutSeconds: 60, nodeTimeoutSeconds: 120, ...options },
      {
        ...outside(),
        onEvent: (event) => {
          events.push(event);
          onEvent(event);
        },
      },
    );
    return { result, events };
  };

  it("gives a pod the time to end that it was asked to give", async () => {
    const [pod] = await podsOf("slow");
    assert.ok(pod !== undefined);
    const { status } = await cluster.kubernetes.evict(pod, 15_000, 7);
    assert.equal(status, 201);
    const found = await cluster.kubernetes.get<
      ApiObject & { readonly metadata: { readonly deletionGracePeriodSeconds?: number } }
    >(`/api/v1/namespaces/${NAMESPACE}/pods/${pod.name}`);
    assert.equal(found.metadata.deletionGracePeriodSeconds, 7);
  });

  it("is refused for pods that are to stay, each with its way out, and for the only pod of a budget", async () => {
    const stuckWith = async (options: GivenRotationOptions) => {
      const { undrainable } = await previewRotation(outputs, options, outside());
      return undrainable.flatMap(({ refused, unmovable }) => [
        ...refused.map(({ pod, because }) => `${appOf(pod)}: ${because}`),
        ...unmovable.map(({ pod, because }) => `${appOf(pod)}: ${because}`),
      ]);
    };
    const only = "single: the budget needs 1 of 1 pods healthy, so it allows no eviction";
    const bare = "bare: bare pod, nobody would make it again";
    assert.deepEqual((await stuckWith({})).sort(), [bare, only]);
    assert.deepEqual(await stuckWith({ restartSingleReplicas: true }), [bare]);
    assert.deepEqual(await stuckWith({ restartSingleReplicas: true, force: true }), []);
    const data = "data: its emptyDir would be lost";
    assert.deepEqual(
      (await stuckWith({ deleteEmptyDirData: false, force: true, restartSingleReplicas: true })).filter(
        (line) => line.startsWith("data"),
      ),
      [data],
    );
    const selected = await stuckWith({ podSelector: "app in (single, kept)", restartSingleReplicas: true });
    assert.ok(selected.includes("data: not matched by the pod selector"), selected.join("\n"));
    assert.ok(!selected.some((line) => /^(single|kept):/.test(line)), selected.join("\n"));
  });

  it("blocks nodes of pods that never go, restarts what has one replica, and lets load balancers finish first", async () => {
    await eventually("nothing but its next pod is left of what was evicted", async () => {
      const pods = await podsOf("slow");
      return pods.length === 1 && pods.every(({ isReady }) => isReady);
    });
    const [bareNode, keptNode] = [await nodeOf("bare"), await nodeOf("kept")];
    const singles = await Promise.all(
      ["data", "single", "slow"].map(async (app) => [await nodeOf(app), `${NAMESPACE}/${app}`]),
    );
    const labelled: boolean[] = [];
    const deregistered = new Set<string>();
    const instances = new Map<string, string>();
    for (const node of await nodesOf(cluster)) instances.set(node.metadata.name, instanceOf(node));
    // As the AWS Load Balancer Controller does: it registers new nodes, and takes out those that bear the label.
    const controlled: Promise<void>[] = [];
    const control = async (event: RotationEvent) => {
      if (event.type === "workerReady") {
        const node = await nodeNamed(event.node);
        if (node !== undefined) await register([node]);
      } else if (event.type === "deregistering" && !deregistered.has(event.node)) {
        deregistered.add(event.node);
        labelled.push((await nodeNamed(event.node))?.metadata.labels?.[EXCLUDED] !== undefined);
        assert.deepEqual(event.because, [
          `target group web has ${instances.get(event.node) ?? ""}, and nobody takes it out; deregister it there`,
          `Classic Load Balancer ${CLASSIC} has ${instances.get(event.node) ?? ""}, and nobody takes it out; deregister it there`,
        ]);
        await deregister([instances.get(event.node) ?? ""]);
      }
    };
    const { result, events } = await rotateAll({ restartSingleReplicas: true }, (event) => {
      controlled.push(control(event));
    });
    await Promise.all(controlled);

    assert.equal(result.outcome, "blocked");
    assert.deepEqual(result.blocked.map(({ node }) => node).sort(), [bareNode, keptNode].sort());
    assert.deepEqual(
      [...result.rotated].sort(),
      oldNames.filter((name) => name !== bareNode && name !== keptNode),
    );
    const because = result.blocked.flatMap((one) => one.because).join("\n");
    assert.match(
      because,
      /^drained\/bare: bare pod, nobody would make it again; --force deletes it for good$/m,
    );
    assert.match(because, /drained\/kept-0\b.*mesh\.example\.com\/deregister/);

    // Each only pod of a Deployment left by a restart, and was never evicted; budgets held all the time.
    const restarts = events.flatMap((event) =>
      event.type === "restarted" ? [[event.node, event.deployment]] : [],
    );
    assert.deepEqual(
      restarts.sort(([, a = ""], [, b = ""]) => (a < b ? -1 : 1)),
      singles,
    );
    const evicted = events.flatMap((event) => (event.type === "evicted" ? [event.pod] : []));
    assert.deepEqual(
      evicted.filter((pod) => pod.startsWith(`${NAMESPACE}/`)),
      [`${NAMESPACE}/kept-0`],
    );
    assert.deepEqual((await witnessOf(sandbox.record())).broken, []);

    // Each was taken out of its load balancer, for its label, before it was terminated.
    for (const name of result.rotated) {
      const of = (type: string) =>
        events.findIndex((event) => event.type === type && "node" in event && event.node === name);
      assert.ok(of("deregistering") > of("settled"), `${name}: ${of("deregistering")}`);
      assert.ok(of("terminating") > of("deregistering"), `${name}: ${of("terminating")}`);
    }
    assert.ok(labelled.length >= result.rotated.length);
    assert.deepEqual(
      labelled.filter((is) => !is),
      [],
    );
    const instancesLeft = await registered();
    for (const name of result.rotated) assert.ok(!instancesLeft.includes(instances.get(name) ?? ""), name);

    // Those that stay are in service and in their load balancers, and keep the soft taint.
    for (const name of [bareNode, keptNode]) {
      const node = await nodeNamed(name);
      assert.ok(node !== undefined);
      assert.equal(node.spec?.unschedulable, undefined);
      assert.equal(node.metadata.labels?.[EXCLUDED], undefined);
      assert.deepEqual(oldTaintsOf(node), ["PreferNoSchedule"]);
      assert.ok(instancesLeft.includes(instanceOf(node)));
    }
  });

  it("goes on when what was in the way is gone, and force deletes bare pods", async () => {
    // The template first, or the next pod would be kept as well.
    await cluster.kubernetes.patch(`/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/kept`, {
      spec: { template: { metadata: { finalizers: null } } },
    });
    for (const { name } of await podsOf("kept")) {
      await cluster.kubernetes.patch(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`, {
        metadata: { finalizers: null },
      });
    }
    await eventually("the StatefulSet has its pod again", async () =>
      (await podsOf("kept")).some(({ isReady, finalizers }) => isReady && finalizers === undefined),
    );
    // Nobody uses the load balancer any more.
    await deregister(await registered());
    const { result, events } = await rotateAll({ restartSingleReplicas: true, force: true });
    assert.equal(result.outcome, "done", JSON.stringify(result));
    assert.equal(result.rotated.length, 2);
    assert.ok(!events.some(({ type }) => type === "deregistering"));
    assert.deepEqual(await podsOf("bare"), []);
    assert.deepEqual((await nodesOf(cluster)).flatMap(oldTaintsOf), []);
  });
});

function instanceOf({ spec }: TestNode): string {
  return spec?.providerID?.split("/").at(-1) ?? "";
}

/** `single` of `drained/single-6d4c-x7`. */
function appOf(pod: string): string {
  return pod.replace(/^.*\//, "").replace(/-.*$/, "");
}

/** Load balancers that send traffic to nodes: a Classic one, and one by the target group that is answered. */
async function makeLoadBalancers({ outside }: Cluster, vpcId: string): Promise<string> {
  const { ec2, elasticLoadBalancing: client, classicLoadBalancing } = outside;
  const { Subnets = [] } = await ec2.send(
    new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
  );
  const subnets = Subnets.slice(0, 1).map(({ SubnetId = "" }) => SubnetId);
  await classicLoadBalancing.send(
    new CreateClassicLoadBalancerCommand({
      LoadBalancerName: CLASSIC,
      Subnets: subnets,
      Listeners: [{ Protocol: "TCP", LoadBalancerPort: 80, InstancePort: 30080 }],
    }),
  );
  const { TargetGroups = [] } = await client.send(
    new CreateTargetGroupCommand({
      Name: "web",
      Protocol: "TCP",
      Port: 30080,
      VpcId: vpcId,
      TargetType: "instance",
    }),
  );
  const { LoadBalancers = [] } = await client.send(
    new CreateLoadBalancerCommand({
      Name: "web",
      Type: "network",
      Subnets: subnets,
    }),
  );
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? "";
  await client.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn,
      Protocol: "TCP",
      Port: 80,
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  return TargetGroupArn;
}

/**
 * Of the group general: one replica with a budget that lets it never go, and a pod that takes an hour to end. Of the
 * group batch: a bare pod, one that a finalizer keeps, and one with an emptyDir, each in a zone of its own.
 */
async function deployWorkloads({ kubernetes }: Cluster): Promise<void> {
  await kubernetes.create("/api/v1/namespaces", {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE },
  });
  const specOf = (workload: string, zone?: string, given: object = {}) => ({
    nodeSelector: { workload, ...(zone !== undefined && { "topology.kubernetes.io/zone": zone }) },
    containers: [{ name: "main", image: "registry.example/main:1" }],
    ...given,
  });
  const make = (kind: "Deployment" | "StatefulSet", app: string, spec: object, metadata: object = {}) =>
    kubernetes.create(`/apis/apps/v1/namespaces/${NAMESPACE}/${kind.toLowerCase()}s`, {
      apiVersion: "apps/v1",
      kind,
      metadata: { name: app, namespace: NAMESPACE },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app } },
        ...(kind === "StatefulSet" && { serviceName: app }),
        template: { metadata: { labels: { app }, ...metadata }, spec },
      },
    } as ApiObject);
  await kubernetes.create(`/apis/policy/v1/namespaces/${NAMESPACE}/poddisruptionbudgets`, {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "single", namespace: NAMESPACE },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "single" } } },
  } as ApiObject);
  await make("Deployment", "single", specOf("general"));
  await make("Deployment", "slow", specOf("general", undefined, { terminationGracePeriodSeconds: 3600 }));
  await make(
    "Deployment",
    "data",
    specOf("batch", "us-west-2c", { volumes: [{ name: "data", emptyDir: {} }] }),
  );
  await make("StatefulSet", "kept", specOf("batch", "us-west-2a"), { finalizers: [FINALIZER] });
  await kubernetes.create(`/api/v1/namespaces/${NAMESPACE}/pods`, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "bare", namespace: NAMESPACE, labels: { app: "bare" } },
    spec: specOf("batch", "us-west-2b"),
  } as ApiObject);
  await eventually("the workloads run", async () => {
    const pods = await kubernetes.list(`/api/v1/namespaces/${NAMESPACE}/pods`, slimPod);
    return pods.length === 5 && pods.every(({ isReady }) => isReady);
  });
}
