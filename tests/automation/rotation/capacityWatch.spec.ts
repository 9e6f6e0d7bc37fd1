import assert from "node:assert/strict";
import type { RotationHappening } from "../../../automation/rotation/events";
import { addWorkers } from "../../../automation/rotation/addWorkers";
import { RotationStopped } from "../../../automation/rotation/result";
import { newNode, poolA, poolB } from "../../planning/rotation/builders";
import { playedLease } from "./playedLease";

const NONE = "We currently do not have sufficient m5.large capacity in the Availability Zone you requested.";
const QUOTA = "You've reached your quota for maximum instances.";

/** The latest launch of zone a's group, second by second. */
type Launches = (second: number) => { readonly StatusCode: string; readonly StatusMessage?: string };

const failed = (StatusMessage: string) => ({ StatusCode: "Failed", StatusMessage });

/** Adds a worker to each of two zones, of which zone b gets one at once. */
async function added(latest: Launches) {
  let nowMs = 0;
  const events: RotationHappening[] = [];
  const send = (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const isOfA = JSON.stringify(command.input).includes("2a");
    switch (command.constructor.name) {
      case "DescribeNodegroupCommand": {
        const name = isOfA ? "asg-2a" : "asg-2b";
        const scalingConfig = { minSize: 0, maxSize: 6, desiredSize: 1 };
        return Promise.resolve({
          nodegroup: { scalingConfig, resources: { autoScalingGroups: [{ name }] } },
        });
      }
      case "DescribeScalingActivitiesCommand": {
        const launch = isOfA ? latest(nowMs / 1000) : { StatusCode: "Successful" };
        return Promise.resolve({ Activities: [{ Description: "Launching a new EC2 instance", ...launch }] });
      }
      default:
        throw new Error(command.constructor.name);
    }
  };
  const worker = { ...newNode, owner: { kind: "managedNodeGroup", name: poolB.nodeGroupName } };
  const run = {
    tools: {
      ...{ eks: { send }, autoScaling: { send }, lease: playedLease() },
      clock: { now: () => nowMs },
      signal: new AbortController().signal,
      emit: (event: RotationHappening) => events.push(event),
    },
    outputs: { clusterName: "small" },
    options: { nodeTimeoutSeconds: 120 },
    watch: {
      nodes: () => [worker],
      changes: () => ({ next: (ms: number) => Promise.resolve(void (nowMs += ms)) }),
    },
    observe: () => Promise.resolve("the cluster by then"),
  } as object as Parameters<typeof addWorkers>[0];
  const targets = [poolA, poolB].map(({ nodeGroupName, availabilityZones }) => ({
    ...{ nodeGroupName, availabilityZones, desiredSize: 1, added: 1 },
  }));
  const outcome = await addWorkers(run, [poolA, poolB], targets).catch((error: unknown) => error);
  return { outcome, seconds: nowMs / 1000, types: events.map(({ type }) => type) };
}

describe("workers that EC2 has no instances for", () => {
  const exhausted = { observed: "the cluster by then", exhausted: new Map([[poolA.nodeGroupName, NONE]]) };

  it("are waited for no longer than half a minute, and those of other zones are there", async () => {
    const { outcome, seconds, types } = await added(() => failed(NONE));
    assert.deepEqual([outcome, seconds], [exhausted, 35]);
    assert.deepEqual(types, ["surging", "surging", "workerReady", "outOfCapacity"]);
  });

  it("are none the more because Auto Scaling has just begun to try again", async () => {
    const { outcome, seconds } = await added((second) =>
      second % 10 === 0 ? { StatusCode: "InProgress" } : failed(NONE),
    );
    assert.deepEqual([outcome, seconds], [exhausted, 35]);
  });

  it("are on their way once an instance is launched", async () => {
    const { outcome, seconds } = await added((second) =>
      second < 30 ? failed(NONE) : { StatusCode: "PreInService" },
    );
    assert.ok(outcome instanceof RotationStopped);
    assert.equal(seconds, 121, "it had all the time for becoming Ready");
  });

  it("end the run with the reason where it is another one, such as a quota", async () => {
    const { outcome } = await added(() => failed(QUOTA));
    assert.ok(outcome instanceof RotationStopped);
    assert.match(outcome.message, /workers-us-west-2a: 0 of 1 Ready \(You've reached your quota/);
  });
});
