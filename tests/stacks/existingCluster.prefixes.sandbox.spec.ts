import assert from "node:assert/strict";
import { AssociateRouteTableCommand, CreateSubnetCommand, DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import type { PodNetworkArgs } from "../../components";
import { eventually } from "../automation/rotation/podNetwork";
import { exitOf, WorldView } from "../sandbox/worlds/worldView";
import { existingClusterStack, type ExistingClusterStack } from "../support/existingClusterStack";
import { addressOfNewPod, joinedNode } from "../support/newPods";
import { sandboxFixture } from "../support/sandbox";

/** What a zone consists of, with the blocks that are kept free for prefixes. */
const zoneParts = (operation: string, zone: string, blocks: readonly string[]) =>
  [
    ...[
      "ENIConfig pod-network",
      "Eip pod-network",
      "NatGateway pod-network",
      "NodeGroup pod-network-pods",
      "Route pod-network",
      "RouteTable pod-network",
      "RouteTableAssociation pod-network",
      "Subnet pod-network",
    ].map((part) => `${operation} ${part}-${zone}`),
    ...blocks.map((block) => `${operation} SubnetCidrReservation pod-network-${zone}-${block}`),
  ].sort();
const BLOCKS = {
  "us-west-2a": ["100.64.2.0-23", "100.64.4.0-22", "100.64.8.0-21", "100.64.16.0-20"],
  "us-west-2b": ["100.64.34.0-23", "100.64.36.0-22", "100.64.40.0-21", "100.64.48.0-20"],
  "us-west-2c": ["100.64.66.0-23", "100.64.68.0-22", "100.64.72.0-21", "100.64.80.0-20"],
  "us-west-2d": ["100.64.98.0-23", "100.64.100.0-22", "100.64.104.0-21", "100.64.112.0-20"],
};

describe("the program of an existing cluster with prefixes (world prefixes)", function () {
  this.timeout(400_000);
  const { record } = sandboxFixture("prefixes");
  let world: WorldView;
  let stack: ExistingClusterStack;
  let configurationBefore: { readonly env: Record<string, string> };
  const settings: PodNetworkArgs = {
    clusterName: "telemetry",
    podCidrs: ["100.64.0.0/16"],
    egress: "natPerZone",
    prefixReservations: true,
    tags: { team: "telemetry" },
    workerGroups: [{ name: "pods", replaces: ["collectors"], like: "collectors", maxSize: 4 }],
  };
  const changesOf = async (edit: Partial<PodNetworkArgs>) =>
    (await stack.preview({ ...settings, ...edit })).changes;
  const configuration = async () =>
    JSON.parse((await world.vpcCni()).configurationValues ?? "{}") as typeof configurationBefore;

  before(async () => {
    world = new WorldView(record());
    configurationBefore = await configuration();
    stack = await existingClusterStack(record());
  });
  after(() => {
    stack.remove();
  });

  it("makes everything, with a table and a NAT gateway in each zone", async () => {
    const { changes, outputs, warnings } = await stack.up(settings);
    assert.deepEqual(
      changes,
      [
        "create VpcIpv4CidrBlockAssociation pod-network-100.64.0.0-16",
        "import Addon pod-network",
        ...(["us-west-2a", "us-west-2b", "us-west-2c"] as const).flatMap((zone) =>
          zoneParts("create", zone, BLOCKS[zone]),
        ),
      ].sort(),
    );
    // Nothing of pods that keep their addresses on the way out: their tables have NAT gateways.
    assert.deepEqual(warnings, []);
    assert.deepEqual(outputs.cni, { mode: "addOn" });
    const tables = await world.routeTables();
    const exits = outputs.podSubnets.map(({ subnetId }) => {
      const table = tables.find(({ Associations = [] }) =>
        Associations.some(({ SubnetId }) => SubnetId === subnetId),
      );
      return `${table?.RouteTableId ?? ""} ${table === undefined ? "" : exitOf(table)}`;
    });
    assert.equal(new Set(exits).size, 3);
    for (const exit of exits) assert.match(exit, /^rtb-\w+ nat$/);
  });

  it("changes nothing the second and the third time", async () => {
    assert.deepEqual((await stack.preview(settings)).changes, []);
    assert.deepEqual((await stack.up(settings)).changes, []);
  });

  it("keeps prefixes, security groups for pods and external SNAT as the add-on had them", async () => {
    assert.deepEqual(await configuration(), {
      ...configurationBefore,
      env: {
        ...configurationBefore.env,
        AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
        ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
      },
    });
  });

  it("has a new node with 110 pods, with its prefixes and its trunk in the pod subnet", async () => {
    await world.eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName: "telemetry",
        nodegroupName: "pods-us-west-2a",
        scalingConfig: { desiredSize: 1 },
      }),
    );
    const node = await joinedNode(record(), "pods-us-west-2a");
    assert.equal(node.allocatable, "110");
    // Of the block that is kept for prefixes, whose first is 100.64.2.0/28.
    assert.match(await addressOfNewPod(world.core, node.name), /^100\.64\.2\.\d+$/);
    const { Subnets: [subnet] = [] } = await world.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: "cidr-block", Values: ["100.64.0.0/19"] }] }),
    );
    const inPodSubnet = async () =>
      (await world.networkInterfaces())
        .filter(({ Attachment }) => Attachment?.InstanceId === node.instanceId)
        .filter(({ SubnetId }) => SubnetId === subnet?.SubnetId)
        .map(({ InterfaceType, Attachment, Ipv4Prefixes = [] }) => [
          Attachment?.DeviceIndex,
          InterfaceType,
          Ipv4Prefixes.length,
        ])
        .sort();
    // The pod waits neither for the warm prefix nor for the trunk.
    await eventually("both are there", async () => {
      const [first, trunk] = await inPodSubnet();
      return first?.[2] === 2 && trunk !== undefined;
    });
    assert.deepEqual(await inPodSubnet(), [
      [1, "interface", 2],
      [2, "trunk", 0],
    ]);
    assert.deepEqual((await stack.preview(settings)).changes, []);
  });

  it("says nothing of another order of zones", async () => {
    assert.deepEqual(await changesOf({ zones: ["us-west-2c", "us-west-2a", "us-west-2b"] }), []);
  });

  it("adds a range and nothing else", async () => {
    assert.deepEqual(await changesOf({ podCidrs: ["100.64.0.0/16", "100.65.0.0/16"] }), [
      "create VpcIpv4CidrBlockAssociation pod-network-100.65.0.0-16",
    ]);
  });

  it("changes a setting in the add-on's configuration", async () => {
    assert.deepEqual(await changesOf({ cni: { env: { WARM_PREFIX_TARGET: "2" } } }), [
      "update Addon pod-network: configurationValues",
    ]);
  });

  it("adds a tag to what has tags, and to nothing else", async () => {
    assert.deepEqual(
      await changesOf({ tags: { team: "telemetry", owner: "platform" } }),
      ["Eip", "NatGateway", "RouteTable", "Subnet"].flatMap((type) =>
        ["a", "b", "c"].map(
          (letter) => `update ${type} pod-network-us-west-2${letter}: tags.owner, tagsAll.owner`,
        ),
      ),
    );
  });

  it("takes no zone away in which nodes live, unless it is forced and unprotected", async () => {
    const zones = ["us-west-2a", "us-west-2b"];
    await assert.rejects(
      changesOf({ zones }),
      /zones: the pod subnet 100\.64\.64\.0\/19 of us-west-2c \(subnet-\w+\) would be deleted, and 1 node runs in its zone\. Keep us-west-2c, or move its nodes elsewhere first\. To do it all the same, give force: \["pod-subnet-in-use"\]\./,
    );
    const forced = { zones, force: ["pod-subnet-in-use"] };
    await assert.rejects(changesOf(forced), /cannot be deleted\nbecause it is protected/);
    await stack.unprotect(/-us-west-2c(-100[\d.-]+)?$/);
    assert.deepEqual(await changesOf(forced), zoneParts("delete", "us-west-2c", BLOCKS["us-west-2c"]));
  });

  it("adds a zone that is named, once it has a public subnet for its NAT gateway, and nothing else", async () => {
    const vpcId = (await world.cluster()).resourcesVpcConfig?.vpcId ?? "";
    const { Subnet } = await world.ec2.send(
      new CreateSubnetCommand({
        VpcId: vpcId,
        CidrBlock: "10.40.255.48/28",
        AvailabilityZone: "us-west-2d",
      }),
    );
    const zones = ["us-west-2d", "us-west-2a", "us-west-2b", "us-west-2c"];
    await assert.rejects(
      changesOf({ zones }),
      /publicSubnetIds\["us-west-2d"\]: no subnet of us-west-2d has a route to an internet gateway/,
    );
    const toInternet = (await world.routeTables()).find((table) => exitOf(table) === "internet");
    await world.ec2.send(
      new AssociateRouteTableCommand({
        RouteTableId: toInternet?.RouteTableId,
        SubnetId: Subnet?.SubnetId,
      }),
    );
    const { changes } = await stack.up({ ...settings, zones });
    // No node may be there yet, so the workers have no group there.
    const made = zoneParts("create", "us-west-2d", BLOCKS["us-west-2d"]);
    assert.deepEqual(
      changes,
      made.filter((change) => !change.startsWith("create NodeGroup")),
    );
    assert.deepEqual(await changesOf({ zones }), []);
  });
});
