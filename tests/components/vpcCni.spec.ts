import assert from "node:assert/strict";
import { VpcCni } from "../../components";
import { record } from "../support/pulumiMocks";

const addOn = {
  type: "aws:eks/addon:Addon",
  name: "pods",
  parent: "eks-pod-network:index:VpcCni pods",
  dependsOn: [],
  protect: true,
  importId: "small:vpc-cni",
  ignoreChanges: [],
};

describe("VpcCni", () => {
  it("takes the add-on over, with its role, its pod identities and its tags", async () => {
    const { resources } = await record(
      () =>
        new VpcCni("pods", {
          clusterName: "small",
          configurationValues: '{"env":{}}',
          serviceAccountRoleArn: "arn:aws:iam::123456789012:role/cni",
          podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods" }],
          tags: { team: "platform" },
        }),
    );
    assert.deepEqual(resources.slice(1), [
      {
        ...addOn,
        inputs: {
          clusterName: "small",
          addonName: "vpc-cni",
          configurationValues: '{"env":{}}',
          resolveConflictsOnUpdate: "PRESERVE",
          preserve: true,
          serviceAccountRoleArn: "arn:aws:iam::123456789012:role/cni",
          podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods" }],
          tags: { team: "platform" },
        },
      },
    ]);
  });

  it("names no version, so that an upgrade by others is no difference", async () => {
    const { resources } = await record(
      () => new VpcCni("pods", { clusterName: "small", configurationValues: "{}" }),
    );
    assert.deepEqual(resources.slice(1), [
      {
        ...addOn,
        inputs: {
          clusterName: "small",
          addonName: "vpc-cni",
          configurationValues: "{}",
          resolveConflictsOnUpdate: "PRESERVE",
          preserve: true,
        },
      },
    ]);
  });
});
