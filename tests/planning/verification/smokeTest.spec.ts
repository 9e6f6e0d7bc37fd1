import assert from "node:assert/strict";
import { judgeSmokeTest, newNodesOnly, smokeNodes } from "../../../planning/verification/smokeTest";
import { clusterWith, newNode, oldNodeNamed, webPod } from "../rotation/builders";

const HOSTNAME = "kubernetes.io/hostname";
const b1 = { ...newNode, name: "new-b1", availabilityZone: "us-west-2b" };
const old = oldNodeNamed("old-1");
const good = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };
const asked = { image: "nginx", replicas: 2, timeoutSeconds: 300 };
const judged = (pods: Parameters<typeof judgeSmokeTest>[0]) =>
  judgeSmokeTest(pods, clusterWith([newNode, b1, old], []), asked);

describe("where new pods are tried", () => {
  it("is on new nodes that are ready and in service", () => {
    const cordoned = { ...newNode, name: "new-2", isUnschedulable: true };
    const starting = { ...newNode, name: "new-3", isReady: false };
    const fargate = { ...newNode, name: "fargate", owner: { kind: "fargate" as const } };
    const cluster = clusterWith([newNode, cordoned, starting, fargate, old], []);
    assert.deepEqual(smokeNodes(cluster), [newNode]);
  });

  it("is said by the label of their host names, while there are others that take pods", () => {
    const labelled = { ...b1, labels: { [HOSTNAME]: "ip-10-8-1-7" } };
    assert.deepEqual(newNodesOnly(clusterWith([newNode, labelled, old], [])), {
      key: HOSTNAME,
      values: ["new-1", "ip-10-8-1-7"],
    });
    const cordoned = { ...old, isUnschedulable: true };
    assert.equal(newNodesOnly(clusterWith([newNode, labelled, cordoned], [])), undefined);
  });
});

describe("a smoke test", () => {
  it("is passed by ready pods with addresses of the pod subnets, and says in which zones they are", () => {
    assert.deepEqual(judged([{ ...good, nodeName: "new-b1", address: "100.64.64.9" }, good]), {
      image: "nginx",
      pods: { right: 2, of: 2 },
      zones: [
        { availabilityZone: "us-west-2a", pods: 1 },
        { availabilityZone: "us-west-2b", pods: 1 },
      ],
      failures: [],
    });
  });

  const rows: [string, Parameters<typeof judged>[0][number], string][] = [
    [
      "has no node",
      {
        ...good,
        nodeName: undefined,
        address: undefined,
        isReady: false,
        because: "0/3 nodes are available",
      },
      "pod web-1 has no node after 300 s: 0/3 nodes are available",
    ],
    [
      "has an old address",
      { ...good, address: "10.8.0.9" },
      "pod web-1 on new-1 has 10.8.0.9, which is in no pod subnet",
    ],
    [
      "is not ready",
      { ...good, isReady: false, because: "ImagePullBackOff" },
      "pod web-1 on new-1 is not ready after 300 s: ImagePullBackOff",
    ],
    ["is on an old node", { ...good, nodeName: "old-1" }, "pod web-1 on old-1 is not on a new node"],
  ];
  for (const [title, pod, failure] of rows) {
    it(`is failed by a pod that ${title}`, () => {
      const { pods, failures } = judged([good, pod]);
      assert.deepEqual([pods, failures], [{ right: 1, of: 2 }, [failure]]);
    });
  }

  it("is failed by pods that were never made", () => {
    assert.deepEqual(judged([good]).failures, ["1 of 2 pods were not made"]);
  });
});
