import assert from "node:assert/strict";
import { EC2Client } from "@aws-sdk/client-ec2";
import { KubernetesError, type ApiObject } from "../../../automation/kubernetes";
import { CONFIG_MAPS, recordConfigMap, type RecordConfigMap } from "../../../automation/recordConfigMap";
import type { RotationHappening } from "../../../automation/rotation/events";
import { HISTORY, keepingHistory, readHistory } from "../../../automation/rotation/history";
import type { ActingTools } from "../../../automation/rotation/outside";
import type { Timeline } from "../../../planning/report/timeline";
import { playedLease } from "./playedLease";
import { playedWatch } from "./playedWatch";

const PATH = `${CONFIG_MAPS}/${HISTORY}`;
const apiNode = (name: string) => ({
  metadata: {
    ...{ name, uid: name, creationTimestamp: "2026-11-20T00:00:00Z" },
    labels: { "topology.kubernetes.io/zone": "us-west-2a", "node.kubernetes.io/instance-type": "m5.large" },
  },
  spec: { providerID: `aws:///us-west-2a/i-${name}` },
  status: { allocatable: { pods: "29" }, conditions: [{ type: "Ready", status: "True" }] },
});
const started = (isResumed: boolean): RotationHappening => ({
  ...{ type: "started", runId: "7f3a", isResumed, rotatedEarlier: 0 },
});
const marksIn = ({ nodes }: Timeline) =>
  [...nodes.values()].map(({ name, isNew, marks }) => [
    name,
    isNew,
    marks.map(({ kind, at }) => `${kind} ${at}`).join(" "),
  ]);
const planned = (...nodes: readonly string[]) =>
  ({
    type: "planned",
    plan: { old: nodes.map((node) => ({ node, reasons: [] })) },
  }) as object as RotationHappening;

/** A cluster in which a history is kept. */
class World {
  nowMs = Date.UTC(2026, 10, 20);
  readonly objects = new Map<string, RecordConfigMap>();
  readonly told: RotationHappening[] = [];
  readonly acts: string[] = [];
  nodes = ["old-1", "old-2"];
  /** What the API server says to a write. */
  refusal: Error | undefined;

  /** Lets a process keep its history. */
  async keep(
    act: (emit: ActingTools["emit"], pass: (seconds: number) => Promise<void>) => Promise<string>,
    isLost = () => false,
  ): Promise<string> {
    const written = (object: RecordConfigMap): ApiObject => {
      if (this.refusal !== undefined) throw this.refusal;
      this.objects.set(PATH, object);
      this.acts.push("written");
      return object;
    };
    const kubernetes = {
      get: (path: string) => Promise.resolve().then(() => this.objects.get(path) ?? this.#missing()),
      patch: (path: string, change: object) =>
        Promise.resolve().then(() => written({ ...(this.objects.get(path) ?? this.#missing()), ...change })),
      create: (_: string, object: RecordConfigMap) => Promise.resolve().then(() => written(object)),
    };
    const Subnets = [
      {
        SubnetId: "subnet-1",
        AvailabilityZone: "us-west-2a",
        CidrBlock: "10.8.0.0/19",
        AvailableIpAddressCount: 7,
      },
    ];
    const lease = playedLease(this.acts, isLost);
    const tools = {
      ec2: Object.assign(new EC2Client({ region: "us-west-2" }), {
        send: () => Promise.resolve({ Subnets }),
      }),
      clock: { now: () => this.nowMs },
      emit: (event: RotationHappening) => this.told.push(event),
      signal: new AbortController().signal,
      ...{ kubernetes, lease },
    } as object as ActingTools;
    const watch = {
      nodes: () => playedWatch({ nodes: this.nodes.map(apiNode) }).nodes(),
    };
    const pass = async (seconds: number) => {
      this.nowMs += seconds * 1000;
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    };
    const of = { vpcId: "vpc-1", isWayBack: false };
    const held = { tools, tidy: tools, notes: [], watch };
    const { outcome } = await keepingHistory(held, of, async (kept) => ({
      outcome: await act(kept.tools.emit, pass),
    }));
    return outcome;
  }

  async read(): Promise<Timeline> {
    const kubernetes = { get: () => Promise.resolve(this.objects.get(PATH) ?? this.#missing()) };
    const read = await readHistory(kubernetes as object as Parameters<typeof readHistory>[0]);
    return read ?? assert.fail("it is kept");
  }

  #missing(): never {
    throw new KubernetesError(`GET ${PATH}`, 404, "not found");
  }
}

describe("the history of a rotation", () => {
  it("is one over several processes, with how things were before the first", async () => {
    const world = new World();
    await world
      .keep(async (emit, pass) => {
        emit(planned("old-1", "old-2"));
        emit(started(false));
        await pass(10);
        emit({ type: "cordoned", node: "old-1" });
        throw new Error("Ctrl-C");
      })
      .catch((error: unknown) => {
        assert.equal(String(error), "Error: Ctrl-C");
      });
    world.nowMs += 60_000;
    world.nodes = ["old-2", "new-1"];
    await world.keep(async (emit, pass) => {
      emit(planned("old-2"));
      emit(started(true));
      await pass(5);
      emit({ type: "progress", zones: [], podsInside: 3, podsOutside: 2 });
      emit({ type: "gone", node: "old-2" });
      return "done";
    });
    const timeline = await world.read();
    const { processes, samples, before } = timeline;
    assert.deepEqual(processes, [
      { runId: "7f3a", from: 0, to: 10, end: "cut off" },
      { runId: "7f3a", from: 70, to: 75, end: "done" },
    ]);
    assert.deepEqual(marksIn(timeline), [
      ["old-1", false, "cordoned 10 gone 70"],
      ["old-2", false, "gone 75"],
      ["new-1", true, "ready 70"],
    ]);
    assert.deepEqual(samples, [{ at: 75, inside: 3, outside: 2 }]);
    assert.deepEqual(before, {
      subnets: [
        { subnetId: "subnet-1", availabilityZone: "us-west-2a", cidrBlock: "10.8.0.0/19", freeAddresses: 7 },
      ],
      types: [{ instanceType: "m5.large", maxPods: 29, nodes: 2 }],
    });
  });

  it("is at its end where a later run finds nothing left to do, and then stays as it is", async () => {
    const world = new World();
    await world
      .keep(async (emit, pass) => {
        emit(planned("old-1"));
        emit(started(false));
        await pass(10);
        emit({ type: "terminating", node: "old-1", instanceId: "i-1" });
        throw new Error("Ctrl-C");
      })
      .catch(() => undefined);
    world.nodes = ["new-1"];
    const findsNothing = async () => {
      world.nowMs += 60_000;
      await world.keep(async (emit, pass) => {
        emit(planned());
        await pass(5);
        return "done";
      });
      return world.read();
    };
    const timeline = await findsNothing();
    assert.deepEqual(timeline.processes, [
      { runId: "7f3a", from: 0, to: 10, end: "cut off" },
      { runId: "7f3a", from: 70, to: 75, end: "done" },
    ]);
    assert.deepEqual(marksIn(timeline), [
      ["old-1", false, "terminated 10 gone 70"],
      ["old-2", true, "ready 0 gone 70"],
      ["new-1", true, "ready 70"],
    ]);
    assert.deepEqual(await findsNothing(), timeline);
  });

  it("has a worker that came and went between two looks at the progress", async () => {
    const world = new World();
    await world.keep(async (emit, pass) => {
      emit(planned("old-1", "old-2"));
      emit(started(false));
      await pass(20);
      world.nodes.push("new-1");
      emit({ type: "workerReady", nodeGroupName: "pods-a", node: "new-1" });
      await pass(20);
      world.nodes.pop();
      emit({ type: "progress", zones: [], podsInside: 0, podsOutside: 2 });
      return "stopped";
    });
    assert.deepEqual(marksIn(await world.read()), [
      ["old-1", false, ""],
      ["old-2", false, ""],
      ["new-1", true, "ready 20 gone 40"],
    ]);
  });

  it("is written at the begin, each half minute and at the end, each time under the lease", async () => {
    const world = new World();
    await world.keep(async (emit, pass) => {
      emit(planned("old-1"));
      emit(started(false));
      await pass(0);
      for (let second = 0; second < 70; second += 1) {
        emit({ type: "cordoned", node: "old-1" });
        await pass(1);
      }
      return "paused";
    });
    assert.deepEqual(world.acts, Array.from({ length: 4 }, () => ["held", "written"]).flat());
  });

  it("that can't be written is told once, and fails nothing", async () => {
    const world = new World();
    world.refusal = new Error("etcdserver: no space");
    const outcome = await world.keep(async (emit, pass) => {
      emit(planned("old-1"));
      emit(started(false));
      await pass(40);
      emit({ type: "cordoned", node: "old-1" });
      await pass(40);
      return "done";
    });
    assert.equal(outcome, "done");
    assert.deepEqual(
      world.told.flatMap((event) => (event.type === "note" ? [event.note] : [])),
      ["The history of this run is not kept whole, podnet report shows less: etcdserver: no space"],
    );
  });

  it("of another version is left as it is, and told", async () => {
    const world = new World();
    const other = recordConfigMap(HISTORY, { version: 2 });
    world.objects.set(PATH, other);
    await world.keep(async (emit, pass) => {
      emit(planned("old-1"));
      emit(started(false));
      await pass(40);
      emit({ type: "cordoned", node: "old-1" });
      return "done";
    });
    assert.equal(world.objects.get(PATH), other);
    assert.deepEqual(world.told.filter(({ type }) => type === "note").length, 1);
  });

  it("of a run that touches nothing is none", async () => {
    const world = new World();
    await world.keep((emit) => {
      emit(planned());
      return Promise.resolve("done");
    });
    assert.deepEqual(world.acts, []);
  });
});
