import assert from "node:assert/strict";
import { AutoScalingClient, SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import { CreateSubnetCommand, DescribeImagesCommand } from "@aws-sdk/client-ec2";
import {
  CreateNodegroupCommand,
  UpdateNodegroupConfigCommand,
  waitUntilNodegroupActive,
} from "@aws-sdk/client-eks";
import { GetInstanceProfileCommand, IAMClient } from "@aws-sdk/client-iam";
import { readProposalFacts } from "../../automation/init/readProposalFacts";
import type { PodNetworkArgs } from "../../components";
import { proposeStack } from "../../planning/proposal/proposeStack";
import { WorldView } from "../sandbox/worlds/worldView";
import { eniConfigsOf } from "../support/eniConfigs";
import { existingClusterStack, type ExistingClusterStack } from "../support/existingClusterStack";
import { addressOfNewPod, joinedNode } from "../support/newPods";
import { outsideOf } from "../support/preflight";
import { sandboxFixture } from "../support/sandbox";

/** What a zone consists of, but for the managed group. */
const zoneParts = (operation: string, zone: string) =>
  [
    "ENIConfig pod-network",
    "Group pod-network-pods-workers",
    "LaunchTemplate pod-network-pods-workers",
    "RouteTableAssociation pod-network",
    "Subnet pod-network",
  ].map((part) => `${operation} ${part}-${zone}`);

describe("the program of an existing cluster made by hand (world scattered)", function () {
  this.timeout(400_000);
  const { record } = sandboxFixture("scattered");
  let world: WorldView;
  let autoScaling: AutoScalingClient;
  let stack: ExistingClusterStack;
  let settings: PodNetworkArgs;
  /** The cluster's security group, and that of the nodes of the Auto Scaling group. */
  let groups: string[];
  let awsNodeBefore: Record<string, string>;

  const changesOf = async (edit: Partial<PodNetworkArgs>) =>
    (await stack.preview({ ...settings, ...edit })).changes;

  before(async () => {
    world = new WorldView(record());
    const { awsEndpoint: endpoint, region } = record();
    const aws = { endpoint, region, credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" } };
    autoScaling = new AutoScalingClient(aws);
    const { InstanceProfile } = await new IAMClient(aws).send(
      new GetInstanceProfileCommand({ InstanceProfileName: "orders-prod-workers" }),
    );
    const { Images: [image] = [] } = await world.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["amazon-eks-node-al2023-x86_64-*"] }] }),
    );
    const ofNodes = (await world.instances()).flatMap(({ SecurityGroups = [] }) => SecurityGroups);
    groups = [
      (await world.cluster()).resourcesVpcConfig?.clusterSecurityGroupId ?? "",
      ofNodes.find(({ GroupName }) => GroupName === "orders-prod-nodes")?.GroupId ?? "",
    ];
    awsNodeBefore = await world.awsNodeEnv();
    settings = {
      clusterName: "orders-prod",
      podCidrs: ["100.64.0.0/16"],
      tags: { team: "orders" },
      workerGroups: [
        { name: "pods-apps", replaces: ["apps"], like: "apps", maxSize: 4 },
        {
          name: "pods-workers",
          replaces: ["orders-prod-workers"],
          kind: "autoScaling",
          instanceTypes: ["m5.large"],
          imageId: image?.ImageId ?? "",
          osFamily: "al2023",
          instanceProfileArn: InstanceProfile?.Arn ?? "",
          securityGroupIds: groups,
          labels: { workload: "workers" },
          maxSize: 4,
        },
      ],
    };
    stack = await existingClusterStack(record());
  });
  after(() => {
    stack.remove();
  });

  it("is what init proposes, but for the kind of the group that is EKS's then", async () => {
    const facts = await readProposalFacts("orders-prod", record().region, outsideOf(record()));
    const { config, notes } = proposeStack(facts);
    assert.deepEqual(notes, []);
    assert.deepEqual(config, {
      clusterName: "orders-prod",
      podCidrs: ["100.64.0.0/16"],
      workerGroups: [
        { name: "pods-apps", replaces: ["apps"], like: "apps" },
        {
          name: "pods-orders-prod-workers",
          replaces: ["orders-prod-workers"],
          instanceTypes: ["m5.large"],
          amiType: "AL2023_x86_64_STANDARD",
          nodeRoleArn: "arn:aws:iam::123456789012:role/orders-prod-workers",
          securityGroupIds: [...groups].sort(),
          maxSize: 6,
          labels: { workload: "workers" },
        },
      ],
    });
    const { changes, warnings } = await stack.preview(config);
    assert.deepEqual(warnings, []);
    assert.equal(changes.filter((change) => change.startsWith("create NodeGroup")).length, 5);
  });

  it("makes everything where nodes are, and not where the control plane is", async () => {
    const { changes, outputs, warnings } = await stack.up(settings);
    assert.deepEqual(
      changes,
      [
        "create DaemonSetPatch pod-network",
        // The group that they are like has none in the third zone.
        "create NodeGroup pod-network-pods-apps-us-west-2a",
        "create NodeGroup pod-network-pods-apps-us-west-2b",
        "create VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
        ...["us-west-2a", "us-west-2b", "us-west-2c"].flatMap((zone) => zoneParts("create", zone)),
      ].sort(),
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      outputs.podSubnets.map(({ availabilityZone, cidrBlock }) => `${availabilityZone} ${cidrBlock}`),
      ["us-west-2a 100.64.0.0/19", "us-west-2b 100.64.32.0/19", "us-west-2c 100.64.64.0/19"],
    );
    assert.deepEqual(outputs.cni, { mode: "daemonSet" });
  });

  it("changes nothing the second and the third time", async () => {
    assert.deepEqual((await stack.preview(settings)).changes, []);
    assert.deepEqual((await stack.up(settings)).changes, []);
  });

  it("gives pods the one route table that there is", async () => {
    const pods = (await world.subnets()).filter(({ CidrBlock }) => CidrBlock?.startsWith("100.64."));
    const [table, ...others] = await world.routeTables();
    assert.deepEqual(others, []);
    assert.deepEqual(
      table?.Associations?.flatMap(({ SubnetId }) => SubnetId ?? []).sort(),
      pods.map(({ SubnetId }) => SubnetId).sort(),
    );
  });

  it("gives pods the security groups that the nodes of their zone carry", async () => {
    const [ofCluster = "", ofNodes = ""] = groups;
    assert.deepEqual(
      (await eniConfigsOf(record())).map(({ name, securityGroups }) => [name, securityGroups]),
      [
        ["us-west-2a", [ofCluster]],
        ["us-west-2b", [ofCluster]],
        ["us-west-2c", [ofCluster, ofNodes].sort()],
      ],
    );
  });

  it("keeps every variable of aws-node that somebody set with kubectl", async () => {
    assert.deepEqual(await world.awsNodeEnv(), {
      ...awsNodeBefore,
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
    });
  });

  it("has new nodes of both kinds with 20 pods, whose addresses are in the pod subnet of their zone", async () => {
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: "pods-workers-us-west-2c",
        DesiredCapacity: 1,
      }),
    );
    await world.eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName: "orders-prod",
        nodegroupName: "pods-apps-us-west-2a",
        scalingConfig: { desiredSize: 1 },
      }),
    );
    const managed = await joinedNode(record(), "pods-apps-us-west-2a");
    const scaled = await joinedNode(record(), "pods-workers-us-west-2c");
    assert.deepEqual([managed.zone, managed.allocatable], ["us-west-2a", "20"]);
    assert.deepEqual([scaled.zone, scaled.allocatable], ["us-west-2c", "20"]);
    assert.equal(scaled.labels["workload"], "workers");
    assert.match(await addressOfNewPod(world.core, managed.name), /^100\.64\.([0-9]|[12]\d|3[01])\./);
    assert.match(await addressOfNewPod(world.core, scaled.name), /^100\.64\.(6[4-9]|[78]\d|9[0-5])\./);
    assert.deepEqual((await stack.preview(settings)).changes, []);
  });

  it("says nothing of another order of zones and groups", async () => {
    const edit = {
      zones: ["us-west-2c", "us-west-2a", "us-west-2b"],
      workerGroups: [...(settings.workerGroups ?? [])].reverse(),
    };
    assert.deepEqual(await changesOf(edit), []);
  });

  it("adds a range and nothing else", async () => {
    assert.deepEqual(await changesOf({ podCidrs: ["100.64.0.0/16", "100.65.0.0/16"] }), [
      "create VpcIpv4CidrBlockAssociation pod-network-100.65.0.0-16",
    ]);
  });

  it("changes one variable of the DaemonSet in its place", async () => {
    const names = (await world.awsNode()).spec?.template.spec?.containers[0]?.env?.map(({ name }) => name);
    const place = names?.indexOf("WARM_IP_TARGET") ?? -1;
    assert.notEqual(place, -1);
    assert.deepEqual(await changesOf({ cni: { env: { WARM_IP_TARGET: "6" } } }), [
      `update DaemonSetPatch pod-network: spec.template.spec.containers[0].env[${place}].value`,
    ]);
  });

  it("renames a tag on the pod subnets and nowhere else", async () => {
    assert.deepEqual(
      await changesOf({ tags: { owner: "orders" } }),
      ["a", "b", "c"].map(
        (letter) =>
          `update Subnet pod-network-us-west-2${letter}: tags.owner, tags.team, tagsAll.owner, tagsAll.team`,
      ),
    );
  });

  it("takes no zone away in which nodes live, unless it is forced and unprotected", async () => {
    const zones = ["us-west-2a", "us-west-2b"];
    await assert.rejects(
      stack.preview({ ...settings, zones }),
      /zones: the pod subnet 100\.64\.64\.0\/19 of us-west-2c \(subnet-\w+\) would be deleted, and \d+ of its addresses are in use and 3 nodes run in its zone\. Keep us-west-2c, or move its nodes elsewhere first\. To do it all the same, give force: \["pod-subnet-in-use"\]\./,
    );
    const forced = { zones, force: ["pod-subnet-in-use"] };
    await assert.rejects(changesOf(forced), /cannot be deleted\nbecause it is protected/);
    await stack.unprotect(/-us-west-2c$/);
    assert.deepEqual(await changesOf(forced), [
      ...zoneParts("delete", "us-west-2c"),
      // All nodes that are left carry the same security groups, which the CNI takes by itself.
      "update ENIConfig pod-network-us-west-2a: spec.securityGroups",
      "update ENIConfig pod-network-us-west-2b: spec.securityGroups",
    ]);
  });

  it("adds a zone once a group may have nodes there, and nothing else", async () => {
    const VpcId = (await world.cluster()).resourcesVpcConfig?.vpcId ?? "";
    const added = { VpcId, CidrBlock: "10.20.19.0/24", AvailabilityZone: "us-west-2d" };
    const { Subnet } = await world.ec2.send(new CreateSubnetCommand(added));
    const group = { clusterName: "orders-prod", nodegroupName: "spare" };
    await world.eks.send(
      new CreateNodegroupCommand({
        ...group,
        subnets: [Subnet?.SubnetId ?? ""],
        nodeRole: "arn:aws:iam::123456789012:role/orders-prod-node",
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 1 },
      }),
    );
    const { eks } = world;
    await waitUntilNodegroupActive({ client: eks, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, group);
    const { changes, outputs } = await stack.up(settings);
    assert.deepEqual(changes, zoneParts("create", "us-west-2d"));
    assert.equal(outputs.podSubnets.at(-1)?.cidrBlock, "100.64.96.0/19");
    assert.deepEqual((await stack.preview(settings)).changes, []);
  });
});
