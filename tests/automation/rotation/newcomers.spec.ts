import assert from "node:assert/strict";
import { oldNewcomer, undecidedNewcomers, withoutNewcomers } from "../../../automation/rotation/newcomers";
import { oldNodes } from "../../../planning/rotation/oldNodes";
import { clusterWith, newNode, oldNodeNamed } from "../../planning/rotation/builders";

const DAY_MS = 24 * 60 * 60_000;

describe("a node that joins during a run", () => {
  const run = {
    newestNodeAtMs: 1_000,
    startedAtMs: 2_000,
    groups: { general: { minSize: 3, suspended: {} } },
  };
  const first = { ...oldNodeNamed("old-1"), createdAtMs: 1_000 };
  const newcomer = { ...oldNodeNamed("old-2"), createdAtMs: 1_001 };
  const joining = { ...newcomer, name: "old-3", isReady: false };
  const cluster = clusterWith([first, newcomer, joining, { ...newNode, createdAtMs: 5_000 }], []);

  it("is not rotated in it", () => {
    const names = withoutNewcomers(oldNodes(cluster), run.newestNodeAtMs).map(({ node }) => node.name);
    assert.deepEqual(names, ["old-1"]);
  });

  it("stops it when it is Ready and old, with how old the run is and what to do", () => {
    const problem = oldNewcomer(cluster, run, 2_000 + 3 * DAY_MS);
    assert.equal(problem?.path, "nodes.old-2");
    assert.equal(
      problem.reason,
      "joined during this run, which began 3 days ago, and is old: primary ENI eni-0 carries 2 secondary addresses.",
    );
    assert.match(problem.fix, /^Its group general makes such nodes.* Run the rotation again: it begins anew/);
  });

  it("points at how nodes are made where a new worker is old", () => {
    const worker = { ...newcomer, owner: newNode.owner };
    const problem = oldNewcomer(clusterWith([worker], []), run, 2_000 + 90 * 60_000);
    assert.match(problem?.reason ?? "", /which began 90 min ago/);
    assert.match(problem?.fix ?? "", /^Look at how its group makes nodes/);
  });

  it("is undecided before it is Ready", () => {
    const waiting = clusterWith([first, joining], []);
    assert.equal(oldNewcomer(waiting, run, 3_000), undefined);
    assert.deepEqual(undecidedNewcomers(waiting, run), ["old-3"]);
  });

  it("is no trouble when it is new", () => {
    const fine = clusterWith([first, { ...newNode, createdAtMs: 5_000 }], []);
    assert.deepEqual([oldNewcomer(fine, run, 3_000), undecidedNewcomers(fine, run)], [undefined, []]);
  });
});
