import assert from "node:assert/strict";
import { ResourceNotFoundException } from "@aws-sdk/client-eks";
import { deleteEmptyGroups } from "../../../automation/rotation/emptyGroups";
import type { RotationHappening } from "../../../automation/rotation/events";
import { rotationOptions } from "../../../automation/rotation/rotationOptions";
import type { Run } from "../../../automation/rotation/runContext";
import { CLUSTER_TAG } from "../../../planning/podNetwork/clusterFacts";
import { playedLease } from "./playedLease";

interface Group {
  readonly tags?: Readonly<Record<string, string>>;
  readonly desired?: number;
  readonly isManaged?: boolean;
  /** Whether its Auto Scaling group is not there yet. */
  readonly isCreating?: boolean;
}

/** AWS with groups by their names, each managed one with an Auto Scaling group `asg-NAME`; what is deleted is gone. */
function runWith(groups: Record<string, Group>, deleteEmptyGroupsAsked = true) {
  const acts: string[] = [];
  const events: RotationHappening[] = [];
  const sizesOf = ({ desired = 0 }: Group) => ({
    MinSize: 0,
    MaxSize: 3,
    DesiredCapacity: desired,
    Instances: Array.from({ length: desired }, (_, index) => ({ InstanceId: `i-${index}` })),
  });
  const eks = {
    send: ({ constructor, input }: { constructor: { name: string }; input: { nodegroupName: string } }) => {
      const { nodegroupName: name } = input;
      const group = groups[name];
      if (group?.isManaged !== true)
        return Promise.reject(new ResourceNotFoundException({ message: "no such group", $metadata: {} }));
      if (constructor.name === "DeleteNodegroupCommand") {
        acts.push(`delete node group ${name}`);
        Reflect.deleteProperty(groups, name);
        return Promise.resolve({});
      }
      const nodegroup = {
        tags: group.tags,
        scalingConfig: { minSize: 0, maxSize: 3, desiredSize: group.desired ?? 0 },
        ...(group.isCreating !== true && { resources: { autoScalingGroups: [{ name: `asg-${name}` }] } }),
      };
      return Promise.resolve({ nodegroup });
    },
  };
  const autoScaling = {
    send: ({
      input,
    }: {
      input: { AutoScalingGroupName?: string; AutoScalingGroupNames?: readonly string[] };
    }) => {
      if (input.AutoScalingGroupName !== undefined) {
        acts.push(`delete Auto Scaling group ${input.AutoScalingGroupName}`);
        Reflect.deleteProperty(groups, input.AutoScalingGroupName);
      }
      return Promise.resolve({
        AutoScalingGroups: (input.AutoScalingGroupNames ?? []).flatMap((name) => {
          const group = groups[name.replace(/^asg-/, "")];
          const Tags = Object.entries(group?.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
          return group === undefined ? [] : [{ AutoScalingGroupName: name, Tags, ...sizesOf(group) }];
        }),
      });
    },
  };
  const run = {
    tools: {
      eks,
      autoScaling,
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      emit: (event: RotationHappening) => events.push(event),
      lease: playedLease(acts),
    },
    outputs: { clusterName: "small" },
    goal: { sources: [{ replaces: Object.keys(groups) }] },
    options: rotationOptions({ deleteEmptyGroups: deleteEmptyGroupsAsked }),
  } as object as Run;
  return { acts, events, end: () => deleteEmptyGroups(run) };
}

describe("old groups that are empty", () => {
  it("are deleted when that was asked for, of either kind, and under the lease", async () => {
    const { acts, events, end } = runWith({ general: { isManaged: true }, workers: {} });
    await end();
    assert.deepEqual(acts, [
      "held",
      "delete node group general",
      "held",
      "delete Auto Scaling group workers",
    ]);
    assert.deepEqual(events, [
      { type: "groupDeleted", nodeGroupName: "general" },
      { type: "groupDeleted", nodeGroupName: "workers" },
    ]);
    const unasked = runWith({ general: { isManaged: true }, workers: {} }, false);
    await unasked.end();
    assert.deepEqual(unasked.acts, []);
  });

  for (const [title, group] of [
    ["has a node", { isManaged: true, desired: 1 }],
    ["is being created", { isManaged: true, isCreating: true, desired: 1 }],
    ["is being created without nodes", { isManaged: true, isCreating: true }],
    ["CloudFormation made", { tags: { "aws:cloudformation:stack-name": "workers" } }],
    ["eksctl made", { isManaged: true, tags: { "alpha.eksctl.io/nodegroup-name": "general" } }],
    ["Terraform made", { tags: { ManagedBy: "terraform" } }],
    ["our own stack made", { isManaged: true, tags: { [CLUSTER_TAG]: "small" } }],
  ] as const) {
    it(`stay where one ${title}`, async () => {
      const { acts, end } = runWith({ general: group });
      await end();
      assert.deepEqual(acts, []);
    });
  }
});
