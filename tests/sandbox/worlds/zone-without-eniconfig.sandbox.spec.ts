import assert from "node:assert/strict";
import { CreateSubnetCommand } from "@aws-sdk/client-ec2";
import { DescribeNodegroupCommand } from "@aws-sdk/client-eks";
import { makeEniConfigs } from "../../../sandbox/worlds/eniConfigs";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView, zoneOf } from "./worldView";

describe("the world zone-without-eniconfig", function () {
  this.timeout(90000);
  const { record } = sandboxFixture("zone-without-eniconfig");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  const nodeOfZoneC = async () => {
    const { items } = await world.core.listNode();
    const node = items.find((one) => zoneOf(one) === "us-west-2c");
    assert.ok(node !== undefined);
    return node;
  };

  it("is told by preflight of the zone, and of the node that waits there", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "ENICONFIG-MISSING");
    assert.equal(finding?.level, "stop");
    assert.equal(
      finding.title,
      "custom networking is on, and us-west-2c has no ENIConfig: new nodes there never become Ready",
    );
    assert.match(finding.evidence[1] ?? "", /^1 node in us-west-2c, not Ready: ip-10-8-\S+\.$/);
    assert.deepEqual(others, []);
  });

  it("has ENIConfigs for zones a and b only", async () => {
    assert.equal((await world.awsNodeEnv()).AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "true");
    const names = (await world.eniConfigs()).map(({ name }) => name);
    assert.deepEqual(names, ["us-west-2a", "us-west-2b"]);
  });

  it("has Ready nodes there, and one in zone c that is not, without an ENI for pods", async () => {
    const states = (await world.nodes()).map((line) => line.replace(/ \d+$/, ""));
    assert.deepEqual(states, ["us-west-2a Ready", "us-west-2b Ready", "us-west-2c NotReady"]);
    const interfaces = await world.interfacesOf(await nodeOfZoneC());
    assert.deepEqual(
      interfaces.map(({ Attachment }) => Attachment?.DeviceIndex),
      [0],
    );
    const { nodegroup } = await world.eks.send(
      new DescribeNodegroupCommand({ clusterName: record().clusterName, nodegroupName: "added-zone" }),
    );
    assert.notEqual(nodegroup?.status, "ACTIVE");
  });

  it("has no place for a pod in zone c", async () => {
    const nodeSelector = { "topology.kubernetes.io/zone": "us-west-2c" };
    const containers = [{ name: "main", image: "registry.example/probe:1" }];
    const place = { name: "probe", namespace: "default" };
    await world.core.createNamespacedPod({
      namespace: place.namespace,
      body: { metadata: { name: place.name }, spec: { nodeSelector, containers } },
    });
    await eventually("the scheduler has refused it", async () => {
      const { status } = await world.core.readNamespacedPod(place);
      return status?.conditions?.some(({ reason }) => reason === "Unschedulable") === true;
    });
  });

  it("becomes whole with a subnet and an ENIConfig for the zone", async () => {
    const { Subnet } = await world.ec2.send(
      new CreateSubnetCommand({
        VpcId: (await world.cluster()).resourcesVpcConfig?.vpcId,
        CidrBlock: "100.64.2.0/24",
        AvailabilityZone: "us-west-2c",
      }),
    );
    await makeEniConfigs(world.kubeConfig, { "us-west-2c": Subnet?.SubnetId ?? "" });
    await eventually("the node is Ready", async () => isReady(await nodeOfZoneC()));
    const [, forPods] = await world.interfacesOf(await nodeOfZoneC());
    assert.equal(forPods?.SubnetId, Subnet?.SubnetId);
  });
});
