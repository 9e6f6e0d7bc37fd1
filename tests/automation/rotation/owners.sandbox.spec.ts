import assert from "node:assert/strict";
import {
  DescribeAutoScalingGroupsCommand,
  PutLifecycleHookCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { DescribeClusterCommand, ListNodegroupsCommand } from "@aws-sdk/client-eks";
import { stringify } from "yaml";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { NodeClaim } from "../../../automation/rotation/nodeClaims";
import type { RotationEvent } from "../../../automation/rotation/events";
import { rotate } from "../../../automation/rotation/rotate";
import type { GivenRotationOptions } from "../../../automation/rotation/rotationOptions";
import { verify } from "../../../automation/verify";
import { faultClient } from "../../../sandbox/aws/faults/faultClient";
import { makePlainGroup } from "../../../sandbox/worlds/autoScalingGroup";
import { clientsOf } from "../../../sandbox/worlds/clients";
import { sandboxFixture } from "../../support/sandbox";
import {
  clusterOf,
  eventually,
  makePodNetwork,
  nodesOf,
  oldTaintsOf,
  witnessOf,
  type Cluster,
} from "./podNetwork";

const ZONES = ["us-west-2a", "us-west-2b", "us-west-2c"];
const FOREIGN = [
  "foreign-group-cloudformation",
  "foreign-group-terraform",
  "eksctl-foreign-group-nodegroup-batch-NodeGroup",
];

/** Rotates, and keeps what was told. */
async function rotating(cluster: Cluster, outputs: PodNetworkOutputs, options: GivenRotationOptions) {
  const events: RotationEvent[] = [];
  const outside = {
    ...cluster.outside,
    signal: new AbortController().signal,
    onEvent: (event: RotationEvent) => {
      events.push(event);
    },
  };
  const result = await rotate(
    outputs,
    { maxUnavailable: 3, podTimeoutSeconds: 240, nodeTimeoutSeconds: 180, ...options },
    outside,
  );
  return { result, events };
}

/** Annotations of nodes that rotations leave, which is none. */
async function marksIn(cluster: Cluster): Promise<string[]> {
  const keys = (await nodesOf(cluster)).flatMap(({ metadata }) => Object.keys(metadata.annotations ?? {}));
  return keys.filter((key) => /^(eks-pod-network\.io|cluster-autoscaler\.kubernetes\.io)\//.test(key));
}

describe("a rotation of nodes that Auto Scaling groups of other tools own, and of an instance of no group", function () {
  this.timeout(600_000);
  const sandbox = sandboxFixture("foreign-group");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let loneInstance: string;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    loneInstance = await launchLoneInstance(cluster);
    await eventually("the instance of no group has pods", async () =>
      (await nodesOf(cluster)).some(({ spec }) => spec?.providerID?.endsWith(loneInstance) === true),
    );
    outputs = await makePodNetwork(sandbox.record(), cluster, ["general"]);
    const workers = await makeWorkers();
    outputs = { ...outputs, workerGroups: [...outputs.workerGroups, ...workers] };
  });
  afterEach(() => faultClient(sandbox.record().awsEndpoint).remove());

  const groups = async (names: readonly string[]): Promise<AutoScalingGroup[]> => {
    const { AutoScalingGroups = [] } = await cluster.outside.autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [...names] }),
    );
    return names.flatMap((name) => AutoScalingGroups.find((one) => one.AutoScalingGroupName === name) ?? []);
  };
  const sizes = async (names: readonly string[]) =>
    (await groups(names)).map(({ MinSize, DesiredCapacity, SuspendedProcesses = [] }) => [
      MinSize,
      DesiredCapacity,
      SuspendedProcesses.length,
    ]);

  /** An Auto Scaling group of new workers in each zone, with max pods for custom networking. */
  const makeWorkers = async (): Promise<PodNetworkOutputs["workerGroups"]> => {
    const { awsEndpoint, region, kubeconfig, clusterName } = sandbox.record();
    const clients = clientsOf({ awsEndpoint, region, kubeconfig, log: () => undefined });
    const { cluster: found } = await cluster.outside.eks.send(
      new DescribeClusterCommand({ name: clusterName }),
    );
    const userData = stringify({
      apiVersion: "node.eks.aws/v1alpha1",
      kind: "NodeConfig",
      spec: {
        cluster: {
          name: clusterName,
          apiServerEndpoint: found?.endpoint,
          certificateAuthority: found?.certificateAuthority?.data,
          cidr: found?.kubernetesNetworkConfig?.serviceIpv4Cidr,
        },
        kubelet: { config: { maxPods: 20 }, flags: ["--node-labels=workload=workers"] },
      },
    });
    const foreign = await groups(FOREIGN);
    return Promise.all(
      ZONES.map(async (availabilityZone) => {
        const there = foreign.find(({ AvailabilityZones = [] }) =>
          AvailabilityZones.includes(availabilityZone),
        );
        const nodeGroupName = `workers-pods-${availabilityZone}`;
        const subnetIds = (there?.VPCZoneIdentifier ?? "").split(",");
        const plan = {
          name: nodeGroupName,
          clusterName,
          subnetIds,
          size: 0,
          maxSize: 3,
          labels: {},
          userData,
        };
        await makePlainGroup(clients, plan);
        return {
          name: "workers-pods",
          kind: "autoScaling",
          nodeGroupName,
          availabilityZone,
          replaces: FOREIGN,
          maxSize: 3,
        } as const;
      }),
    );
  };

  it("stops before anything is touched where EC2 has no instances for new workers", async () => {
    await faultClient(sandbox.record().awsEndpoint).add({ kind: "insufficient-capacity" });
    const { result, events } = await rotating(cluster, outputs, {});
    assert.equal(result.outcome, "stopped");
    assert.match(
      result.problems[0]?.reason ?? "",
      /^EC2 has no instances for new workers\. .*workers-pods-us-west-2a: .*sufficient m5\.large capacity/,
    );
    assert.ok(!events.some(({ type }) => type === "oldTainted" || type === "cordoned"));
    assert.deepEqual(await sizes(FOREIGN), [
      [1, 1, 0],
      [1, 1, 0],
      [1, 1, 0],
    ]);
    assert.deepEqual([(await nodesOf(cluster)).flatMap(oldTaintsOf), await marksIn(cluster)], [[], []]);
  });

  it("moves pods of a zone without instances to another one, and ends every node by its owner", async () => {
    const before = await nodesOf(cluster);
    const faults = faultClient(sandbox.record().awsEndpoint);
    await faults.add({ kind: "insufficient-capacity", zone: "us-west-2c" });
    await faults.add({ kind: "leak-eni" });
    await cluster.outside.autoScaling.send(
      new PutLifecycleHookCommand({
        AutoScalingGroupName: "foreign-group-terraform",
        LifecycleHookName: "drained-by-hand",
        LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
        HeartbeatTimeout: 30,
        DefaultResult: "CONTINUE",
      }),
    );
    const options = { deleteEmptyGroups: true, removeLeakedEnis: true };
    const { result, events } = await rotating(cluster, outputs, options);
    assert.deepEqual([result.outcome, result.problems, result.blocked], ["done", [], []]);
    assert.deepEqual([...result.rotated].sort(), before.map(({ metadata }) => metadata.name).sort());
    const without = events.flatMap((event) => (event.type === "outOfCapacity" ? [event.nodeGroupName] : []));
    assert.ok(without.includes("workers-pods-us-west-2c"), without.join());
    const waits = events.flatMap((event) => (event.type === "departing" ? [event.because] : []));
    assert.ok(
      waits.includes(
        "Terminating:Wait of foreign-group-terraform: waits for its lifecycle hook drained-by-hand (30 s)",
      ),
      waits.join("\n"),
    );
    assert.ok(events.some(({ type }) => type === "eniRemoved"));
    const [lone] = result.notes.filter((note) => note.includes(loneInstance));
    assert.match(
      lone ?? "",
      /of no group, and nobody makes another one\. Deleted with it: vol-[0-9a-f]+ \(DeleteOnTermination\)\./,
    );
    const verification = await verify(outputs, { ...cluster.outside, signal: new AbortController().signal });
    assert.equal(verification.isVerified, true);
  });

  it("leaves no instance, no interface and no mark of old nodes behind", async () => {
    const { Reservations = [] } = await cluster.outside.ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "instance-id", Values: [loneInstance] }] }),
    );
    const states = Reservations.flatMap(({ Instances = [] }) => Instances.map(({ State }) => State?.Name));
    assert.ok(states.every((state) => state === "terminated" || state === "shutting-down"));
    const { NetworkInterfaces = [] } = await cluster.outside.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [
          { Name: "status", Values: ["available"] },
          { Name: "tag-key", Values: ["node.k8s.amazonaws.com/instance_id"] },
        ],
      }),
    );
    assert.deepEqual(
      NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
      [],
    );
    assert.deepEqual(await marksIn(cluster), []);
  });

  it("deletes the group that nobody else made, and leaves those of other tools to them, empty", async () => {
    const { nodegroups = [] } = await cluster.outside.eks.send(
      new ListNodegroupsCommand({ clusterName: outputs.clusterName }),
    );
    assert.ok(!nodegroups.includes("general"), nodegroups.join());
    assert.deepEqual(await sizes(FOREIGN), [
      [0, 0, 2],
      [0, 0, 2],
      [0, 0, 2],
    ]);
  });

  it("broke no disruption budget, as the sandbox's own watcher saw it", async () => {
    const { broken, interruptions } = await witnessOf(sandbox.record());
    assert.deepEqual([broken, interruptions], [[], 0]);
  });
});

/** Launches a node by hand, as the launch template of a group has it. */
async function launchLoneInstance({ outside }: Cluster): Promise<string> {
  const { AutoScalingGroups: [group] = [] } = await outside.autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["foreign-group-cloudformation"] }),
  );
  const { Instances: [instance] = [] } = await outside.ec2.send(
    new RunInstancesCommand({
      MinCount: 1,
      MaxCount: 1,
      LaunchTemplate: { LaunchTemplateName: "foreign-group-cloudformation", Version: "$Latest" },
      SubnetId: group?.VPCZoneIdentifier?.split(",")[0],
      TagSpecifications: [
        { ResourceType: "instance", Tags: [{ Key: "kubernetes.io/cluster/foreign-group", Value: "owned" }] },
      ],
    }),
  );
  return instance?.InstanceId ?? assert.fail("RunInstances");
}

describe("a rotation of nodes that Karpenter owns", function () {
  this.timeout(600_000);
  const sandbox = sandboxFixture("karpenter");
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let claimsBefore: string[];
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    claimsBefore = await claims();
    outputs = await makePodNetwork(sandbox.record(), cluster, ["system"]);
  });
  const claims = () =>
    cluster.kubernetes.list("/apis/karpenter.sh/v1/nodeclaims", ({ metadata }) => metadata.name);

  it("stops before the first cordon where Karpenter makes nodes with too many places for pods", async () => {
    const { result, events } = await rotating(cluster, outputs, {});
    assert.equal(result.outcome, "stopped");
    assert.match(
      result.problems[0]?.reason ?? "",
      /is the first new worker of its group and is not as it should be: 29 allocatable pods, where the addresses of m5\.large carry 20/,
    );
    assert.ok(!events.some(({ type }) => type === "cordoned"));
    const canaries = await cluster.kubernetes.list("/api/v1/pods", ({ metadata }) => metadata.name, {
      labelSelector: "app.kubernetes.io/name=eks-pod-network-canary",
    });
    assert.deepEqual(canaries, []);
  });

  it("deletes NodeClaims once their nodes are drained, and Karpenter makes new nodes for the pods", async () => {
    // Nodes that Karpenter was asked for in vain may still be on their way; one that joined later would be a newcomer.
    await eventually("every NodeClaim has its node", async () => {
      const isThere = await cluster.kubernetes.list("/apis/karpenter.sh/v1/nodeclaims", (claim: NodeClaim) =>
        (claim.status?.conditions ?? []).some(
          ({ type, status }) => type === "Initialized" && status === "True",
        ),
      );
      return isThere.length > 0 && isThere.every(Boolean);
    });
    const path = "/apis/apps/v1/namespaces/kube-system/deployments/karpenter";
    const env = [{ name: "RESERVED_ENIS", value: "1" }];
    const deployment = await cluster.kubernetes.get<{
      readonly metadata: { readonly name: string };
      readonly spec: {
        readonly template: {
          readonly spec: { readonly containers: readonly { readonly env: typeof env }[] };
        };
      };
    }>(path);
    const [container] = deployment.spec.template.spec.containers;
    const others = (container?.env ?? []).filter(({ name }) => name !== "RESERVED_ENIS");
    await cluster.kubernetes.patch(path, {
      spec: { template: { spec: { containers: [{ ...container, env: [...others, ...env] }] } } },
    });
    const { result, events } = await rotating(cluster, outputs, {});
    assert.deepEqual([result.outcome, result.problems, result.blocked], ["done", [], []]);
    const checked = events.flatMap((event) => (event.type === "workerChecked" ? [event.nodeGroupName] : []));
    assert.ok(
      checked.some((name) => /^NodePool default in us-west-2[abc]$/.test(name)),
      checked.join(),
    );
    const now = await claims();
    assert.ok(claimsBefore.length > 0 && !claimsBefore.some((name) => now.includes(name)));
    assert.ok(now.length > 0);
    const verification = await verify(outputs, { ...cluster.outside, signal: new AbortController().signal });
    assert.equal(verification.isVerified, true);
    assert.deepEqual(await marksIn(cluster), []);
  });

  it("broke no disruption budget, as the sandbox's own watcher saw it", async () => {
    const { broken, interruptions } = await witnessOf(sandbox.record());
    assert.deepEqual([broken, interruptions], [[], 0]);
  });
});
