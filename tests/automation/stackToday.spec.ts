import assert from "node:assert/strict";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import { stackToday } from "../../automation/stackToday";
import type { StackState } from "../../automation/stackState";
import { SUBNET } from "../support/changes";

const PARENT = "urn:pulumi:prod::eks-pod-network::eks-pod-network:index:PodNetwork::pods";
const made = {
  ...{ urn: `${PARENT}-a`, type: SUBNET, custom: true, parent: PARENT, id: "subnet-a" },
  outputs: { availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/19" },
};
const resources = [{ urn: PARENT, type: "eks-pod-network:index:PodNetwork" }, made];

/** A stack of which pulumi says its state and its outputs. */
function played(state: StackState, outputs: OutputMap = {}): Stack {
  const run = (args: readonly string[]) => {
    assert.deepEqual(args, ["stack", "export", "--stack", "prod"]);
    return Promise.resolve({ stdout: JSON.stringify(state) });
  };
  return {
    name: "prod",
    workspace: { workDir: ".", envVars: {}, pulumiCommand: { run } },
    outputs: () => Promise.resolve(outputs),
  } as unknown as Stack;
}

describe("what a stack has by now", () => {
  it("has the pod subnets of an update that was cut off, of which no output tells", async () => {
    assert.deepEqual(await stackToday(played({ version: 3, deployment: { resources } })), {
      resources,
      podSubnets: [{ subnetId: "subnet-a", availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/19" }],
    });
  });

  it("is nothing where it was never brought up", async () => {
    assert.deepEqual(await stackToday(played({ version: 3 })), { resources: [], podSubnets: [] });
  });
});
