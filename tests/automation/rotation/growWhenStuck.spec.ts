import assert from "node:assert/strict";
import type { RotationHappening } from "../../../automation/rotation/events";
import { growWhenStuck } from "../../../automation/rotation/growWhenStuck";
import { LeaseLostError } from "../../../automation/rotation/lease";
import { poolSources } from "../../../automation/rotation/pools";
import { clusterWith, oldNodeNamed, webPod } from "../../planning/rotation/builders";
import { playedLease } from "./playedLease";

describe("a worker that is added for pods which no node takes", () => {
  const ZONES = ["us-west-2a", "us-west-2b"];

  /** Pods of a node of zone a wait for half a minute, the second look is after that. */
  async function grown(exhausted: readonly string[], isLost = false) {
    let nowMs = 0;
    const events: RotationHappening[] = [];
    const asked: string[] = [];
    const send = (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
      if (command.constructor.name === "UpdateNodegroupConfigCommand") {
        asked.push((command.input as { readonly nodegroupName: string }).nodegroupName);
        return Promise.resolve({ update: { id: "1" } });
      }
      const scalingConfig = { minSize: 0, maxSize: 6, desiredSize: 1 };
      return Promise.resolve({
        nodegroup: { scalingConfig, instanceTypes: ["m5.large"] },
        update: { status: "Successful" },
      });
    };
    const workerGroups = ZONES.map((availabilityZone) => ({
      ...{ name: "workers", kind: "managed", nodeGroupName: `workers-${availabilityZone}` },
      ...{ availabilityZone, replaces: ["general"] },
    }));
    const run = {
      tools: {
        ...{ eks: { send }, lease: playedLease([], () => isLost) },
        clock: { now: () => nowMs },
        signal: new AbortController().signal,
        emit: (event: RotationHappening) => events.push(event),
      },
      outputs: { clusterName: "small" },
      goal: { sources: poolSources({ workerGroups } as object as Parameters<typeof poolSources>[0]) },
      options: { nodeTimeoutSeconds: 60 },
      observe: () => Promise.resolve(clusterWith([], [])),
    } as object as Parameters<typeof growWhenStuck>[0];
    const look = growWhenStuck(run, () => new Map(exhausted.map((name) => [name, "no m5.large is left"])));
    const node = oldNodeNamed("old-1", "us-west-2a");
    await look([webPod], [node]);
    nowMs = 30_000;
    await look([webPod], [node]);
    return asked;
  }

  it("is of their zone's pool, or of another zone's where EC2 has none there", async () => {
    assert.deepEqual(await grown([]), ["workers-us-west-2a"]);
    assert.deepEqual(await grown(["workers-us-west-2a"]), ["workers-us-west-2b"]);
  });

  it("is none of ours once another holds the lease", async () => {
    await assert.rejects(grown([], true), LeaseLostError);
  });
});
