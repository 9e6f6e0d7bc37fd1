import assert from "node:assert/strict";
import { WorkerGroup } from "../../components";
import { record, valueOf } from "../support/pulumiMocks";

const args = {
  clusterName: "small",
  groupName: "workers",
  zones: [
    { availabilityZone: "us-west-2a", subnetIds: ["subnet-node-a"] },
    { availabilityZone: "us-west-2b", subnetIds: ["subnet-node-b"] },
  ],
  instanceTypes: ["m5.large"],
  nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
  maxSize: 4,
};

describe("WorkerGroup", () => {
  it("makes an empty AL2023 group per zone, of which it leaves the size and the subnets alone", async () => {
    const { resources, result } = await record(() => new WorkerGroup("pods-workers", args));
    const inZone = (letter: string) => ({
      type: "aws:eks/nodeGroup:NodeGroup",
      name: `pods-workers-us-west-2${letter}`,
      inputs: {
        clusterName: "small",
        nodeGroupName: `workers-us-west-2${letter}`,
        nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
        subnetIds: [`subnet-node-${letter}`],
        instanceTypes: ["m5.large"],
        amiType: "AL2023_x86_64_STANDARD",
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 4 },
        tags: { "eks-pod-network.io/cluster": "small" },
      },
      parent: "eks-pod-network:index:WorkerGroup pods-workers",
      dependsOn: [],
      protect: true,
      importId: undefined,
      ignoreChanges: ["scalingConfig.desiredSize", "subnetIds"],
    });
    assert.deepEqual(resources.slice(1), [inZone("a"), inZone("b")]);
    assert.deepEqual(await valueOf(result.nodeGroups), [
      { nodeGroupName: "workers-us-west-2a", availabilityZone: "us-west-2a", maxSize: 4 },
      { nodeGroupName: "workers-us-west-2b", availabilityZone: "us-west-2b", maxSize: 4 },
    ]);
  });

  it("takes over a group that exists, of which an interrupted run knows nothing", async () => {
    const zones = args.zones.map((zone, index) => ({ ...zone, exists: index === 1 }));
    const { resources } = await record(() => new WorkerGroup("workers", { ...args, zones }));
    assert.deepEqual(
      resources.slice(1).map(({ importId }) => importId),
      [undefined, "small:workers-us-west-2b"],
    );
  });

  it("raises a group that is smaller than its minimum, and leaves the size of a larger one alone", async () => {
    const zones = args.zones.map((zone, index) => ({ ...zone, exists: true, desiredSize: 3 * index }));
    const { resources } = await record(() => new WorkerGroup("workers", { ...args, zones, minSize: 2 }));
    assert.deepEqual(
      resources.slice(1).map(({ inputs, ignoreChanges }) => [inputs.scalingConfig, ignoreChanges]),
      [
        [{ minSize: 2, desiredSize: 2, maxSize: 4 }, ["subnetIds"]],
        [{ minSize: 2, desiredSize: 3, maxSize: 4 }, ["scalingConfig.desiredSize", "subnetIds"]],
      ],
    );
  });

  it("leaves the size of a group alone of which nobody says how large it is", async () => {
    const zones = args.zones.map((zone) => ({ ...zone, exists: true }));
    const { resources } = await record(() => new WorkerGroup("workers", { ...args, zones, minSize: 2 }));
    assert.deepEqual(resources[1]?.ignoreChanges, ["scalingConfig.desiredSize", "subnetIds"]);
  });

  it("writes taints in the words of EKS, and gives labels, a size and an image on", async () => {
    const { resources } = await record(
      () =>
        new WorkerGroup("workers", {
          ...args,
          zones: args.zones.slice(0, 1),
          minSize: 2,
          labels: { team: "data" },
          taints: [
            { key: "dedicated", value: "data", effect: "NoSchedule" },
            { key: "soft", effect: "PreferNoSchedule" },
          ],
          amiType: "AL2023_ARM_64_STANDARD",
        }),
    );
    const { labels, taints, scalingConfig, amiType } = resources[1]?.inputs ?? {};
    assert.deepEqual(
      { labels, taints, scalingConfig, amiType },
      {
        labels: { team: "data" },
        taints: [
          { key: "dedicated", value: "data", effect: "NO_SCHEDULE" },
          { key: "soft", effect: "PREFER_NO_SCHEDULE" },
        ],
        scalingConfig: { minSize: 2, desiredSize: 2, maxSize: 4 },
        amiType: "AL2023_ARM_64_STANDARD",
      },
    );
  });
});
