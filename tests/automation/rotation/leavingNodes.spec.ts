import assert from "node:assert/strict";
import type { RotationHappening } from "../../../automation/rotation/events";
import { leavingNodes } from "../../../automation/rotation/leavingNodes";
import type { ActingTools } from "../../../automation/rotation/outside";
import { readRecord, ROTATION_RECORD, type RotationRecord } from "../../../automation/rotation/record";
import { recordConfigMap, type RecordConfigMap } from "../../../automation/recordConfigMap";
import { newNode, oldNodeNamed } from "../../planning/rotation/builders";
import { playedLease } from "./playedLease";

const RECORD: RotationRecord = {
  ...{ version: 1, runId: "7f3a", isFinished: false, newestNodeAtMs: 0, startedAtMs: 0, groups: {} },
};
const leaked = (eniId: string) =>
  `old-1 left ${eniId} behind, which take addresses and keep their subnets from being deleted. aws-node of another node removes them in a while, unless that is switched off; --remove-leaked-enis does so at once.`;

const ATTACHED: RotationHappening = {
  ...{ type: "departing", node: "old-1", because: "network interfaces eni-1 are still attached" },
};

/** A cluster with a record; what Nodes there are and how their interfaces are is as tests say, and change. */
class World {
  object = recordConfigMap(ROTATION_RECORD, RECORD);
  /** Instances by the names of Nodes. */
  nodes: Record<string, string> = {};
  /** States of interfaces, by instance and by their ids. */
  enis: Record<string, Record<string, string>> = {};
  readonly events: RotationHappening[] = [];
  readonly removed: string[] = [];
  writes = 0;
  nowMs = 0;
  /** What happens while somebody waits. */
  meanwhile: () => void = () => undefined;

  /** What a process works with that goes on with what the record says. */
  async process(removeLeakedEnis = false) {
    const earlier = await readRecord(this.#kubernetes());
    const watch = {
      node: (name: string) => {
        const instanceId = this.nodes[name];
        return instanceId === undefined ? undefined : { ...newNode, name, instanceId };
      },
    };
    const options = { removeLeakedEnis, nodeTimeoutSeconds: 9 };
    return leavingNodes(this.#tools(), watch, options, earlier?.leaving);
  }

  async recorded() {
    return (await readRecord(this.#kubernetes()))?.leaving;
  }

  #kubernetes() {
    return {
      get: () => Promise.resolve(this.object),
      patch: (_: string, change: RecordConfigMap) => {
        this.writes += 1;
        this.object = { ...this.object, ...change };
        return Promise.resolve(this.object);
      },
    } as object as ActingTools["kubernetes"];
  }

  #tools(): ActingTools {
    const send = ({
      input,
    }: {
      input: { Filters?: { Values: string[] }[]; NetworkInterfaceId?: string };
    }) => {
      const { Filters, NetworkInterfaceId } = input;
      if (NetworkInterfaceId !== undefined) this.removed.push(NetworkInterfaceId);
      const states = this.enis[Filters?.[0]?.Values[0] ?? ""] ?? {};
      const NetworkInterfaces = Object.entries(states).map(([id, Status]) => ({
        ...{ NetworkInterfaceId: id, Status },
      }));
      return Promise.resolve({ NetworkInterfaces });
    };
    const sleep = (ms: number) => {
      this.nowMs += ms;
      this.meanwhile();
      return Promise.resolve();
    };
    return {
      ...{ ec2: { send }, kubernetes: this.#kubernetes(), signal: new AbortController().signal },
      ...{ clock: { now: () => this.nowMs, sleep }, lease: playedLease() },
      emit: (event: RotationHappening) => this.events.push(event),
    } as object as ActingTools;
  }
}

/** A process was killed as old-1, with the instance i-1, was on its way out. */
async function killed(): Promise<World> {
  const world = new World();
  world.nodes = { "old-1": "i-1", "old-2": "i-2" };
  const first = await world.process();
  await first.begin([
    { ...oldNodeNamed("old-1"), instanceId: "i-1" },
    { ...oldNodeNamed("old-2"), instanceId: "i-2" },
  ]);
  first.ended("i-2");
  return world;
}

describe("nodes on their way out when a process was killed", () => {
  it("are recorded before anything is done to them, and no longer than they are on their way", async () => {
    const world = new World();
    const process = await world.process();
    await process.begin([{ ...oldNodeNamed("old-1"), instanceId: "i-1" }]);
    assert.deepEqual(await world.recorded(), [{ name: "old-1", instanceId: "i-1" }]);
    process.ended("i-1");
    await process.begin([{ ...oldNodeNamed("old-2"), instanceId: "i-2" }]);
    assert.deepEqual(await world.recorded(), [{ name: "old-2", instanceId: "i-2" }]);
    await process.finished();
    assert.deepEqual(await world.recorded(), [{ name: "old-2", instanceId: "i-2" }], "its end was not seen");
    process.ended("i-2");
    await process.finished();
    assert.equal(await world.recorded(), undefined);
    assert.equal(world.writes, 4);
  });

  it("are told apart by their instances, for a name comes again", async () => {
    const world = new World();
    const process = await world.process();
    for (const instanceId of ["i-1", "i-2"]) await process.begin([{ ...oldNodeNamed("old-1"), instanceId }]);
    process.ended("i-2");
    await process.finished();
    assert.deepEqual(await world.recorded(), [{ name: "old-1", instanceId: "i-1" }]);
  });

  it("have interfaces told that they left behind, by the process that goes on, once", async () => {
    const world = await killed();
    world.nodes = {};
    world.enis = { "i-1": { "eni-1": "available" } };
    const next = await world.process();
    await next.look();
    await next.look();
    assert.deepEqual(world.events, [{ type: "note", note: leaked("eni-1") }]);
    assert.equal(await world.recorded(), undefined, "whoever goes on after a pause does not tell it again");
    await next.finished();
    await (await world.process()).look();
    assert.equal(world.events.length, 1);
  });

  it("are not told again after a pause by which they had ended", async () => {
    const world = await killed();
    world.nodes = { "old-1": "i-1" };
    const process = await world.process();
    await process.begin([{ ...oldNodeNamed("old-2"), instanceId: "i-2" }]);
    process.ended("i-2");
    await process.write();
    assert.deepEqual(await world.recorded(), [{ name: "old-1", instanceId: "i-1" }]);
  });

  it("have them removed when that was asked for", async () => {
    const world = await killed();
    world.nodes = { "old-1": "i-3" };
    world.enis = { "i-1": { "eni-1": "available" } };
    await (await world.process(true)).look();
    assert.deepEqual(world.removed, ["eni-1"]);
    assert.deepEqual(world.events, [{ type: "eniRemoved", node: "old-1", eniId: "eni-1" }]);
  });

  it("are left to the drain while their Nodes are there, and until nothing is attached any more", async () => {
    const world = await killed();
    world.enis = { "i-1": { "eni-1": "available" } };
    const next = await world.process();
    await next.look();
    assert.deepEqual(world.events, []);
    world.nodes = {};
    world.enis = { "i-1": { "eni-1": "in-use" } };
    await next.look();
    assert.deepEqual(world.events, []);
    world.meanwhile = () => {
      world.enis = { "i-1": { "eni-1": "available" } };
    };
    await next.finished();
    assert.deepEqual(
      [world.nowMs, world.events],
      [3_000, [ATTACHED, { type: "note", note: leaked("eni-1") }]],
    );
  });

  it("are waited for no longer than for a node", async () => {
    const world = await killed();
    world.nodes = {};
    world.enis = { "i-1": { "eni-1": "in-use" } };
    await (await world.process()).finished();
    const note = "old-1 is gone, but network interfaces eni-1 are still attached. Look at them.";
    assert.deepEqual([world.nowMs, world.events], [12_000, [ATTACHED, { type: "note", note }]]);
  });

  it("are this process's once it drains them itself", async () => {
    const world = await killed();
    const next = await world.process();
    await next.begin([{ ...oldNodeNamed("old-1"), instanceId: "i-1" }]);
    world.nodes = {};
    world.enis = { "i-1": { "eni-1": "available" } };
    await next.look();
    assert.deepEqual(world.events, []);
  });
});
