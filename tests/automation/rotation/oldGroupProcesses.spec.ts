import assert from "node:assert/strict";
import type { AutoScalingGroup, LifecycleState } from "@aws-sdk/client-auto-scaling";
import { heldProcesses, resumable } from "../../../automation/rotation/oldGroupProcesses";

const ALL = ["AZRebalance", "AlarmNotification", "ScheduledActions"];

/** A group with instances in two zones, with processes suspended. */
function group(
  instances: readonly [zone: string, state: LifecycleState][],
  suspended: readonly string[],
): AutoScalingGroup {
  return {
    AutoScalingGroupName: "eks-general",
    MinSize: 0,
    MaxSize: 9,
    DefaultCooldown: 0,
    CreatedTime: new Date(0),
    HealthCheckType: "EC2",
    DesiredCapacity: instances.length,
    AvailabilityZones: ["a", "b"],
    Instances: instances.map(([AvailabilityZone, LifecycleState], index) => ({
      InstanceId: `i-${index}`,
      AvailabilityZone,
      LifecycleState,
      HealthStatus: "Healthy",
      ProtectedFromScaleIn: false,
    })),
    SuspendedProcesses: suspended.map((ProcessName) => ({ ProcessName })),
  };
}

describe("the processes of an old group", () => {
  const even: [string, LifecycleState][] = [
    ["a", "InService"],
    ["b", "InService"],
  ];

  it("are ours, except those that its owner has suspended", () => {
    assert.deepEqual(heldProcesses(group(even, [])), ALL);
    assert.deepEqual(heldProcesses(group(even, ["ScheduledActions", "Launch"])), ALL.slice(0, 2));
  });

  it("stay ours where an earlier attempt had suspended them, and no others become it", () => {
    const suspended = group(even, ["AZRebalance", "ScheduledActions"]);
    assert.deepEqual(heldProcesses(suspended, ["AZRebalance"]), ["AZRebalance", "AlarmNotification"]);
  });

  it("are resumed in a group that still has nodes, as far as they are suspended", () => {
    assert.deepEqual(resumable(group(even, ALL), ALL), { resume: ALL, stay: [] });
    assert.deepEqual(resumable(group(even, ["AZRebalance"]), ALL), { resume: ["AZRebalance"], stay: [] });
    assert.deepEqual(resumable(group(even, ALL), ["AZRebalance"]), { resume: ["AZRebalance"], stay: [] });
  });

  it("stay suspended in an emptied group where they would launch old nodes again", () => {
    assert.deepEqual(resumable(group([], ALL), ALL), {
      resume: ["AZRebalance"],
      stay: ["AlarmNotification", "ScheduledActions"],
    });
  });

  it("keep AZRebalance suspended while zones are uneven, instances that are ending aside", () => {
    const uneven = [...even, ["a", "InService"], ["a", "InService"]] as [string, LifecycleState][];
    assert.deepEqual(resumable(group(uneven, ALL), ALL).stay, ["AZRebalance"]);
    const ending = [...even, ["a", "Terminating"], ["a", "Terminating:Wait"]] as [string, LifecycleState][];
    assert.deepEqual(resumable(group(ending, ALL), ALL).stay, []);
  });
});
