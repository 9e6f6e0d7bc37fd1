import assert from "node:assert/strict";
import fc from "fast-check";
import { systemClock } from "../../../automation/clock";
import { ownerName, watchCluster, whileWatching } from "../../../automation/rotation/clusterWatch";
import type { ApiBudget, ApiNode, ApiPod } from "../../../automation/rotation/slim";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { PlayedCollections, settles } from "../playedCollections";

const NODES = "/api/v1/nodes";
const PODS = "/api/v1/pods";
const BUDGETS = "/apis/policy/v1/poddisruptionbudgets";
/** Longer than any test. */
const LONG_MS = 600_000;

describe("the watch over a cluster", () => {
  let played: PlayedCollections;
  let controller: AbortController;
  beforeEach(() => {
    [played, controller] = [new PlayedCollections(), new AbortController()];
  });
  afterEach(() => {
    controller.abort(new Error("the test is over"));
  });

  const tools = () => ({ kubernetes: played.kubernetes, clock: systemClock, signal: controller.signal });
  const node = (name: string): ApiNode => ({ metadata: { name } });

  /** A pod of a ReplicaSet, on a node or on none. */
  interface PodState {
    readonly name: string;
    readonly owner: "web" | "api" | undefined;
    readonly nodeName: "node-1" | "node-2" | undefined;
    readonly isUnschedulable: boolean;
  }
  const apiPod = ({ name, owner, nodeName, isUnschedulable }: PodState): ApiPod => ({
    metadata: {
      name,
      namespace: "shop",
      uid: name,
      ...(owner !== undefined && {
        ownerReferences: [
          { apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner, controller: true },
        ],
      }),
    },
    spec: { ...(nodeName !== undefined && { nodeName }) },
    status: {
      conditions: isUnschedulable
        ? [{ type: "PodScheduled", status: "False", reason: "Unschedulable" }]
        : [{ type: "PodScheduled", status: "True" }],
    },
  });
  const namesOf = (pods: readonly ClusterPod[]) => pods.map(({ name }) => name).sort();

  it("finds pods by node, by owner and by want of a node as they are now, whatever happened before", async () => {
    const podState = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      owner: fc.constantFrom("web" as const, "api" as const, undefined),
      nodeName: fc.constantFrom("node-1" as const, "node-2" as const, undefined),
      isUnschedulable: fc.boolean(),
    });
    const happenings = fc.array(fc.record({ pod: podState, isGone: fc.boolean() }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(happenings, happenings, async (before, after) => {
        played = new PlayedCollections();
        const now = new Map<string, PodState>();
        const happen = (list: typeof before) => {
          for (const { pod, isGone } of list) {
            if (!isGone) played.put(PODS, apiPod(pod));
            else if (now.has(pod.name)) played.remove(PODS, apiPod(pod));
            if (isGone) now.delete(pod.name);
            else now.set(pod.name, pod);
          }
        };
        happen(before);
        const end = new AbortController();
        const watch = await watchCluster({ ...tools(), signal: end.signal });
        happen(after);
        const last = { name: "last", owner: undefined, nodeName: undefined, isUnschedulable: false };
        played.put(PODS, apiPod(last));
        await settles(() => watch.pods().some(({ name }) => name === "last"));
        const there = [...now.values()];
        const named = (is: (pod: PodState) => boolean) =>
          there
            .filter(is)
            .map(({ name }) => name)
            .sort();
        for (const name of ["node-1", "node-2"])
          assert.deepEqual(
            namesOf(watch.podsOn(name)),
            named(({ nodeName }) => nodeName === name),
          );
        for (const name of ["web", "api"])
          assert.deepEqual(
            namesOf(watch.podsOf({ namespace: "shop", kind: "ReplicaSet", name })),
            named(({ owner }) => owner === name),
          );
        assert.deepEqual(
          namesOf(watch.unschedulable()),
          named(({ isUnschedulable }) => isUnschedulable),
        );
        end.abort(new Error("looked at"));
      }),
    );
  });

  it("knows nodes by their names, and not those that are gone", async () => {
    played.put(NODES, node("old-1"));
    const watch = await watchCluster(tools());
    assert.equal(watch.node("old-1")?.name, "old-1");
    played.put(NODES, node("new-1"));
    played.remove(NODES, node("old-1"));
    await settles(() => watch.node("old-1") === undefined);
    assert.deepEqual(
      watch.nodes().map(({ name }) => name),
      ["new-1"],
    );
  });

  it("shows budgets as they are now", async () => {
    const budget = (disruptionsAllowed: number): ApiBudget => ({
      metadata: { name: "web", namespace: "shop" },
      status: { disruptionsAllowed },
    });
    played.put(BUDGETS, budget(1));
    const watch = await watchCluster(tools());
    played.put(BUDGETS, budget(0));
    await settles(() => watch.budgets()[0]?.disruptionsAllowed === 0);
    assert.equal(watch.budgets().length, 1);
  });

  it("tells of every version of a budget, also of those that nobody looked at in time", async () => {
    const watch = await watchCluster(tools());
    const heard: (readonly string[])[] = [];
    watch.hearBudgets(({ disruptedPods }) => heard.push(disruptedPods));
    for (const pods of [{}, { "web-1": "2026-01-01T00:00:00Z" }, {}]) {
      const budget: ApiBudget = {
        metadata: { name: "web", namespace: "shop" },
        status: { disruptedPods: pods },
      };
      played.put(BUDGETS, budget);
    }
    await settles(() => heard.length === 3);
    assert.deepEqual(heard, [[], ["web-1"], []]);
  });

  it("ends a wait where something changed elsewhere", async () => {
    const watch = await watchCluster(tools());
    const next = watch.changes().next(LONG_MS);
    watch.touch();
    await next;
  });

  it("ends a wait at a change, and the next one at once when there was one since", async () => {
    const watch = await watchCluster(tools());
    const changes = watch.changes();
    const next = changes.next(LONG_MS);
    played.put(NODES, node("a"));
    await next;
    played.put(NODES, node("b"));
    await settles(() => watch.nodes().length === 2);
    await changes.next(LONG_MS);
  });

  it("tells each one who waits of the same change", async () => {
    const watch = await watchCluster(tools());
    const [one, other] = [watch.changes(), watch.changes()];
    played.put(NODES, node("a"));
    await one.next(LONG_MS);
    await other.next(LONG_MS);
  });

  it("ends a wait without a change when its time is over", async () => {
    const watch = await watchCluster(tools());
    await watch.changes().next(1);
  });

  it("gives whoever waits the reason for which it was ended", async () => {
    const watch = await watchCluster(tools());
    const changes = watch.changes();
    const next = changes.next(LONG_MS);
    const reason = new Error("interrupted");
    controller.abort(reason);
    await assert.rejects(next, reason);
    await assert.rejects(changes.next(0), reason);
  });

  it("lasts no longer than what is done under it", async () => {
    const watch = await whileWatching(tools(), (given) => {
      for (const path of [NODES, PODS, BUDGETS]) assert.equal(played.watching(path), 1);
      return Promise.resolve(given);
    });
    await assert.rejects(watch.changes().next(LONG_MS), /the cluster is watched no more/);
    await settles(() => [NODES, PODS, BUDGETS].every((path) => played.watching(path) === 0));
  });

  it("names owners as people read them", () => {
    assert.equal(ownerName({ namespace: "shop", kind: "ReplicaSet", name: "web" }), "shop/ReplicaSet/web");
  });
});
