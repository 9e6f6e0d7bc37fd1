import assert from "node:assert/strict";
import type { ApiObject } from "../../../automation/kubernetes";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import type { RotationEvent } from "../../../automation/rotation/events";
import { rotate } from "../../../automation/rotation/rotate";
import { verify } from "../../../automation/verify";
import { sandboxFixture } from "../../support/sandbox";
import { startObserver, type ClusterObserver } from "./observer";
import { clusterOf, eventually, makePodNetwork, nodesOf, oldTaintsOf, type Cluster } from "./podNetwork";

const SETTINGS = { maxUnavailable: 1, surge: 0, podTimeoutSeconds: 240, nodeTimeoutSeconds: 120 };

/** A world of one managed group, `general`, ready to be rotated, and somebody who watches over it. */
function rotationOf(world: "two-pdbs" | "static-pods") {
  const sandbox = sandboxFixture(world);
  let cluster: Cluster;
  let outputs: PodNetworkOutputs;
  let observer: ClusterObserver;
  before(async function () {
    this.timeout(300_000);
    cluster = clusterOf(sandbox.record());
    outputs = await makePodNetwork(sandbox.record(), cluster, ["general"]);
    observer = await startObserver(sandbox.record().kubeconfig, SETTINGS);
  });
  after(() => observer.close());
  const outside = () => ({ ...cluster.outside, signal: new AbortController().signal });
  return {
    cluster: () => cluster,
    observed: () => observer.report(),
    rotating: async () => {
      const events: RotationEvent[] = [];
      const onEvent = (event: RotationEvent) => {
        events.push(event);
      };
      return { result: await rotate(outputs, SETTINGS, { ...outside(), onEvent }), events };
    },
    isVerified: async () => (await verify(outputs, outside())).isVerified,
  };
}

/** What a rotation did, in its order, as far as the surge shows in it. */
function orderOf(events: readonly RotationEvent[]): string[] {
  return events.flatMap(({ type }) => (/^(cordoned|gone|surging|workerChecked)$/.test(type) ? [type] : []));
}

/** A node at a time, whose replacement comes when it is gone. */
const ONE_BY_ONE = ["cordoned", "gone", "surging", "workerChecked"];

describe("a rotation without surge, past pods under two budgets", function () {
  this.timeout(600_000);
  const { cluster, observed, rotating, isVerified } = rotationOf("two-pdbs");
  const BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets";

  it("cordons nothing as long as no eviction can be granted, and names the budgets", async () => {
    const { result, events } = await rotating();
    assert.deepEqual([result.outcome, result.rotated, result.problems], ["blocked", [], []]);
    const nodes = await nodesOf(cluster());
    assert.deepEqual(
      result.blocked.map(({ node, isInService }) => [node, isInService]),
      nodes.map(({ metadata }) => [metadata.name, true]).sort(),
    );
    for (const { because } of result.blocked) {
      assert.match(
        because.join("\n"),
        /^shop\/checkout-\S+: shop\/checkout, shop\/critical: the eviction API refuses pods under more than one budget$/,
      );
    }
    assert.deepEqual(orderOf(events), []);
    assert.deepEqual(nodes.flatMap(oldTaintsOf), [
      "PreferNoSchedule",
      "PreferNoSchedule",
      "PreferNoSchedule",
    ]);
    assert.equal(observed().evicted, 0);
  });

  it("replaces one node after the other when one of the budgets is gone", async () => {
    const { kubernetes } = cluster();
    await kubernetes.delete(`${BUDGETS}/critical`);
    await kubernetes.patch(`${BUDGETS}/checkout`, { spec: { maxUnavailable: 2 } });
    await eventually("the budget counts its pods anew", async () => {
      const { status } = await kubernetes.get<
        ApiObject & { readonly status?: { readonly disruptionsAllowed?: number } }
      >(`${BUDGETS}/checkout`);
      return status?.disruptionsAllowed === 2;
    });
    const { result, events } = await rotating();
    assert.deepEqual([result.outcome, result.rotated.length, result.blocked], ["done", 3, []]);
    assert.deepEqual(orderOf(events), [...ONE_BY_ONE, ...ONE_BY_ONE, ...ONE_BY_ONE]);
    assert.equal(await isVerified(), true);
    const { broken, interruptions, nodesGone, mostOut } = observed();
    assert.deepEqual([broken, interruptions, nodesGone, mostOut], [[], 0, 3, 1]);
  });
});

describe("a rotation without surge of nodes that run pods by themselves", function () {
  this.timeout(600_000);
  const { cluster, observed, rotating, isVerified } = rotationOf("static-pods");
  const staticPods = () =>
    cluster().kubernetes.list("/api/v1/pods", ({ metadata }: ApiObject) => ({
      node: metadata.ownerReferences?.[0]?.name ?? "",
      isMirror: metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined,
    }));

  it("lets a pod that only its zone takes wait for the replacement, and evicts no static pod", async () => {
    const { result, events } = await rotating();
    assert.deepEqual([result.outcome, result.rotated.length, result.blocked], ["done", 3, []]);
    assert.deepEqual(orderOf(events), [...ONE_BY_ONE, ...ONE_BY_ONE, ...ONE_BY_ONE]);
    const waiting = events.flatMap((event) => (event.type === "leavesWaiting" ? event.pods : []));
    assert.match(waiting[0] ?? "", /^shop\/web-/);
    assert.equal(await isVerified(), true);
    const { broken, interruptions, nodesGone, mostOut } = observed();
    assert.deepEqual([broken, interruptions, nodesGone, mostOut], [[], 0, 3, 1]);
  });

  it("leaves new nodes with static pods of their own", async () => {
    const nodes = (await nodesOf(cluster())).map(({ metadata }) => metadata.name);
    const mirrorsOnThem = async () =>
      (await staticPods()).filter(({ isMirror, node }) => isMirror && nodes.includes(node));
    await eventually("the last node has made its mirrors", async () => (await mirrorsOnThem()).length >= 4);
    const mirrors = await mirrorsOnThem();
    assert.deepEqual([...new Set(mirrors.map(({ node }) => node))].sort(), [...nodes].sort());
    assert.equal(mirrors.length, 4);
  });
});
