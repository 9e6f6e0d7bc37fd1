import assert from "node:assert/strict";
import type { Clock } from "../../automation/clock";
import { KubernetesError, type ApiObject } from "../../automation/kubernetes";
import { mirror, type Mirror } from "../../automation/kubernetesMirror";
import { PlayedCollections, settles } from "./playedCollections";

const NODES = "/api/v1/nodes";

describe("a mirror of a collection", () => {
  let played: PlayedCollections;
  let controller: AbortController;
  let slept: number[];
  let changes: (readonly [before: string | undefined, after: string | undefined])[];
  beforeEach(() => {
    [played, controller, slept, changes] = [new PlayedCollections(), new AbortController(), [], []];
  });
  afterEach(() => {
    controller.abort(new Error("the test is over"));
  });

  // Waiting takes no time, but the clock goes on by it.
  const clock: Clock = {
    now: () => slept.reduce((sum, milliseconds) => sum + milliseconds, 0),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      await new Promise(setImmediate);
      signal?.throwIfAborted();
    },
  };
  const node = (name: string, colour: string): ApiObject => ({ metadata: { name, labels: { colour } } });
  const slim = ({ metadata: { name, labels } }: ApiObject) => `${name} ${labels?.colour ?? ""}`;
  const begin = (): Promise<Mirror<string>> =>
    mirror(
      { kubernetes: played.kubernetes, clock, signal: controller.signal },
      { path: NODES, slim, onChange: (...change) => changes.push(change) },
    );
  const shown = (of: Mirror<string>) => [...of.values()].sort();
  const shows = (of: Mirror<string>, ...objects: string[]) =>
    settles(() => shown(of).join() === objects.join());
  const broken = () => new KubernetesError(`watch ${NODES}`, 0, "socket hang up");

  it("shows what was listed, and each change with what was there before", async () => {
    played.put(NODES, node("a", "red"));
    const nodes = await begin();
    assert.deepEqual(shown(nodes), ["a red"]);
    played.put(NODES, node("b", "red"));
    played.put(NODES, node("a", "blue"));
    played.remove(NODES, node("b", "red"));
    await shows(nodes, "a blue");
    assert.deepEqual(changes, [
      [undefined, "a red"],
      [undefined, "b red"],
      ["a red", "a blue"],
      ["b red", undefined],
    ]);
  });

  it("goes on behind what it has seen when the server ends the watch, and lists nothing again", async () => {
    const nodes = await begin();
    played.put(NODES, node("a", "red"));
    await shows(nodes, "a red");
    played.endWatches(NODES);
    played.put(NODES, node("b", "red"));
    await shows(nodes, "a red", "b red");
    assert.deepEqual(played.asked, [`list ${NODES}`, `watch ${NODES} from 0`, `watch ${NODES} from 1`]);
  });

  it("goes on behind a bookmark, which changes nothing", async () => {
    const nodes = await begin();
    played.bookmark(NODES);
    played.put(NODES, node("a", "red"));
    await shows(nodes, "a red");
    played.bookmark(NODES);
    await settles(() => played.asked.length === 2);
    await new Promise(setImmediate);
    played.endWatches(NODES);
    await settles(() => played.asked.length === 3);
    assert.deepEqual([played.asked.at(-1), changes.length], [`watch ${NODES} from 3`, 1]);
  });

  it("goes on where it was after the connection broke", async () => {
    const nodes = await begin();
    played.put(NODES, node("a", "red"));
    await shows(nodes, "a red");
    played.breakWatches(broken());
    played.put(NODES, node("a", "blue"));
    await shows(nodes, "a blue");
    assert.deepEqual(played.asked, [`list ${NODES}`, `watch ${NODES} from 0`, `watch ${NODES} from 1`]);
  });

  it("lists again where the version is too old, and tells what came, changed and went meanwhile", async () => {
    for (const name of ["a", "b"]) played.put(NODES, node(name, "red"));
    const nodes = await begin();
    changes = [];
    played.putUnseen(NODES, node("a", "blue"));
    played.putUnseen(NODES, node("c", "red"));
    played.refusals.push(new KubernetesError(`watch ${NODES}`, 410, "too old resource version"));
    await settles(() => played.asked.length > 1);
    played.breakWatches(broken());
    await shows(nodes, "a blue", "b red", "c red");
    assert.deepEqual(changes, [
      ["a red", "a blue"],
      ["b red", "b red"],
      [undefined, "c red"],
    ]);
    assert.equal(nodes.lost.aborted, false);
  });

  it("forgets on a new list what went unseen", async () => {
    for (const name of ["a", "b"]) played.put(NODES, node(name, "red"));
    const nodes = await begin();
    played.refusals.push(new KubernetesError(`watch ${NODES}`, 410, "too old resource version"));
    played.endWatches(NODES);
    played.remove(NODES, node("b", "red"));
    changes = [];
    await shows(nodes, "a red");
    assert.deepEqual(changes.at(-1), ["b red", undefined]);
  });

  it("asks ever less often while the server is away, and is as before when it is back", async () => {
    const nodes = await begin();
    await settles(() => played.asked.length === 2);
    played.refusals.push(...Array.from({ length: 9 }, broken));
    played.breakWatches(broken());
    await settles(() => played.asked.length === 12);
    played.put(NODES, node("a", "red"));
    await shows(nodes, "a red");
    assert.deepEqual(slept, [100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
    assert.equal(nodes.lost.aborted, false);
  });

  it("is lost after two minutes without a word, with the last reason", async () => {
    const nodes = await begin();
    played.refusals.push(...Array.from({ length: 99 }, broken));
    played.breakWatches(broken());
    await settles(() => nodes.lost.aborted);
    assert.match(String(nodes.lost.reason), /socket hang up/);
    assert.ok(clock.now() > 120_000 && clock.now() <= 130_000, `${clock.now()} ms`);
  });

  it("is lost with the signal's reason, and asks no more", async () => {
    const nodes = await begin();
    await settles(() => played.asked.length === 2);
    const reason = new Error("nobody looks any more");
    controller.abort(reason);
    await settles(() => nodes.lost.aborted);
    assert.deepEqual([nodes.lost.reason, played.asked.length], [reason, 2]);
  });

  it("fails where the first list does", async () => {
    const refused = new KubernetesError(`GET ${NODES}`, 403, "nodes is forbidden");
    played.kubernetes.snapshot = () => Promise.reject(refused);
    await assert.rejects(begin(), refused);
    assert.deepEqual(played.asked, []);
  });
});
