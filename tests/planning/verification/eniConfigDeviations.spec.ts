import assert from "node:assert/strict";
import {
  eniConfigDeviations,
  type DeployedEniConfigs,
} from "../../../planning/verification/eniConfigDeviations";
import { clusterWith, newNode, oldNodeNamed, target } from "../rotation/builders";

const deployed: DeployedEniConfigs = {
  found: [
    { name: "us-west-2a", subnetId: "subnet-pods-a" },
    { name: "batch-us-west-2a", subnetId: "subnet-batch-a" },
  ],
  made: ["us-west-2a", "batch-us-west-2a"],
  podSubnets: [
    ...target.podSubnets.slice(0, 1),
    {
      availabilityZone: "us-west-2a",
      group: "batch",
      subnetId: "subnet-batch-a",
      cidrBlock: "100.64.128.0/18",
    },
  ],
  takenBy: () => "us-west-2a",
};
const titles = (change: Partial<DeployedEniConfigs>, nodes = [newNode]) =>
  eniConfigDeviations({ ...deployed, ...change }, clusterWith(nodes, []), "prod").map(
    ({ title, wayOut }) => `${title} -> ${wayOut}`,
  );

describe("ENIConfigs as deployed", () => {
  it("are those of the stack with their own subnets, of zones and of named groups", () => {
    assert.deepEqual(titles({}), []);
    assert.deepEqual(titles({ takenBy: () => "batch-us-west-2a" }), []);
  });

  it("are told when one is gone, or names another subnet", () => {
    assert.deepEqual(titles({ found: [{ name: "us-west-2a", subnetId: "" }] }), [
      "ENIConfig us-west-2a names no subnet, its stack says subnet-pods-a -> podnet up prod puts it back",
      "ENIConfig batch-us-west-2a is not there -> podnet up prod puts it back",
    ]);
  });

  it("are told when a new node takes another one; an old node is replaced anyway, and Fargate takes none", () => {
    const takenBy = () => "legacy";
    assert.deepEqual(titles({ takenBy }), [
      "node new-1 takes ENIConfig legacy, which its stack did not make -> put right the label or the annotation of the node that chooses it",
    ]);
    const fargate = { ...newNode, owner: { kind: "fargate" as const }, enis: [] };
    assert.deepEqual(titles({ takenBy }, [oldNodeNamed("old-1"), fargate]), []);
  });
});
