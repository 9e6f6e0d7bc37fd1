import assert from "node:assert/strict";
import { describeDrift } from "../../cli/driftText";

const environment = { name: "prod", region: "us-west-2", stack: "prod", rotation: {} };
const change = {
  ...{ operation: "update" as const, urn: "urn", type: "aws:ec2/subnet:Subnet", name: "pods-a" },
  ...{ changedProperties: ["tags"], isBookkeeping: false },
};
const drift = {
  isDrifted: true,
  changes: [change],
  live: [
    { id: "NEW-WORKER-OLD" as const, title: "node new-1 is old", wayOut: "podnet rotate prod replaces it." },
  ],
  notSeen: ["the add-on"],
};

describe("drift as people read it", () => {
  const said = (place?: { readonly file: string; readonly workDir: string }) =>
    describeDrift(environment, drift, place).split("\n\n");

  it("says in one line that there is none", () => {
    const none = { isDrifted: false, changes: [], live: [], notSeen: [] };
    assert.equal(describeDrift(environment, none), "prod  no drift: all is as its stack says.");
  });

  it("has the verdict first, and a way out of everything that differs", () => {
    const [verdict, ...rest] = said();
    assert.equal(verdict, "prod  DRIFTED  1 resource, 1 in the live cluster that Pulumi does not see");
    assert.deepEqual(rest.slice(2), [
      "podnet up prod makes it as its stack says, after podnet preview prod; or change the stack's configuration, if what is there is right.",
      "NEW-WORKER-OLD  node new-1 is old\n                -> podnet rotate prod replaces it.",
      "Not seen: the add-on.",
    ]);
  });

  it("finds the environment in its ways out where this process has found it", () => {
    const flags = "--file=envs.yaml --work-dir=..";
    assert.deepEqual(said({ file: "envs.yaml", workDir: ".." }).slice(3, 5), [
      `podnet up prod ${flags} makes it as its stack says, after podnet preview prod ${flags}; or change the stack's configuration, if what is there is right.`,
      `NEW-WORKER-OLD  node new-1 is old\n                -> podnet rotate prod ${flags} replaces it.`,
    ]);
  });
});
