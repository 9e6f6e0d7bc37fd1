import assert from "node:assert/strict";
import { nextStep, type NextStep } from "../../../automation/rotation/nextStep";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import { oldNodes } from "../../../planning/rotation/oldNodes";
import { plannedSurge } from "../../../planning/rotation/plannedSurge";
import { nodesOfPool, type WorkerPool } from "../../../planning/rotation/surge";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { clusterWith, newNode, oldNodeNamed, poolA, poolB, webPods } from "../../planning/rotation/builders";

const BECAUSE = "no m5.large is left.";

/** A worker takes 20 pods, an old node has 15 of them. */
const PODS = 15;

interface Given {
  readonly surge?: number;
  readonly maxOfB?: number;
  /** How many workers EC2 has in zone a, before it has none. */
  readonly instancesInA: number;
  readonly areBound?: boolean;
}

/**
 * A run over three old nodes in each of two zones, look by look: nodes that are drained are gone at the next look, workers
 * are there at once, and pods go where there is room.
 */
function run({ surge, maxOfB = 12, instancesInA, areBound = false }: Given) {
  let nodes: ClusterNode[] = [1, 2, 3].flatMap((index) => [
    oldNodeNamed(`a-${index}`, "us-west-2a"),
    oldNodeNamed(`b-${index}`, "us-west-2b"),
  ]);
  let pods: ClusterPod[] = nodes.flatMap(({ name }) =>
    webPods(PODS, name).map((pod) => ({ ...pod, hasClaims: areBound && name.startsWith("a") })),
  );
  let waiting: ClusterPod[] = [];
  const sizes = new Map([
    [poolA.nodeGroupName, 0],
    [poolB.nodeGroupName, 0],
  ]);
  const exhausted = new Map<string, string>();
  const pools = (): WorkerPool[] =>
    [
      { ...poolA, maxSize: 12 },
      { ...poolB, maxSize: maxOfB },
    ].map((pool) => ({
      ...pool,
      desiredSize: sizes.get(pool.nodeGroupName) ?? 0,
      nodes: nodesOfPool(nodes, pool),
    }));
  const first = clusterWith(nodes, pods);
  const old = oldNodes(first);
  const { bases } = plannedSurge(
    first,
    pools(),
    old,
    old.map((one) => [one]),
    { surge },
  );
  let mostWaiting = 0;

  const grow = (name: string, desired: number) => {
    sizes.set(name, desired);
    const zone = name === poolA.nodeGroupName ? "us-west-2a" : "us-west-2b";
    const has = nodes.filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === name).length;
    for (let index = has; index < desired; index++) {
      if (name === poolA.nodeGroupName && index >= instancesInA) {
        exhausted.set(name, BECAUSE);
        return;
      }
      const owner = { kind: "managedNodeGroup", name } as const;
      nodes.push({ ...newNode, name: `${name}-${index}`, availabilityZone: zone, owner });
    }
  };
  const place = () => {
    const homeless = waiting;
    waiting = [];
    for (const pod of homeless) {
      const home = nodes.find(
        ({ name, owner }) =>
          owner.kind === "managedNodeGroup" &&
          owner.name !== "general" &&
          pods.filter(({ nodeName }) => nodeName === name).length < 20,
      );
      if (home === undefined) waiting.push(pod);
      else pods.push({ ...pod, nodeName: home.name, address: "100.64.0.10" });
    }
    mostWaiting = Math.max(mostWaiting, waiting.length);
  };
  let last: NextStep | undefined;
  for (let look = 0; look < 60 && last?.kind !== "end"; look++) {
    const state = {
      ...{
        newestNodeAtMs: 0,
        blocked: new Set<string>(),
        going: new Set<string>(),
        isGrowing: false,
        size: 1,
      },
      ...{ exhausted, bases, checked: new Set(sizes.keys()) },
    };
    last = nextStep(clusterWith(nodes, pods), pools(), state, rotationOptions({ surge }));
    if (last.kind === "end") break;
    const { drain, grow: added } = last;
    for (const { node } of drain) {
      nodes = nodes.filter(({ name }) => name !== node.name);
      waiting.push(...pods.filter(({ nodeName }) => nodeName === node.name));
      pods = pods.filter(({ nodeName }) => nodeName !== node.name);
    }
    place();
    for (const { nodeGroupName, desiredSize } of added) {
      if (desiredSize > (sizes.get(nodeGroupName) ?? 0)) grow(nodeGroupName, desiredSize);
    }
    place();
  }
  return {
    end: last?.kind === "end" ? last.withoutCapacity : last?.kind,
    left: nodes.flatMap(({ name }) => (/^[ab]-/.test(name) ? [name] : [])).sort(),
    sizes: [...sizes.values()],
    waiting: waiting.length,
    mostWaiting,
  };
}

describe("a zone that has no instances left while a run is under way", () => {
  for (const surge of [undefined, 0, 1, 2]) {
    it(`is taken over by another one ${surge === undefined ? "without a surge" : `within a surge of ${surge}`}`, () => {
      for (const instancesInA of [0, 1, 2]) {
        const { end, left, waiting, mostWaiting, sizes } = run({
          ...(surge !== undefined && { surge }),
          instancesInA,
        });
        assert.deepEqual([end, left, waiting], [[], [], 0], `${instancesInA} instances`);
        assert.ok(mostWaiting <= PODS, "no second node goes before the first one's pods have room");
        assert.ok((sizes[1] ?? 0) <= 6, `${sizes.join()} workers`);
      }
    });
  }

  it("keeps those of its nodes for which the others have no room below their maximum; the others go on", () => {
    for (const surge of [undefined, 0, 1]) {
      const { end, left, waiting } = run({
        ...(surge !== undefined && { surge }),
        instancesInA: 1,
        maxOfB: 3,
      });
      assert.equal(waiting, 0);
      assert.ok(typeof end === "object");
      assert.deepEqual(
        end.map(({ node }) => node),
        left,
      );
      assert.ok(left.length > 0 && left.every((name) => name.startsWith("a-")), left.join());
      assert.equal(
        end[0]?.because,
        "workers-us-west-2a gets no worker: no m5.large is left. And other zones' pools of its worker group have no room left below their maximum; raise their maxSize, or run the rotation again later.",
      );
    }
  });

  it("keeps those of its nodes whose pods may not leave it", () => {
    const { end, left, waiting } = run({ surge: 1, instancesInA: 1, areBound: true });
    assert.ok(typeof end === "object");
    assert.deepEqual([end.map(({ node }) => node), waiting], [left, 0]);
    assert.ok(left.every((name) => name.startsWith("a-")));
  });
});
