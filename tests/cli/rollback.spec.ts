import assert from "node:assert/strict";
import { join } from "node:path";
import { describeRollback, describeRollbackPlan } from "../../cli/rollbackText";
import type { RollbackResult } from "../../automation/rollback/rollback";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

const files = { [join("stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]" };

describe("podnet rollback", function () {
  // The first that gets as far loads what rotates.
  this.timeout(60_000);

  it("takes the flags of a rotation, and gets as far as pulumi", async () => {
    const flags = "--force --max-unavailable 10% --timeout 10m --delete-emptydir-data=false --dry-run";
    const folder = temporaryFolder();
    const { code, stderr } = await podnet(`rollback prod ${flags} --pulumi-root ${folder}`, files);
    assert.equal(code, 3);
    assert.ok(stderr.includes(`there is no pulumi in ${folder}/bin`), stderr);
  });

  it("has no flag for what goes in any case", async () => {
    assert.equal((await podnet("rollback prod --delete-empty-groups", files)).code, 2);
  });

  it("says all that is wrong with its settings, by the names of the flags", async () => {
    const { code, stderr } = await podnet("rollback prod --max-unavailable few --surge -2", files);
    assert.equal(code, 2);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.startsWith("  --")),
      [
        '  --max-unavailable: "few" is neither a number of nodes from 1 up nor a percentage.',
        '  --surge: "-2" is neither a number of workers from 0 up nor a percentage.',
      ],
    );
  });
});

describe("the way back, in words", () => {
  const nothing: RollbackResult = {
    outcome: "done",
    rotated: [],
    blocked: [],
    removed: [],
    left: [],
    problems: [],
    notes: [],
  };

  it("is a line when it is done", () => {
    assert.equal(
      describeRollback("prod", {
        ...nothing,
        rotated: ["a", "b"],
        removed: ["Subnet a"],
        left: ["Addon b"],
        notes: ["look"],
      }),
      "prod  taken back  2 nodes replaced, 1 resource deleted\nForgotten, stays as others made it: Addon b.\nnote: look",
    );
  });

  it("says where it stopped, why, and what goes on", () => {
    const problem = { path: "pods", reason: "shop/web still has an address.", fix: "Look at it." };
    assert.equal(
      describeRollback("prod", { ...nothing, outcome: "stopped", step: "subnets", problems: [problem] }),
      [
        "prod  stopped while looking whether anything is left in the pod subnets",
        "STOP  pods shop/web still has an address.\n      -> Look at it.",
        "0 nodes replaced by this run.\nNext: podnet rollback prod goes on from here.",
      ].join("\n\n"),
    );
  });

  it("says when there is nothing to take back", () => {
    assert.equal(
      describeRollbackPlan("prod", undefined),
      "prod  nothing to take back: its stack has nothing.",
    );
  });
});
