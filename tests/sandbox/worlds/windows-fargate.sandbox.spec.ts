import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { findingsOf, preflightOf } from "../../support/preflight";
import { sandboxFixture } from "../../support/sandbox";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, WorldView } from "./worldView";

const COMPUTE_TYPE = "eks.amazonaws.com/compute-type";

describe("the world windows-fargate", function () {
  this.timeout(180_000);
  const { record } = sandboxFixture("windows-fargate");
  let world: WorldView;
  before(() => {
    world = new WorldView(record());
  });

  it("has three ordinary nodes, one of Windows, and one of Fargate's for each of its pods", async () => {
    const { items } = await world.core.listNode();
    const kinds = items.map((node) => {
      const { metadata, spec } = node;
      const labels = metadata?.labels ?? {};
      const taints = (spec?.taints ?? []).map(({ key, value }) => `${key}=${value ?? ""}`);
      return [labels["kubernetes.io/os"], labels[COMPUTE_TYPE], ...taints, isReady(node)].join(" ");
    });
    assert.deepEqual(kinds.sort(), [
      "linux  true",
      "linux  true",
      "linux  true",
      `linux fargate ${COMPUTE_TYPE}=fargate true`,
      `linux fargate ${COMPUTE_TYPE}=fargate true`,
      "windows  os=windows true",
    ]);
  });

  it("is told beforehand which nodes keep today's addresses, and whom the one of Windows belongs to", async () => {
    const preflight = await preflightOf(record());
    assert.deepEqual(
      findingsOf(preflight, "NODE-STAYS").map(({ level, title }) => [level, title]),
      [
        ["warn", "2 Fargate nodes keep addresses of today's range"],
        ["warn", "1 Windows node keeps addresses of today's range"],
      ],
    );
    assert.deepEqual(
      findingsOf(preflight, "NODE-OWNER").map(({ title }) => title),
      ["1 node belongs to Auto Scaling group windows-fargate-windows"],
    );
  });

  it("has pods on Windows with addresses of the one ENI of their node", async () => {
    const pods = await world.podsOf("legacy", "invoices");
    const { items } = await world.core.listNode();
    const node = items.find(({ metadata }) => metadata?.labels?.["kubernetes.io/os"] === "windows");
    assert.ok(node !== undefined);
    const [primary, ...others] = await world.interfacesOf(node);
    assert.equal(others.length, 0);
    const addresses = primary?.PrivateIpAddresses?.map(({ PrivateIpAddress }) => PrivateIpAddress) ?? [];
    assert.equal(pods.length, 2);
    for (const { status } of pods) assert.ok(addresses.includes(status?.podIP), status?.podIP);
  });

  it("has pods on Fargate with the addresses of their nodes, which are ENIs of the profile's subnets", async () => {
    const pods = await world.podsOf("reports", "report");
    assert.equal(pods.length, 2);
    const interfaces = await world.networkInterfaces();
    for (const { metadata, spec, status } of pods) {
      assert.equal(metadata?.labels?.["eks.amazonaws.com/fargate-profile"], "reports");
      assert.equal(spec?.schedulerName, "fargate-scheduler");
      assert.equal(
        spec.nodeName,
        `fargate-ip-${status?.podIP?.replaceAll(".", "-") ?? ""}.us-west-2.compute.internal`,
      );
      const eni = interfaces.find(({ PrivateIpAddress }) => PrivateIpAddress === status?.podIP);
      assert.equal(eni?.Description, "fargate profile reports");
    }
    // Without the profile's label it is a pod like any other.
    const [front] = await world.podsOf("reports", "front");
    assert.equal(front?.spec?.schedulerName, "default-scheduler");
  });

  it("has another node for a pod on Fargate that is made again, and not the old one", async () => {
    const [pod] = await world.podsOf("reports", "report");
    assert.ok(pod !== undefined);
    assert.deepEqual(await world.evict(pod), { code: 201, said: "" });
    const nodeOf = ({ spec }: V1Pod) => spec?.nodeName ?? "";
    await eventually("two pods are Ready on two nodes of Fargate", async () => {
      const pods = await world.podsOf("reports", "report");
      const { items } = await world.core.listNode({ labelSelector: `${COMPUTE_TYPE}=fargate` });
      const nodes = items.map(({ metadata }) => metadata?.name ?? "").sort();
      const areNew = pods.every((one) => isReady(one) && one.metadata?.uid !== pod.metadata?.uid);
      return areNew && pods.map(nodeOf).sort().join() === nodes.join();
    });
  });
});
