import assert from "node:assert/strict";
import {
  describeBroughtUp,
  describeInterrupted,
  describeRefusal,
  describeUnfinished,
} from "../../cli/upText";
import type { Refused } from "../../automation/guardedUp";
import type { Danger } from "../../planning/guard/danger";
import { changeOf } from "../support/changes";

const prod = { name: "prod", stack: "shop", region: "us-west-2", rotation: {} };

const progress = {
  done: [changeOf("create", "aws:ec2/subnet:Subnet", "a")],
  failed: [changeOf("update", "aws:eks/addon:Addon", "cni")],
  pending: [changeOf("create", "aws:eks/nodeGroup:NodeGroup", "workers")],
};

const refused = (
  dangers: readonly Danger[],
  given: Partial<Pick<Refused, "by" | "unmatched">> = {},
): Refused => ({
  outcome: "refused",
  ...{ by: "guard", unmatched: [], ...given },
  dangers,
  ...{ changes: [], counts: {}, diagnostics: [] },
});

const workersLost = {
  id: "WORKERS-LOST" as const,
  resource: "pods-batch",
  urn: "urn:pods-batch",
  title: "deletes the managed node group pods-batch",
  evidence: ["It is protected."],
  wayOut: "Take it away when it is empty.",
};

describe("what podnet up says", () => {
  it("names what is to be allowed in one word of a shell", () => {
    assert.match(
      describeRefusal(prod, refused([{ ...workersLost, resource: "pods of $(team)" }])),
      /: --allow 'WORKERS-LOST=pods of \$\(team\)'$/,
    );
  });

  it("lists every danger with its evidence, its way out, and how to allow it", () => {
    const dangers = [
      {
        id: "SUBNET-LOST" as const,
        resource: "pod-network-us-west-2a",
        urn: "",
        title: "deletes the subnet 100.64.0.0/19 of us-west-2a",
        evidence: ["Pods in it keep it from going.", "It is protected."],
        wayOut: "Give its zone back.",
      },
      {
        id: "CNI-FLAG-OFF" as const,
        resource: "pod-network",
        urn: "",
        title: "turns custom networking off",
        evidence: [],
        wayOut: "Leave it on.",
      },
    ];
    assert.equal(
      describeRefusal(prod, refused(dangers)),
      `prod  us-west-2  stack shop: refused, 2 dangers; nothing of it was done.

SUBNET-LOST   deletes the subnet 100.64.0.0/19 of us-west-2a
              Pods in it keep it from going.
              It is protected.
              -> Give its zone back.
                 To do it all the same: --allow SUBNET-LOST=pod-network-us-west-2a

CNI-FLAG-OFF  turns custom networking off
              -> Leave it on.
                 To do it all the same: --allow CNI-FLAG-OFF=pod-network`,
    );
  });

  it("names what was allowed and is of nothing that would happen", () => {
    const unmatched = [{ id: "WORKERS-LOST" as const, resource: "nope" }, { id: "RANGE-LOST" as const }];
    const lines = describeRefusal(prod, refused([workersLost], { unmatched })).split("\n");
    assert.deepEqual(lines.slice(-4), [
      "                 To do it all the same: --allow WORKERS-LOST=pods-batch",
      "",
      "--allow WORKERS-LOST=nope is of nothing that would happen.",
      "--allow RANGE-LOST is of nothing that would happen.",
    ]);
  });

  it("says of what is allowed and protected that Pulumi refuses it, and how it goes on", () => {
    assert.equal(
      describeRefusal(prod, refused([workersLost], { by: "protection" })),
      `prod  us-west-2  stack shop: refused by Pulumi, 1 danger; nothing of it was done.

WORKERS-LOST  deletes the managed node group pods-batch
              It is protected.
              -> Take it away when it is empty.
                 It is allowed: lift its protection, and do the same again.`,
    );
  });

  it("tells with what aws-node runs, and what is next: nothing where custom networking is off", () => {
    const told = (customNetworking: boolean) =>
      describeBroughtUp(prod, {
        outcome: "done",
        ...{ changes: [], counts: {}, diagnostics: [], dangers: [] },
        outputs: {
          ...{ clusterName: "shop", region: "us-west-2", vpcId: "vpc-1" },
          ...{ podCidrs: [], podSubnets: [], eniConfigs: [], workerGroups: [], cni: { mode: "addOn" } },
        },
        awsNode: { nodes: 6, updated: 6, available: 6 },
        customNetworking,
      });
    assert.equal(
      told(true),
      `prod  us-west-2  stack shop: nothing changed.

aws-node runs with the settings of the pod network on 6 of 6 nodes.
Next: podnet rotate prod`,
    );
    assert.equal(
      told(false),
      `prod  us-west-2  stack shop: nothing changed.

aws-node runs with custom networking off on 6 of 6 nodes.
Nodes take further addresses for pods from their own subnets; those with pods in the pod subnets keep both kinds.`,
    );
  });

  it("tells of an update that failed what is done, what failed, what is left, and what to do next", () => {
    assert.equal(
      describeUnfinished(prod, progress),
      `1 of 3 changes are done, and stay so.
Done:
  create aws ec2 Subnet a
Failed:
  update aws eks Addon cni
Not begun:
  create aws eks NodeGroup workers
Next, when what failed is put right: podnet up prod goes on from here.`,
    );
  });

  it("tells of one that was interrupted what is done, stopped and left, and what goes on", () => {
    assert.equal(
      describeInterrupted(prod, progress),
      `1 of 3 changes are done, and stay so.
Done:
  create aws ec2 Subnet a
Stopped:
  update aws eks Addon cni
Not begun:
  create aws eks NodeGroup workers
Next: podnet up prod goes on from here.`,
    );
    assert.equal(describeInterrupted(prod, undefined), "Next: podnet up prod goes on from here.");
    assert.equal(
      describeInterrupted(prod, undefined, { workDir: "infra" }),
      "Next: podnet up prod --work-dir=infra goes on from here.",
    );
  });
});
