import { strict as assert } from "node:assert";
import type { InstanceFacts } from "../../../planning/podNetwork/clusterFacts";
import { isNotSeen } from "../../../planning/preflight/finding";
import type { ControlPlaneFacts, PodAttachment } from "../../../planning/preflight/picture";
import { podAttachment } from "../../../planning/preflight/podAttachment";
import { instance, smallCluster } from "../../support/clusterFacts";

const controlPlane = { clusterSecurityGroupId: "sg-cluster" } as ControlPlaneFacts;

function attachmentOf(instances: readonly InstanceFacts[], podCidrs: readonly string[]): PodAttachment {
  const facts = { ...smallCluster, instances };
  const { subnets } = smallCluster;
  const attachment = podAttachment({ controlPlane, instances, subnets, facts, wanted: { podCidrs } });
  return isNotSeen(attachment) ? assert.fail(attachment.notSeen) : attachment;
}

/** The groups of pods, today and tomorrow, where nodes of zones carry these and a configuration names none. */
function groupsWhere(nodes: Readonly<Record<string, readonly string[]>>): (readonly string[])[] {
  const instances = Object.entries(nodes).map(([letter, groups]) =>
    instance(`i-${letter}`, letter, [...groups]),
  );
  const { groupsToday, groupsTomorrow } = attachmentOf(instances, ["100.64.0.0/16"]);
  return [groupsToday, groupsTomorrow].map((groups) => [...groups].sort());
}

describe("how pods are attached", () => {
  it("is by the groups that ENIConfigs take from the nodes of their zones, where these differ", () => {
    assert.deepEqual(groupsWhere({ a: ["sg-cluster"], b: ["sg-cluster"], c: ["sg-cluster", "sg-workers"] }), [
      ["sg-cluster", "sg-workers"],
      ["sg-cluster", "sg-workers"],
    ]);
  });

  it("is by the cluster's own group where ENIConfigs leave it to new nodes", () => {
    const both = ["sg-cluster", "sg-workers"];
    assert.deepEqual(groupsWhere({ a: both, b: both, c: both }), [both, ["sg-cluster"]]);
  });

  it("is today in those blocks of nodes' subnets that are any", () => {
    const { instances } = smallCluster;
    const [first, ...rest] = smallCluster.subnets.filter(({ subnetId }) =>
      instances.some((one) => one.subnetId === subnetId),
    );
    assert.ok(first !== undefined && rest.length > 0);
    const subnets = [{ ...first, cidrBlock: "" }, ...rest];
    const wanted = { podCidrs: ["100.64.0.0/16"] };
    const attachment = podAttachment({ controlPlane, instances, subnets, facts: smallCluster, wanted });
    assert.deepEqual(
      isNotSeen(attachment) ? attachment : attachment.from.map(({ cidr }) => cidr),
      rest.map(({ cidrBlock }) => cidrBlock),
    );
  });

  it("is in those of their blocks that are any", () => {
    const { ranges, to } = attachmentOf(smallCluster.instances, ["100.64.3.0/16", "100.65.0.0/16"]);
    assert.deepEqual(
      [ranges, to].map((blocks) => blocks.map(({ cidr }) => cidr)),
      [["100.65.0.0/16"], ["100.65.0.0/16"]],
    );
  });
});
