import assert from "node:assert/strict";
import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { HeldLease } from "../../../automation/rotation/lease";
import type { TellingTools } from "../../../automation/rotation/outside";
import { terminateInstance } from "../../../automation/rotation/terminate";

/** AWS with one instance: Auto Scaling's answers in turn, and the state that EC2 tells. */
function awsWith(lifecycles: (string | undefined)[], ec2State: string | undefined, fails = false) {
  const acts: string[] = [];
  const send = (command: object) => {
    if (command.constructor.name === "TerminateInstanceInAutoScalingGroupCommand") {
      acts.push("terminate");
      return fails ? Promise.reject(new Error("ValidationError")) : Promise.resolve({});
    }
    const LifecycleState = lifecycles.length > 1 ? lifecycles.shift() : lifecycles[0];
    return Promise.resolve({
      AutoScalingInstances: LifecycleState === undefined ? [] : [{ InstanceId: "i-1", LifecycleState }],
    });
  };
  const Instances = ec2State === undefined ? [] : [{ State: { Name: ec2State } }];
  const tools = {
    autoScaling: { send } as Partial<AutoScalingClient>,
    ec2: { send: () => Promise.resolve({ Reservations: [{ Instances }] }) } as Partial<EC2Client>,
    signal: new AbortController().signal,
    emit: () => undefined,
  } as object as TellingTools;
  const lease = { assertHeld: () => Promise.resolve() } as Partial<HeldLease> as HeldLease;
  return { acts, terminate: () => terminateInstance(tools, lease, "old-1", "i-1") };
}

describe("the termination of an instance", () => {
  it("is asked for where its group has it", async () => {
    const { acts, terminate } = awsWith(["InService"], "running");
    assert.deepEqual([await terminate(), acts], ["terminating", ["terminate"]]);
  });

  for (const [title, lifecycle, state] of [
    ["is under way", "Terminating:Wait", "running"],
    ["is over in Auto Scaling, and under way in EC2", undefined, "shutting-down"],
    ["is over", undefined, undefined],
  ] as const) {
    it(`is not asked for again where it ${title}`, async () => {
      const { acts, terminate } = awsWith([lifecycle], state);
      assert.deepEqual([await terminate(), acts], ["terminating", []]);
    });
  }

  it("is not claimed of an instance that no group has", async () => {
    const { acts, terminate } = awsWith([undefined], "running");
    assert.deepEqual([await terminate(), acts], ["notInAGroup", []]);
  });

  it("has worked when AWS refuses its repetition, and not when the instance is as before", async () => {
    const done = awsWith(["InService", "Terminating"], "running", true);
    assert.equal(await done.terminate(), "terminating");
    await assert.rejects(awsWith(["InService"], "running", true).terminate(), /ValidationError/);
  });
});
