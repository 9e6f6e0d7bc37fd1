import assert from "node:assert/strict";
import { eniConfigName, type AwsNode } from "../../../automation/rotation/awsNode";
import { marksOf } from "../../../automation/rotation/nodeMarks";
import { ownerPromises } from "../../../automation/rotation/owners";
import { slimBudget, slimNode, slimPod, type ApiPod } from "../../../automation/rotation/slim";
import { daemonPod, newNode, webPod, webPods } from "../../planning/rotation/builders";
import { playedWatch } from "./playedWatch";

describe("objects of the API server, made slim", () => {
  it("a Node keeps what rotation looks at", () => {
    const node = slimNode({
      metadata: {
        name: "ip-10-8-0-4.us-west-2.compute.internal",
        uid: "u",
        creationTimestamp: "2026-01-02T03:04:05Z",
        labels: {
          "topology.kubernetes.io/zone": "us-west-2a",
          "node.kubernetes.io/instance-type": "m5.large",
          "eks.amazonaws.com/nodegroup": "general",
        },
      },
      spec: { providerID: "aws:///us-west-2a/i-0123456789abcdef0", unschedulable: true },
      status: {
        allocatable: { pods: "29", cpu: "1930m", memory: "7219540Ki" },
        conditions: [
          { type: "MemoryPressure", status: "True" },
          { type: "Ready", status: "False" },
        ],
      },
    });
    const { instanceType, ...rest } = node;
    assert.equal(instanceType?.enis, 3);
    assert.deepEqual(rest, {
      name: "ip-10-8-0-4.us-west-2.compute.internal",
      uid: "u",
      instanceId: "i-0123456789abcdef0",
      availabilityZone: "us-west-2a",
      instanceTypeName: "m5.large",
      createdAtMs: 1767323045000,
      isReady: false,
      isUnschedulable: true,
      labels: {
        "topology.kubernetes.io/zone": "us-west-2a",
        "node.kubernetes.io/instance-type": "m5.large",
        "eks.amazonaws.com/nodegroup": "general",
      },
      annotations: {},
      taints: [],
      allocatable: { pods: 29, cpuMillis: 1930, memoryBytes: 7219540 * 1024 },
      owner: { kind: "managedNodeGroup", name: "general" },
    });
  });

  const pod: ApiPod = {
    metadata: {
      name: "web-1",
      namespace: "shop",
      uid: "u",
      annotations: { "kubernetes.io/config.mirror": "x" },
    },
    spec: { nodeName: "n", priorityClassName: "system-cluster-critical", volumes: [{}, { emptyDir: {} }] },
    status: {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }],
    },
  };

  it("a Pod keeps what its verdict depends on", () => {
    const slim = slimPod(pod);
    assert.deepEqual(
      [
        slim.isMirror,
        slim.isCritical,
        slim.hasEmptyDir,
        slim.isUnschedulable,
        slim.isReady,
        slim.hostNetwork,
      ],
      [true, true, true, true, false, false],
    );
    assert.equal(
      slimPod({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "x" } }).isTerminating,
      true,
    );
  });

  it("a Pod that is not ready keeps since when", () => {
    const sinceOf = (...conditions: { type: string; status: string; lastTransitionTime?: string }[]) =>
      slimPod({ ...pod, status: { conditions } }).unreadySinceMs;
    const lastTransitionTime = "2026-11-22T12:00:00Z";
    const noon = Date.UTC(2026, 10, 22, 12);
    assert.equal(sinceOf({ type: "Ready", status: "False", lastTransitionTime }), noon);
    assert.equal(sinceOf({ type: "Ready", status: "True", lastTransitionTime }), undefined);
    assert.equal(sinceOf({ type: "PodScheduled", status: "False", lastTransitionTime }), undefined);
  });

  it("a Pod has the one controller among its owners, or none", () => {
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "r" };
    const ownerReferences = [
      { ...owner, kind: "Other" },
      { ...owner, controller: true },
    ];
    assert.deepEqual(slimPod({ ...pod, metadata: { ...pod.metadata, ownerReferences } }).controller, owner);
    assert.equal(
      slimPod({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }).controller,
      undefined,
    );
  });

  it("a Pod asks for what the scheduler reckons: containers and sidecars, or the largest init container, and overhead", () => {
    const container = (cpu: string, memory: string, restartPolicy?: string) => ({
      resources: { requests: { cpu, memory } },
      ...(restartPolicy !== undefined && { restartPolicy }),
    });
    const slim = slimPod({
      ...pod,
      spec: {
        containers: [container("100m", "64Mi"), container("0.2", "64Mi"), {}],
        initContainers: [container("50m", "32Mi", "Always"), container("1", "16Mi")],
        overhead: { cpu: "10m", memory: "1Mi" },
      },
    });
    assert.deepEqual(slim.requests, { cpuMillis: 1010, memoryBytes: 161 * 2 ** 20 });
  });

  it("a Pod ends by itself unless it is always started again, and tells which nodes it wants", () => {
    const policies = ["Always", "OnFailure", "Never"];
    assert.deepEqual(
      policies.map((restartPolicy) => slimPod({ ...pod, spec: { restartPolicy } }).endsByItself),
      [false, true, true],
    );
    const nodeSelector = { disk: "ssd" };
    assert.deepEqual(slimPod({ ...pod, spec: { nodeSelector } }).nodeSelector, nodeSelector);
  });

  it("a budget without status allows nothing yet", () => {
    const slim = slimBudget({ metadata: { name: "web", namespace: "shop" }, spec: { selector: {} } });
    assert.deepEqual(
      [slim.disruptionsAllowed, slim.expectedPods, slim.unhealthyPodEvictionPolicy],
      [0, 0, "IfHealthyBudget"],
    );
  });
});

describe("what is kept beside objects", () => {
  it("the owners of pods that leave, each with its ready pods everywhere; Jobs and DaemonSets aside", () => {
    const [one, two] = webPods(2, "old-1");
    const unready = { ...webPod, name: "w3", uid: "w3", nodeName: "old-2", isReady: false };
    const job = {
      ...webPod,
      name: "j",
      controller: { apiVersion: "batch/v1", kind: "Job", name: "j", uid: "j" },
      endsByItself: true,
    };
    const here = [one ?? webPod, job, daemonPod("aws-node", "old-1")];
    assert.deepEqual(ownerPromises(here, playedWatch({ pods: [...here, two ?? webPod, unready] }), {}), [
      { apiVersion: "apps/v1", kind: "ReplicaSet", namespace: "shop", name: "web", ready: 2 },
    ]);
  });

  it("marks of a node, as they were written; a hand's JSON that is none waits for nobody", () => {
    const marks = {
      "eks-pod-network.io/run": "7f3a",
      "eks-pod-network.io/was-cordoned": "true",
      "eks-pod-network.io/drain-began": "2026-01-01T00:00:00.000Z",
      "eks-pod-network.io/owners": "[]",
    };
    assert.deepEqual(marksOf(marks), {
      runId: "7f3a",
      wasCordoned: true,
      wasExcluded: true,
      drainBegan: "2026-01-01T00:00:00.000Z",
      owners: [],
    });
    assert.deepEqual(marksOf({ ...marks, "eks-pod-network.io/owners": "oops" })?.owners, []);
    assert.equal(marksOf({ ...marks, "eks-pod-network.io/was-excluded": "false" })?.wasExcluded, false);
    assert.equal(marksOf({}), undefined);
  });

  it("the ENIConfig that ipamd takes: the first that is set, of label, annotation, label, and default", () => {
    const awsNode: AwsNode = {
      customNetworking: true,
      prefixDelegation: false,
      maxEni: undefined,
      eniConfigLabel: "topology.kubernetes.io/zone",
      eniConfigAnnotation: "k8s.amazonaws.com/eniConfig",
      warm: {
        warmEniTarget: undefined,
        warmIpTarget: undefined,
        minimumIpTarget: undefined,
        warmPrefixTarget: undefined,
      },
      image: "",
    };
    const labels = { "topology.kubernetes.io/zone": "us-west-2a" };
    const annotations = { "k8s.amazonaws.com/eniConfig": "legacy" };
    const external = { ...labels, "vpc.amazonaws.com/externalEniConfig": "external" };
    assert.equal(eniConfigName({ ...newNode, labels: external, annotations }, awsNode), "external");
    assert.equal(eniConfigName({ ...newNode, labels, annotations }, awsNode), "legacy");
    assert.equal(eniConfigName({ ...newNode, labels }, awsNode), "us-west-2a");
    assert.equal(eniConfigName(newNode, awsNode), "default");
  });
});
