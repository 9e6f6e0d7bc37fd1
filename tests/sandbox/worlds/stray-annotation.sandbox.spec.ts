import assert from "node:assert/strict";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { isReady, WorldView, zoneOf } from "./worldView";

const ANNOTATION = "k8s.amazonaws.com/eniConfig";

describe("the world stray-annotation", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("stray-annotation");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("is told by preflight of the node's annotation, and how it is taken away", async () => {
    const [finding, ...others] = findingsOf(await preflightOf(record()), "ENI-ANNOTATION");
    assert.equal(finding?.level, "stop");
    assert.match(
      finding.title,
      /^node ip-10-8-\S+ carries the annotation k8s\.amazonaws\.com\/eniConfig=payments, which beats topology\.kubernetes\.io\/zone$/,
    );
    assert.match(finding.wayOut, /^kubectl annotate node ip-10-8-\S+ k8s\.amazonaws\.com\/eniConfig-$/);
    assert.deepEqual(others, []);
  });

  it("has custom networking with an ENIConfig for each zone, and one more", async () => {
    const { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, ENI_CONFIG_LABEL_DEF } = await world.awsNodeEnv();
    assert.deepEqual(
      [AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, ENI_CONFIG_LABEL_DEF],
      ["true", "topology.kubernetes.io/zone"],
    );
    const blocks = new Map((await world.subnets()).map(({ SubnetId, CidrBlock }) => [SubnetId, CidrBlock]));
    const eniConfigs = await world.eniConfigs();
    assert.deepEqual(
      eniConfigs.map(({ name, subnet }) => `${name} ${blocks.get(subnet) ?? ""}`),
      [
        "payments 10.8.1.0/25",
        "us-west-2a 100.64.0.0/24",
        "us-west-2b 100.64.1.0/24",
        "us-west-2c 100.64.2.0/24",
      ],
    );
  });

  it("has one node with the annotation, in zone c", async () => {
    const { items } = await world.core.listNode();
    const annotated = items.filter(({ metadata }) => metadata?.annotations?.[ANNOTATION] !== undefined);
    assert.deepEqual(
      annotated.map((node) => [zoneOf(node), node.metadata?.annotations?.[ANNOTATION]]),
      [["us-west-2c", "payments"]],
    );
  });

  it("gave that node its last ENI in the nodes' subnet, and no other node", async () => {
    const blocks = new Map((await world.subnets()).map(({ SubnetId, CidrBlock }) => [SubnetId, CidrBlock]));
    for (const node of (await world.core.listNode()).items) {
      const [, ...podInterfaces] = await world.interfacesOf(node);
      const found = podInterfaces.map(({ SubnetId }) => blocks.get(SubnetId));
      if (zoneOf(node) === "us-west-2c") assert.deepEqual(found, ["100.64.2.0/24", "10.8.1.0/25"]);
      else for (const block of found) assert.match(block ?? "", /^100\.64\.[01]\.0\/24$/);
    }
  });

  it("has pods with addresses of the nodes' range, all of them Ready", async () => {
    const pods = await world.podsOf("payments", "settlement");
    assert.equal(pods.length, 12);
    assert.ok(pods.every(isReady));
    const addresses = pods.map(({ status }) => status?.podIP ?? "");
    const old = addresses.filter((address) => address.startsWith("10.8.1."));
    // Of the first pod ENI's nine places CoreDNS may have some.
    assert.ok(old.length >= 3, addresses.join(" "));
    assert.equal(old.length + addresses.filter((address) => address.startsWith("100.64.2.")).length, 12);
  });
});
