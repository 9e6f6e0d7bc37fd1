import assert from "node:assert/strict";
import * as fc from "fast-check";
import { budgetFinder, budgetOutlooks, budgetsOf, unmovablePods } from "../../../planning/rotation/budgets";
import { selects } from "../../../planning/rotation/labelSelector";
import { nextEvictions } from "../../../planning/rotation/nextEvictions";
import type { ClusterPod, DisruptionBudget } from "../../../planning/rotation/observation";
import { daemonPod, webBudget, webPod, webPods } from "./builders";

const [one, two, three] = webPods(3, "old-1") as [ClusterPod, ClusterPod, ClusterPod];
const never: DisruptionBudget = { ...webBudget, disruptionsAllowed: 0, desiredHealthy: 3 };

describe("the budgets of many pods", () => {
  it("are those of each one", () => {
    const labels = fc.dictionary(fc.constantFrom("app", "tier"), fc.constantFrom("", "web", "api"));
    const namespace = fc.constantFrom("shop", "billing");
    const selector = fc.option(
      fc.record({
        matchLabels: fc.option(labels, { nil: undefined }),
        matchExpressions: fc.constantFrom(undefined, [{ key: "app", operator: "Exists" }]),
      }),
      { nil: undefined },
    );
    const budget = fc.record({ namespace, selector }).map((given) => ({ ...webBudget, ...given }));
    fc.assert(
      fc.property(fc.array(budget), fc.array(fc.record({ namespace, labels })), (budgets, pods) => {
        const find = budgetFinder(budgets);
        assert.deepEqual(
          pods.map(find),
          pods.map((pod) => budgetsOf(pod, budgets)),
        );
      }),
    );
  });
});

describe("label selector", () => {
  const labels = { app: "web", tier: "front" };
  const rows: [string, Parameters<typeof selects>[0], boolean][] = [
    ["none matches nothing", undefined, false],
    ["an empty one matches everything", {}, true],
    ["all labels must match", { matchLabels: { app: "web", tier: "back" } }, false],
    ["In", { matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] }, true],
    [
      "In misses where the key is missing",
      { matchExpressions: [{ key: "x", operator: "In", values: ["web"] }] },
      false,
    ],
    [
      "NotIn matches where the key is missing",
      { matchExpressions: [{ key: "x", operator: "NotIn", values: ["web"] }] },
      true,
    ],
    [
      "NotIn misses a value",
      { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] },
      false,
    ],
    ["Exists", { matchExpressions: [{ key: "tier", operator: "Exists" }] }, true],
    ["DoesNotExist", { matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }, false],
    [
      "labels and expressions together",
      { matchLabels: { app: "web" }, matchExpressions: [{ key: "x", operator: "Exists" }] },
      false,
    ],
  ];
  for (const [title, selector, matches] of rows) {
    it(`${title}: ${matches ? "yes" : "no"}`, () => {
      assert.equal(selects(selector, labels), matches);
    });
  }
});

describe("disruption budgets, looked at beforehand", () => {
  it("cover pods of their own namespace only", () => {
    assert.deepEqual(budgetsOf(webPod, [webBudget, { ...webBudget, namespace: "other" }]), [webBudget]);
  });

  const outlook = (pods: readonly ClusterPod[], budget: DisruptionBudget) =>
    budgetOutlooks(pods, [budget]).map(({ kind, atOnce }) => [kind, atOnce]);

  it("are free where all may go at once, and wait where only some may", () => {
    assert.deepEqual(outlook([one], webBudget), [["free", 1]]);
    assert.deepEqual(outlook([one, two], webBudget), [["waits", 1]]);
  });

  it("wait where none may go at this moment, but some when all are healthy", () => {
    assert.deepEqual(outlook([one], { ...webBudget, disruptionsAllowed: 0, currentHealthy: 2 }), [
      ["waits", 1],
    ]);
  });

  it("never allow anything where they need every pod", () => {
    assert.deepEqual(outlook([one], never), [["never", 0]]);
  });

  it("are left out where no pod of theirs moves", () => {
    assert.deepEqual(outlook([daemonPod("aws-node", "old-1")], webBudget), []);
  });

  it("make pods unmovable where they need every pod, or where there are two of them", () => {
    assert.deepEqual(unmovablePods([one], [webBudget]), []);
    assert.deepEqual(unmovablePods([one], [never]), [
      {
        pod: "shop/web-old-1-0",
        budgets: ["shop/web"],
        because: "the budget needs 3 of 3 pods healthy, so it allows no eviction",
      },
    ]);
    assert.deepEqual(unmovablePods([one], [webBudget, { ...webBudget, name: "front" }]), [
      {
        pod: "shop/web-old-1-0",
        budgets: ["shop/web", "shop/front"],
        because: "the eviction API refuses pods under more than one budget",
      },
    ]);
  });

  it("hold no pod that the API evicts in spite of them", () => {
    const unready = { ...one, isReady: false };
    assert.deepEqual(unmovablePods([{ ...one, phase: "Pending" }], [never]), []);
    assert.deepEqual(unmovablePods([{ ...one, isTerminating: true }], [never]), []);
    assert.deepEqual(unmovablePods([unready], [{ ...never, unhealthyPodEvictionPolicy: "AlwaysAllow" }]), []);
    assert.deepEqual(unmovablePods([unready], [{ ...never, currentHealthy: 3 }]), []);
    assert.equal(unmovablePods([unready], [{ ...never, currentHealthy: 2 }]).length, 1);
  });
});

describe("next evictions", () => {
  const evicted = (pods: readonly ClusterPod[], budgets: readonly DisruptionBudget[]) =>
    nextEvictions(pods, budgets).evict.map(({ name }) => name);

  it("are no more than a budget allows, and name it for the others", () => {
    const { evict, waiting } = nextEvictions([one, two, three], [{ ...webBudget, disruptionsAllowed: 2 }]);
    assert.deepEqual(evict, [one, two]);
    assert.deepEqual(waiting, [
      { pod: three, budgets: ["shop/web"], because: "the budget's evictions of now are given to others" },
    ]);
  });

  it("wait for a budget that allows none, with its numbers", () => {
    const budget = { ...webBudget, disruptionsAllowed: 0, currentHealthy: 2 };
    assert.deepEqual(nextEvictions([one], [budget]).waiting, [
      { pod: one, budgets: ["shop/web"], because: "the budget allows 0: 2 healthy, 2 needed" },
    ]);
    const disrupted = { ...budget, disruptedPods: ["web-9"] };
    assert.equal(
      nextEvictions([one], [disrupted]).waiting[0]?.because,
      "the budget allows 0: 2 healthy, 2 needed, 1 under way",
    );
  });

  it("are all at once without a budget", () => {
    assert.deepEqual(evicted([one, two, three], []), [one.name, two.name, three.name]);
  });

  it("leave critical pods until all others have left their node", () => {
    const dns = { ...webPod, name: "dns", uid: "dns", isCritical: true, nodeName: "old-1" };
    const other = { ...dns, name: "dns-2", uid: "dns-2", nodeName: "old-2" };
    assert.deepEqual(evicted([dns, one, other], []), [one.name, "dns-2"]);
    assert.deepEqual(evicted([dns, { ...one, isTerminating: true }], []), []);
    assert.deepEqual(evicted([dns, daemonPod("aws-node", "old-1")], []), ["dns"]);
  });

  it("ask for no pod that is under two budgets, nor for one that is ending", () => {
    assert.deepEqual(evicted([one], [webBudget, { ...webBudget, name: "front" }]), []);
    assert.deepEqual(evicted([{ ...one, isTerminating: true }], []), []);
  });

  it("take pods that are not running yet, whatever the budget says", () => {
    const pending = { ...one, phase: "Pending", isReady: false };
    assert.deepEqual(evicted([pending], [never]), [one.name]);
    assert.deepEqual(evicted([pending], [webBudget, { ...webBudget, name: "front" }]), [one.name]);
  });

  it("and the waiting ones are together every pod that moves, each once; none of a DaemonSet", () => {
    const aPod = fc.record({
      nodeName: fc.constantFrom("old-1", "old-2"),
      app: fc.constantFrom("web", "api", "none"),
      kind: fc.constantFrom("ReplicaSet", "DaemonSet", undefined),
      isCritical: fc.boolean(),
      isTerminating: fc.boolean(),
      isReady: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(aPod, { maxLength: 30 }), fc.nat(5), fc.nat(5), (given, web, api) => {
        const pods = given.map(({ app, kind, ...rest }, index): ClusterPod => ({
          ...webPod,
          ...rest,
          name: `p${index}`,
          uid: `p${index}`,
          labels: { app },
          controller: kind === undefined ? undefined : { apiVersion: "v1", kind, name: app, uid: app },
        }));
        const budgets = [
          { ...webBudget, disruptionsAllowed: web, currentHealthy: 0 },
          {
            ...webBudget,
            name: "api",
            selector: { matchLabels: { app: "api" } },
            disruptionsAllowed: api,
            currentHealthy: 0,
          },
        ];
        const { evict, waiting } = nextEvictions(pods, budgets);
        const named = [...evict, ...waiting.map(({ pod }) => pod)].map(({ name }) => name);
        const moving = pods.filter(
          ({ controller, isTerminating }) =>
            controller?.kind !== "DaemonSet" && (isTerminating || controller !== undefined),
        );
        assert.deepEqual(named.sort(), moving.map(({ name }) => name).sort());
        for (const [app, allowed] of [
          ["web", web],
          ["api", api],
        ] as const) {
          assert.ok(evict.filter(({ labels }) => labels.app === app).length <= allowed);
        }
      }),
    );
  });
});
