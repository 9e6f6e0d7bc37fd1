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
  drains: new Map(),
};

const text = (name: string, given: Partial<Explained> = {}) =>
  describeExplanations("prod", [explain(name, { ...seen, ...given })]);

describe("an explanation", () => {
  it("is broken at the width of a terminal, but for its tables, and breaks no name", () => {
    const lines = describeExplanations("prod", [explain("old-1", seen)], 60).split("\n");
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
      describeExplanations(
        "prod",
        [{ kind: "unknown", name: "x", near: ["shop/web-1", "shop/web-2"] }],
        60,
      ).split("\n"),
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

  it("of a cordoned node says so, and who has done it", () => {
    const drain = { runId: "7f3a", drainBegan: "2026-11-22T19:05:00.000Z", wasCordoned: false };
    const lineOf = (isUnschedulable: boolean, given?: Partial<typeof drain>) => {
      const observation = clusterWith([{ ...a1, isUnschedulable }], []);
      const drains = new Map(given === undefined ? [] : [["old-1", { ...drain, ...given }] as const]);
      const lines = text("old-1", { observation, drains }).split("\n");
      return [lines[0], ...lines.filter((line) => /^ {2}(cordoned|drained)/.test(line))];
    };
    const head = "old-1  OLD  i-old-1 m5.large us-west-2a";
    const cordoned = "old-1  OLD, cordoned  i-old-1 m5.large us-west-2a";
    const began = "run 7f3a, which began to drain it at 2026-11-22T19:05:00.000Z";
    assert.deepEqual(
      [lineOf(false), lineOf(true), lineOf(true, {}), lineOf(true, { wasCordoned: true }), lineOf(false, {})],
      [
        [head],
        [cordoned, "  cordoned     by others: no run has begun to drain it"],
        [cordoned, `  cordoned     by ${began}`],
        [cordoned, `  cordoned     by others, before ${began}`],
        [head, `  drained      by ${began}; somebody has put it`],
      ],
    );
  });

  it("names a rollback that is unfinished before anything else, and says what that does", () => {
    const observation = clusterWith([{ ...newNode, isUnschedulable: true }, a1], [inside]);
    const target = { ...observation.target, wayBack: { leavingGroups: [] } };
    const way = {
      observation: { ...observation, target },
      pools: [{ ...poolA, nodeGroupName: "general", replaces: ["workers-us-west-2a"] }],
    };
    const head = `prod  a rollback was begun and has not ended; aws-node is set as before podnet up
  -> podnet rollback prod goes on with it; to go forward instead,
     podnet up prod and then podnet rotate prod`;
    assert.equal(
      text("new-1", way),
      `${head}

new-1  OLD on the way back, cordoned  i-1 m5.large us-west-2a
  why old      secondary ENI eni-1 is in pod subnet subnet-pods-a
               pod shop/web-new has 100.64.0.9, which is in a pod subnet
  cordoned     by others: no run has begun to drain it
  owner        managed node group workers-us-west-2a
  replaced by  general
  ENIConfig    none is taken: custom networking is off
  pods         1 pod

POD           ADDRESS     VERDICT       BUDGETS
shop/web-new  100.64.0.9  evict: moves  -`,
    );
    assert.equal(
      text("old-1", way).split("\n\n")[1]?.split("\n")[0],
      "old-1  stays on the way back  i-old-1 m5.large us-west-2a",
    );
    assert.ok(text("web-new", way).startsWith(`${head}\n\nshop/web-new  moves\n`));
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
      near: ["old-1"],
    });
    const nearOf = (name: string) => {
      const found = explain(name, seen);
      return found.kind === "unknown" ? found.near : found.kind;
    };
    assert.deepEqual([nearOf("web-11"), nearOf("nope")], [["shop/web-1"], []]);
    assert.equal(
      text("nope"),
      `nope  is neither a node nor a pod of the cluster. A node goes by its name (kubectl get nodes) or its
      instance id, a pod by namespace/name (kubectl get pods -A).`,
    );
    assert.ok(!nearOf("ip-10-8-0-1.internal").includes("shop/web-1"), "a pod is near a node's name");
    assert.ok(!nearOf("shop/old-1").includes("old-1"), "a node is near a name with a namespace");
    const twice = [...webPods(1, "old-1"), ...webPods(1, "old-1").map((pod) => ({ ...pod, namespace: "b" }))];
    const two = { ...seen, observation: { ...seen.observation, pods: twice } };
    assert.deepEqual(explain("web-old-1-0", two), {
      kind: "unknown",
      name: "web-old-1-0",
      near: ["b/web-old-1-0", "shop/web-old-1-0"],
      several: "pods",
    });
  });

  it("of a node is found by what stands before the first dot of its name, where one node has that", () => {
    const named = (...names: string[]) => {
      const nodes = names.map((name) => ({ ...a1, name, instanceId: `i-${name}` }));
      return { observation: clusterWith(nodes, []) };
    };
    const [first, second] = ["ip-10-8-0-133.us-west-2.compute.internal", "ip-10-8-0-14.ec2.internal"];
    const found = explain("ip-10-8-0-133", { ...seen, ...named(first, second) });
    assert.deepEqual(found, explain(first, { ...seen, ...named(first, second) }));
    assert.equal(found.kind, "node");
    assert.equal(
      text("node/ip-10-8-0-133", named(first, "ip-10-8-0-133.ec2.internal")),
      `node/ip-10-8-0-133  is the name of several nodes: ip-10-8-0-133.ec2.internal,
                    ip-10-8-0-133.us-west-2.compute.internal. Give one of these.`,
    );
    assert.match(
      text("ip-10-8-0-134", named(first)),
      /Near it:\s+ip-10-8-0-133\.us-west-2\.compute\.internal\.$/,
    );
    // A pod of that name goes before it.
    assert.equal(explain("web-1", { ...seen, ...named("web-1.x") }).kind, "node");
    const both = { observation: clusterWith([{ ...a1, name: "web-1.x" }], [webPod]) };
    assert.equal(explain("web-1", { ...seen, ...both }).kind, "pod");
  });
});
