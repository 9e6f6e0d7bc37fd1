import assert from "node:assert/strict";
import type { Kubernetes } from "../../../automation/kubernetes";
import type { RotationHappening } from "../../../automation/rotation/events";
import { gateOf, healthLook } from "../../../automation/rotation/healthGate";
import type { NodeWithoutEnis } from "../../../automation/rotation/slim";

describe("the health gate of a run", () => {
  /** A gate whose looks answer one after the other what they are given. */
  const gate = (answers: (readonly string[] | Error)[]) => {
    let nowMs = 0;
    let looks = 0;
    const events: RotationHappening[] = [];
    const made = gateOf(
      {
        clock: { now: () => nowMs, sleep: () => Promise.reject(new Error("it sleeps")) },
        emit: (event) => {
          events.push(event);
        },
      },
      {
        timeoutMs: 60_000,
        onLooked: () => {
          looks += 1;
        },
        look: () => {
          const answer = answers.shift() ?? assert.fail("it looks too often");
          return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
        },
      },
    );
    /** Asks at a time, and lets the look that this begins end. */
    const at = async (seconds: number) => {
      nowMs = seconds * 1000;
      const isOpen = made.isOpen();
      await made.finished();
      return isOpen;
    };
    return { at, made, events, looks: () => looks };
  };

  it("opens for one batch by each look, and never by an old one", async () => {
    const { at, events, looks } = gate([[], []]);
    assert.deepEqual([await at(0), looks()], [false, 1]);
    assert.equal(await at(1), true);
    assert.equal(await at(2), false, "the next batch wants a look of its own");
    assert.equal(await at(3), true);
    assert.deepEqual(events, []);
  });

  it("is closed while the cluster is not well, looks again after 10 seconds, and tells each change once", async () => {
    const { at, events } = gate([["a is unready"], ["a is unready"], []]);
    const answers = [];
    for (const second of [0, 1, 2, 10, 11, 12, 21, 22]) answers.push(await at(second));
    assert.deepEqual(answers, [false, false, false, false, false, false, false, false]);
    assert.equal(await at(23), true);
    assert.deepEqual(events, [
      { type: "healthGateClosed", because: ["a is unready"] },
      { type: "healthGateOpened" },
    ]);
  });

  it("is given up when it was closed for too long in one go", async () => {
    const { at, made } = gate([["a is unready"], ["b is unready"], ["b is unready"]]);
    await at(0);
    await at(1);
    await at(12);
    await at(61);
    assert.equal(made.givenUp(), undefined);
    await at(62);
    assert.deepEqual(made.givenUp()?.problem, {
      path: "healthGate",
      reason: "was closed for 60 s. b is unready.",
      fix: "Put that right, and run the rotation again: it goes on from here.",
    });
  });

  it("fails as its look does", async () => {
    const { at, made } = gate([new Error("no permission")]);
    await at(0);
    assert.throws(() => made.isOpen(), /no permission/);
  });

  it("counts neither nodes that join, nor those on their way out, nor those that were unready before", async () => {
    const node = (name: string, isReady: boolean) =>
      ({ name, uid: name, isReady }) as Partial<NodeWithoutEnis> as NodeWithoutEnis;
    let nodes = [node("a", true), node("b", true), node("c", false), node("going", true)];
    const kubernetes = {
      list: (path: string, slim: (object: object) => unknown) =>
        Promise.resolve(
          path.endsWith("deployments")
            ? [workload("web", 3, 2), workload("idle", 0, undefined), workload("before", 1, undefined)].map(
                slim,
              )
            : [workload("db", undefined, undefined)].map(slim),
        ),
    } as Partial<Kubernetes> as Kubernetes;
    const signal = new AbortController().signal;
    const look = healthLook(
      { kubernetes, signal },
      { nodes: () => nodes },
      { unreadyNodes: 0, unreadyWorkloads: 0, command: "exit 3" },
      { nodes: ["c"], workloads: ["shop/Deployment/before"] },
      () => ["going"],
    );
    nodes = [node("a", false), node("b", true), node("c", false), node("going", false), node("new", false)];
    assert.deepEqual(await look(), [
      "1 node has become unready since the run began (a); 0 may be",
      "2 workloads have become unready since the run began (shop/Deployment/web, shop/StatefulSet/db); 0 may be",
      "exit 3: exit code 3",
    ]);
    nodes = [node("new", true)];
    await look();
    nodes = [node("new", false)];
    assert.match((await look()).join(), /\(new\)/);
  });
});

function workload(name: string, replicas: number | undefined, readyReplicas: number | undefined): object {
  return {
    metadata: { name, namespace: "shop" },
    spec: { ...(replicas !== undefined && { replicas }) },
    status: { ...(readyReplicas !== undefined && { readyReplicas }) },
  };
}
