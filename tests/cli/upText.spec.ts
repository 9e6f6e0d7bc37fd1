import assert from "node:assert/strict";
import { describeBroughtUp, describeRefusal, describeUnfinished } from "../../cli/upText";
import type { ResourceChange } from "../../planning/stack/resourceChange";

const prod = { name: "prod", stack: "shop", region: "us-west-2", rotation: {} };

const change = (operation: string, type: string, name: string): ResourceChange => ({
  operation,
  urn: "",
  type,
  name,
  changedProperties: [],
  isBookkeeping: false,
});

describe("what podnet up says", () => {
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
      describeRefusal(prod, { outcome: "refused", dangers, changes: [], counts: {}, diagnostics: [] }),
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
      describeUnfinished(prod, {
        done: [change("create", "aws:ec2/subnet:Subnet", "a")],
        failed: [change("update", "aws:eks/addon:Addon", "cni")],
        pending: [change("create", "aws:eks/nodeGroup:NodeGroup", "workers")],
      }),
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
});
