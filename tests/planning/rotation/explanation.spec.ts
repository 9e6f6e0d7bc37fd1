import assert from "node:assert/strict";
import { describeExplanations } from "../../../cli/explanationText";
import { explain, type Explained } from "../../../planning/rotation/explanation";
import { clusterWith, newNode, oldNodeNamed, poolA, webBudget, webPod, webPods } from "./builders";

const zone = "topology.kubernetes.io/zone";
const a1 = {
  ...oldNodeNamed("old-1"),
  labels: { [zone]: "us-west-2a" },
};
const never = { ...webBudget, disruptionsAllowed: 0, desiredHealthy: 3 };
const bare = {
  ...webPod,
  namespace: "ops",
  name: "debug-7",
  uid: "uid-debug",
  controller: undefined,
  labels: {},
};
const inside = { ...webPod, name: "web-new", uid: "uid-new", nodeName: "new-1", address: "100.64.0.9" };

const seen: Explained = {
  observation: clusterWith([a1, newNode], [webPod, bare, inside], [never]),
  pools: [poolA],
  keys: { eniConfigLabel: zone, eniConfigAnnotation: "k8s.amazonaws.com/eniConfig" },
  eniConfigs: [
    {
      name: "us-west-2a",
      subnet: {
        subnetId: "subnet-pods-a",
        availabilityZone: "us-west-2a",
        cidrBlock: "100.64.0.0/18",
        freeAddresses: 16_000,
      },
    },
  ],
  homeless: new Map(),
};

const text = (name: string) => describeExplanations([explain(name, seen)]);

describe("an explanation", () => {
  it("is broken at the width of a terminal, but for its tables, and breaks no name", () => {
    const lines = describeExplanations([explain("old-1", seen)], 60).split("\n");
    const from = lines.findIndex((line) => line.includes("ENIConfig"));
    assert.deepEqual(lines.slice(from, from + 4), [
      "  ENIConfig    us-west-2a (by its label",
      "               topology.kubernetes.io/zone): subnet-pods-a",
      "               100.64.0.0/18 us-west-2a, 16,000 free",
      "               addresses",
    ]);
    assert.ok(
      lines.some((line) => line.startsWith("ops/debug-7  10.8.0.20  refuse: bare pod, nobody would make")),
    );
    assert.deepEqual(
      describeExplanations([{ kind: "unknown", name: "x", near: ["shop/web-1", "shop/web-2"] }], 60).split(
        "\n",
      ),
      ["x  is neither a node nor a pod of the cluster. Near it:", "   shop/web-1, shop/web-2."],
    );
  });

  it("of an old node says why, whose it is, what replaces it, its ENIConfig, and each pod's verdict", () => {
    assert.equal(
      text("old-1"),
      `old-1  OLD  i-old-1 m5.large us-west-2a
  why old      primary ENI eni-0 carries 2 secondary addresses
               pod shop/web-1 has 10.8.0.20, which is in no pod subnet
               pod ops/debug-7 has 10.8.0.20, which is in no pod subnet
               29 allocatable pods, where the addresses of m5.large carry 20
  owner        managed node group general
  replaced by  workers-us-west-2a
  ENIConfig    us-west-2a (by its label topology.kubernetes.io/zone): subnet-pods-a 100.64.0.0/18
               us-west-2a, 16,000 free addresses
  pods         2 pods

POD          ADDRESS    VERDICT                                       BUDGETS
shop/web-1   10.8.0.20  evict: moves                                  shop/web (0 allowed)
ops/debug-7  10.8.0.20  refuse: bare pod, nobody would make it again  -

BLOCKED by 2 pods:
  shop/web-1: the budget needs 3 of 3 pods healthy, so it allows no eviction
  ops/debug-7: bare pod, nobody would make it again -> --force deletes it for good`,
    );
  });

  it("of a node is found by its instance id and in kubectl's way as well", () => {
    assert.deepEqual(explain("i-old-1", seen), explain("old-1", seen));
    assert.deepEqual(explain("node/old-1", seen), explain("old-1", seen));
    const fresh = explain("new-1", seen);
    assert.ok(fresh.kind === "node");
    assert.deepEqual([fresh.state, fresh.reasons, fresh.replacedBy], ["new", [], undefined]);
    assert.deepEqual(
      [fresh.eniConfig.name, fresh.eniConfig.rule, fresh.eniConfig.exists],
      ["default", "default", false],
    );
  });

  it("of a pod says its address and range, its node, who makes it, and the budget with its numbers", () => {
    assert.equal(
      text("shop/web-1"),
      `shop/web-1  CAN'T MOVE
  address       10.8.0.20, in no pod subnet
  node          old-1 (old)
  made by       ReplicaSet shop/web
  when drained  moves
  budgets       shop/web: 0 evictions allowed now, 3 of 3 pods healthy, 3 needed
  BLOCKED       the budget needs 3 of 3 pods healthy, so it allows no eviction`,
    );
    assert.match(
      text("web-new"),
      /^shop\/web-new {2}not rotated now\n {2}address {7}100\.64\.0\.9, in pod subnet subnet-pods-a\n/,
    );
  });

  it("says why a pod would find no node", () => {
    const homeless = new Map([["uid-web", "it would find no node: it needs label disk=ssd"]]);
    const found = explain("shop/web-1", {
      ...seen,
      homeless,
      observation: { ...seen.observation, budgets: [] },
    });
    assert.ok(found.kind === "pod");
    assert.deepEqual(found.stuck, ["it would find no node: it needs label disk=ssd"]);
  });

  it("of a name that nothing has, or several have, names the nearest", () => {
    assert.deepEqual(explain("old-11", seen), {
      kind: "unknown",
      name: "old-11",
      near: ["old-1", "new-1", "shop/web-1"],
    });
    const nearOf = (name: string) => {
      const found = explain(name, seen);
      return found.kind === "unknown" ? found.near : found.kind;
    };
    assert.ok(!nearOf("ip-10-8-0-1.internal").includes("shop/web-1"), "a pod is near a node's name");
    assert.ok(!nearOf("shop/old-1").includes("old-1"), "a node is near a name with a namespace");
    const twice = [...webPods(1, "old-1"), ...webPods(1, "old-1").map((pod) => ({ ...pod, namespace: "b" }))];
    const two = { ...seen, observation: { ...seen.observation, pods: twice } };
    assert.deepEqual(explain("web-old-1-0", two), {
      kind: "unknown",
      name: "web-old-1-0",
      near: ["b/web-old-1-0", "shop/web-old-1-0"],
    });
  });
});
