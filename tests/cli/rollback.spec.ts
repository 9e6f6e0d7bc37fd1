import assert from "node:assert/strict";
import { join } from "node:path";
import { describeRollback, describeRollbackPlan } from "../../cli/rollbackText";
import type { RollbackResult } from "../../automation/rollback/rollback";
import type { RollbackPlan } from "../../automation/rollback/rollbackPlan";
import { planRotation } from "../../planning/rotation/rotationPlan";
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
    rotatedEarlier: 0,
    blocked: [],
    removed: [],
    removedEarlier: 0,
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
    assert.equal(describeRollback("prod", nothing), "prod  taken back: nothing of it was left.");
    const deleted = { ...nothing, removed: ["Subnet a"] };
    assert.deepEqual(
      [6, undefined].map((rotatedEarlier) => describeRollback("prod", { ...deleted, rotatedEarlier })),
      [
        "prod  taken back  6 nodes replaced (6 before this process), 1 resource deleted",
        "prod  taken back  0 nodes replaced by this process, 1 resource deleted",
      ],
    );
    assert.deepEqual(
      [15, undefined].map((removedEarlier) => describeRollback("prod", { ...deleted, removedEarlier })),
      [
        "prod  taken back  0 nodes replaced, 16 resources deleted (15 before this process)",
        "prod  taken back  0 nodes replaced, 1 resource deleted by this process",
      ],
    );
  });

  it("says where it stopped, why, and what goes on", () => {
    const problem = { path: "pods", reason: "shop/web still has an address.", fix: "Look at it." };
    assert.equal(
      describeRollback("prod", { ...nothing, outcome: "stopped", step: "subnets", problems: [problem] }),
      [
        "prod  stopped while looking whether anything is left in the pod subnets",
        "STOP  pods shop/web still has an address.\n      -> Look at it.",
        "0 nodes replaced.\nNext: podnet rollback prod goes on from here.",
      ].join("\n\n"),
    );
  });

  it("names a command that finds the environment where this process found it", () => {
    const paused = { ...nothing, outcome: "paused" as const };
    const told = describeRollback("prod", paused, undefined, { workDir: "infra" });
    assert.match(told, /\nNext: podnet rollback prod --work-dir=infra goes on from here\.$/);
  });

  it("says when there is nothing to take back", () => {
    assert.equal(
      describeRollbackPlan("prod", undefined),
      "prod  nothing to take back: its stack has nothing.",
    );
  });

  it("says that nothing was touched only where nothing was begun", () => {
    const problem = { path: "zones.us-west-2a", reason: "has 5 free addresses.", fix: "Free some." };
    const told = describeRollback("prod", { ...nothing, outcome: "refused", problems: [problem] });
    assert.equal(
      told,
      "prod  not begun; nothing was touched.\n\nSTOP  zones.us-west-2a has 5 free addresses.\n      -> Free some.",
    );
    const begun = describeRollback("prod", { ...nothing, outcome: "stopped", problems: [problem] });
    assert.match(begun, /^prod {2}stopped\n/);
    assert.ok(!begun.includes("nothing was touched"), begun);
  });

  it("names nodes that are blocked, also where it stopped", () => {
    const blocked = [{ node: "node-1", isInService: true, because: ["shop/web-1: shop/web allows none"] }];
    for (const outcome of ["blocked", "paused", "stopped"] as const) {
      const told = describeRollback("prod", { ...nothing, outcome, step: "workers", blocked });
      assert.ok(told.includes("node-1\n  shop/web-1: shop/web allows none"), told);
    }
  });
});

describe("the plan of the way back, in words", () => {
  const observation = {
    nodes: [],
    pods: [],
    budgets: [],
    target: { podSubnets: [], prefixDelegation: false, maxEni: undefined },
  };
  const rotation = planRotation(observation, [], { maxUnavailable: 1 });
  const plan: RollbackPlan = {
    isBegun: false,
    cni: ["AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=false", "ENI_CONFIG_LABEL_DEF (unset)"],
    rotation: { ...rotation, nodes: 6, notes: ["general begins with 2 of the 3 workers that it had."] },
    oldRange: [
      {
        availabilityZone: "us-west-2a",
        freeAddresses: 1_200,
        neededAddresses: 40,
        newWorkers: 2,
        subnetIds: ["subnet-1"],
      },
    ],
    removed: ["Subnet pods-us-west-2a"],
    left: ["Addon pods"],
    problems: [],
  };

  it("says all that would be done, and notes, also where no node has to be replaced", () => {
    assert.equal(
      describeRollbackPlan("prod", plan),
      `prod  can be taken back

aws-node  is set back:
  AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=false
  ENI_CONFIG_LABEL_DEF (unset)

workers  none of 6 nodes has to be replaced: nothing on them is of the pod subnets.
note: general begins with 2 of the 3 workers that it had.

ZONE        ADDRESSES FREE  NEEDED  NEW WORKERS  SUBNETS
us-west-2a           1,200      40            2  subnet-1

Then old groups get the rest of their sizes and their suspended processes back, and network
  interfaces that the CNI has left in the pod subnets are removed.

Deleted in the end, with their protection lifted:
  Subnet pods-us-west-2a

Stays, taken over from others; the stack forgets it:
  Addon pods`,
    );
  });

  it("says of one that was begun whether it can go on", () => {
    const problem = { path: "pods", reason: "are in the way.", fix: "Look." };
    const head = (given: Partial<RollbackPlan>) =>
      describeRollbackPlan("prod", { ...plan, ...given }).split("\n")[0];
    assert.deepEqual(
      [head({ problems: [problem] }), head({ isBegun: true }), head({ isBegun: true, problems: [problem] })],
      [
        "prod  can't be taken back yet",
        "prod  its rollback was begun, and can go on",
        "prod  its rollback was begun, and can't go on yet",
      ],
    );
  });

  it("is no wider than the terminal", () => {
    const long = "word ".repeat(40).trim();
    const problem = { path: "pods", reason: `${long}.`, fix: `${long}.` };
    const given = { rotation: { ...plan.rotation, notes: [long] }, oldRange: [], problems: [problem] };
    const texts = [
      describeRollbackPlan("prod", { ...plan, ...given }, 60),
      ...(["done", "refused", "blocked", "paused", "stopped"] as const).map((outcome) =>
        describeRollback(
          "prod",
          {
            outcome,
            rotated: [],
            rotatedEarlier: 0,
            blocked: [{ node: "n", isInService: true, because: [long] }],
            removed: [],
            removedEarlier: 0,
            left: [long],
            problems: [problem],
            notes: [long],
          },
          60,
        ),
      ),
    ];
    const widest = texts.flatMap((text) => text.split("\n")).filter((line) => line.length > 60);
    assert.deepEqual(widest, []);
  });
});
