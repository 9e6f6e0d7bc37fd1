import assert from "node:assert/strict";
import { CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import { UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import { previewMarkdown } from "../../automation/comment/previewMarkdown";
import { PulumiError } from "../../automation/pulumiError";
import type { PodGroup, PodNetworkArgs } from "../../components";
import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
import { WorldView } from "../sandbox/worlds/worldView";
import { eniConfigsOf } from "../support/eniConfigs";
import { existingClusterStack, type ExistingClusterStack } from "../support/existingClusterStack";
import { addressOfNewPod, joinedNode } from "../support/newPods";
import { sandboxFixture } from "../support/sandbox";

const parts = (operation: string, place: string) =>
  ["RouteTableAssociation", "Subnet"].map((type) => `${operation} ${type} pod-network-${place}`);

describe("the program of an existing cluster with a named group (world bare)", function () {
  this.timeout(400_000);
  const { record } = sandboxFixture("bare");
  let world: WorldView;
  let stack: ExistingClusterStack;
  let settings: PodNetworkArgs;
  let gpu: PodGroup;

  const changesOf = async (edit: Partial<PodNetworkArgs>) =>
    (await stack.preview({ ...settings, ...edit })).changes;

  before(async () => {
    world = new WorldView(record());
    const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId;
    const { GroupId = "" } = await world.ec2.send(
      new CreateSecurityGroupCommand({ VpcId, GroupName: "gpu-pods", Description: "Pods of gpu" }),
    );
    gpu = {
      name: "gpu",
      zones: ["us-west-2a", "us-west-2b"],
      securityGroupIds: [GroupId],
      subnetPrefixLength: 22,
    };
    settings = {
      clusterName: "bare",
      podCidrs: ["100.64.0.0/16"],
      podGroups: [gpu],
      tags: { team: "platform" },
      workerGroups: [
        { name: "pods-general", replaces: ["general"], like: "general", maxSize: 4 },
        { name: "pods-gpu", replaces: [], like: "general", eniConfig: "gpu", maxSize: 2 },
      ],
    };
    stack = await existingClusterStack(record());
  });
  after(() => {
    stack.remove();
  });

  it("says before anything is made what that means for the pods", async () => {
    const { addresses, podsPerNode, rotation, dangers, lookAt, notSeen } = await stack.outlook(settings);
    // A /25 for the nodes of each zone; a /19 for the pods of each and a /22 for the group in two of them.
    assert.deepEqual(addresses, { before: 3 * 123, after: 3 * 8_187 + 2 * 1_019 });
    assert.deepEqual(podsPerNode, [{ instanceType: "m5.large", before: 29, after: 20 }]);
    assert.deepEqual([rotation?.oldNodes, rotation?.nodes], [3, 3]);
    assert.deepEqual([dangers, lookAt, notSeen], [[], [], []]);
  });

  it("shows a secret of the configuration nowhere, although the program makes a plain tag of it", async () => {
    const preview = await stack.outlook(settings, { "tags.token": "hunter2-hunter2" });
    const everything = JSON.stringify(preview) + previewMarkdown([preview], Infinity);
    assert.ok(!everything.includes("hunter2"));
    const subnet = preview.changes.find(({ type }) => type === "aws:ec2/subnet:Subnet");
    const { team, token } = subnet?.after?.tags as Record<string, string>;
    assert.deepEqual({ team, token }, { team: "platform", token: "[secret]" });
    // Nor in what the program says of it.
    await assert.rejects(stack.outlook(settings, { "zones[0]": "hunter2-hunter2" }), (error) => {
      assert.ok(error instanceof PulumiError);
      assert.match(error.message, /zones\[0\].*\[secret\]/);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });

  it("makes pod subnets, ENIConfigs and workers of the group beside those of the zones", async () => {
    const { changes, outputs } = await stack.up(settings);
    assert.deepEqual(
      changes,
      [
        "create VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
        "import Addon pod-network",
        ...["us-west-2a", "us-west-2b", "us-west-2c"].flatMap((zone) => [
          ...parts("create", zone),
          `create ENIConfig pod-network-${zone}`,
          `create NodeGroup pod-network-pods-general-${zone}`,
        ]),
        ...["us-west-2a", "us-west-2b"].flatMap((zone) => [
          ...parts("create", `${zone}-gpu`),
          `create ENIConfig pod-network-gpu-${zone}`,
          `create NodeGroup pod-network-pods-gpu-${zone}`,
        ]),
      ].sort(),
    );
    assert.deepEqual(
      outputs.podSubnets.map(
        ({ availabilityZone, cidrBlock, group = "" }) => `${availabilityZone} ${cidrBlock} ${group}`,
      ),
      [
        "us-west-2a 100.64.0.0/19 ",
        "us-west-2a 100.64.96.0/22 gpu",
        "us-west-2b 100.64.32.0/19 ",
        "us-west-2b 100.64.100.0/22 gpu",
        "us-west-2c 100.64.64.0/19 ",
      ],
    );
    const subnetOf = (zone: string, group?: string) =>
      outputs.podSubnets.find((one) => one.availabilityZone === zone && one.group === group)?.subnetId;
    assert.deepEqual(
      (await eniConfigsOf(record())).map(({ name, subnet, securityGroups }) => [
        name,
        subnet,
        securityGroups,
      ]),
      [
        ["gpu-us-west-2a", subnetOf("us-west-2a", "gpu"), gpu.securityGroupIds],
        ["gpu-us-west-2b", subnetOf("us-west-2b", "gpu"), gpu.securityGroupIds],
        // All nodes carry the same groups, which the CNI takes by itself.
        ["us-west-2a", subnetOf("us-west-2a"), undefined],
        ["us-west-2b", subnetOf("us-west-2b"), undefined],
        ["us-west-2c", subnetOf("us-west-2c"), undefined],
      ],
    );
  });

  it("changes nothing the second and the third time", async () => {
    assert.deepEqual((await stack.preview(settings)).changes, []);
    assert.deepEqual((await stack.up(settings)).changes, []);
  });

  it("has a node of the group whose pods have the group's subnet and security groups", async () => {
    await world.eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName: "bare",
        nodegroupName: "pods-gpu-us-west-2b",
        scalingConfig: { desiredSize: 1 },
      }),
    );
    const node = await joinedNode(record(), "pods-gpu-us-west-2b");
    assert.equal(node.labels["vpc.amazonaws.com/externalEniConfig"], "gpu-us-west-2b");
    assert.equal(node.allocatable, "20");
    assert.match(await addressOfNewPod(world.core, node.name), /^100\.64\.10[0-3]\./);
    const secondary = (await world.networkInterfaces()).filter(
      ({ Attachment }) => Attachment?.InstanceId === node.instanceId && Attachment.DeviceIndex !== 0,
    );
    assert.ok(secondary.length > 0);
    for (const { Groups = [] } of secondary) {
      assert.deepEqual(
        Groups.map(({ GroupId }) => GroupId),
        gpu.securityGroupIds,
      );
    }
    assert.deepEqual((await stack.preview(settings)).changes, []);
  });

  it("says nothing of another order of zones, of those of the group, and of workers", async () => {
    const edit = {
      zones: ["us-west-2c", "us-west-2b", "us-west-2a"],
      podGroups: [{ ...gpu, zones: ["us-west-2b", "us-west-2a"] }],
      workerGroups: [...(settings.workerGroups ?? [])].reverse(),
    };
    assert.deepEqual(await changesOf(edit), []);
  });

  it("changes the security groups of a group's ENIConfigs in their place", async () => {
    const podGroups = [{ ...gpu, securityGroupIds: ["sg-0123456789abcdef0"] }];
    assert.deepEqual(await changesOf({ podGroups }), [
      "update ENIConfig pod-network-gpu-us-west-2a: spec.securityGroups[0]",
      "update ENIConfig pod-network-gpu-us-west-2b: spec.securityGroups[0]",
    ]);
  });

  it("adds a group in front, of which nothing else moves", async () => {
    assert.deepEqual(await changesOf({ podGroups: [{ name: "arm", zones: ["us-west-2c"] }, gpu] }), [
      "create ENIConfig pod-network-arm-us-west-2c",
      ...parts("create", "us-west-2c-arm"),
    ]);
  });

  it("takes no zone of the group away while its pods live there", async () => {
    await assert.rejects(
      changesOf({ podGroups: [{ ...gpu, zones: ["us-west-2a"] }] }),
      /podGroups: the pod subnet 100\.64\.100\.0\/22 of gpu in us-west-2b \(subnet-\w+\) would be deleted, and \d+ of its addresses are in use\. Keep gpu, or move its pods elsewhere first\. To do it all the same, give force: \["pod-subnet-in-use"\]\./,
    );
  });

  it("says of what goes that it is dangerous, as far as Pulumi goes while it is protected", async () => {
    const edit = { ...settings, podGroups: [{ ...gpu, zones: ["us-west-2b"] }] };
    const dangersOf = ({ lookAt }: EnvironmentPreview) =>
      lookAt.map(({ line, danger }) => `${danger?.id ?? ""} ${danger?.resource ?? ""} ${line}`.trim()).sort();
    const [eniConfig, workers] = [
      "ENICONFIG-LOST pod-network-gpu-us-west-2a deletes the ENIConfig gpu-us-west-2a",
      "WORKERS-LOST pod-network-pods-gpu-us-west-2a deletes the managed node group pods-gpu-us-west-2a",
    ];
    const still = await stack.outlook(edit);
    assert.deepEqual(dangersOf(still), [eniConfig, workers]);
    assert.deepEqual(still.notSeen, [
      "what else would change: Pulumi goes no further than what is protected, so that more may be deleted or replaced",
    ]);

    await stack.unprotect(/us-west-2a-gpu$|gpu-us-west-2a$/);
    const free = await stack.outlook(edit);
    assert.deepEqual(free.addresses, { before: 3 * 8_187 + 2 * 1_019, after: 3 * 8_187 + 1_019 });
    assert.deepEqual(dangersOf(free), [
      eniConfig,
      "SUBNET-LOST pod-network-us-west-2a-gpu deletes the subnet 100.64.96.0/22 of us-west-2a",
      workers,
      "pods have 1,019 addresses less",
    ]);
    assert.deepEqual(free.notSeen, []);
  });

  it("takes away a zone of the group without pods, which is unprotected now, and nothing else", async () => {
    const edit = { podGroups: [{ ...gpu, zones: ["us-west-2b"] }] };
    const { changes } = await stack.up({ ...settings, ...edit });
    assert.deepEqual(changes, [
      "delete ENIConfig pod-network-gpu-us-west-2a",
      "delete NodeGroup pod-network-pods-gpu-us-west-2a",
      ...parts("delete", "us-west-2a-gpu"),
    ]);
  });

  it("adds a zone to the group, in the block that is free, and nothing else", async () => {
    const added = { ...settings, podGroups: [{ ...gpu, zones: ["us-west-2c", "us-west-2b"] }] };
    const { changes, outputs } = await stack.up(added);
    assert.deepEqual(changes, [
      "create ENIConfig pod-network-gpu-us-west-2c",
      "create NodeGroup pod-network-pods-gpu-us-west-2c",
      ...parts("create", "us-west-2c-gpu"),
    ]);
    assert.equal(outputs.podSubnets.at(-1)?.cidrBlock, "100.64.96.0/22");
    assert.deepEqual((await stack.preview(added)).changes, []);
  });
});
