import assert from "node:assert/strict";
import { EniConfigs } from "../../components";
import { record, valueOf } from "../support/pulumiMocks";

describe("EniConfigs", () => {
  it("makes an ENIConfig of each zone's name", async () => {
    const { resources, result } = await record(
      () =>
        new EniConfigs("pods", {
          eniConfigs: [
            { availabilityZone: "us-west-2a", subnetId: "subnet-a", securityGroupIds: ["sg-cluster"] },
          ],
        }),
    );
    assert.deepEqual(resources.slice(1), [
      {
        type: "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig",
        name: "pods-us-west-2a",
        inputs: {
          apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
          kind: "ENIConfig",
          metadata: { name: "us-west-2a" },
          spec: { subnet: "subnet-a", securityGroups: ["sg-cluster"] },
        },
        parent: "eks-pod-network:index:EniConfigs pods",
        dependsOn: [],
        protect: true,
        importId: undefined,
        ignoreChanges: [],
      },
    ]);
    assert.deepEqual(await valueOf(result.names), ["us-west-2a"]);
  });
});
