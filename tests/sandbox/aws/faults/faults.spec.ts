import assert from "node:assert/strict";
import { faultRuleSchema, type FaultRuleInput } from "../../../../sandbox/aws/faults/faultRule";
import { faultRegister, type FaultedCall } from "../../../../sandbox/aws/faults/faults";

describe("the faults of an AWS", () => {
  let now = 0;
  const register = (...rules: FaultRuleInput[]) => {
    now = 1_000;
    const faults = faultRegister({ now: () => now });
    for (const rule of rules) faults.add(faultRuleSchema.parse(rule));
    return faults;
  };
  const call: FaultedCall = { service: "ec2", action: "DescribeVpcs", caller: "user" };

  it("hit the calls whose action they name, and no others", () => {
    const faults = register({ kind: "throttle", action: "ec2:Describe*" });
    const hits = (of: Partial<FaultedCall>) => faults.strike(["throttle"], { ...call, ...of }) !== undefined;
    assert.equal(hits({}), true);
    assert.equal(hits({ action: "CreateVpc" }), false);
    assert.equal(hits({ service: "eks", action: "DescribeCluster" }), false);
    assert.equal(hits({ caller: "nodes" }), false);
    assert.equal(faults.strike(["error"], call), undefined);
  });

  it("hit as many calls as they say, or each so many, and are over then", () => {
    const faults = register({ kind: "error", times: 2, every: 3 });
    const hits = Array.from({ length: 9 }, () => faults.strike(["error"], call) !== undefined);
    assert.deepEqual(hits, [false, false, true, false, false, true, false, false, false]);
    assert.deepEqual(
      faults.list().map(({ id, seen, hits: count, isOver }) => ({ id, seen, count, isOver })),
      [{ id: "f-1", seen: 6, count: 2, isOver: true }],
    );
  });

  it("are in force as long as they say", () => {
    const faults = register({ kind: "error", for: 2 });
    now = 2_999;
    assert.equal(faults.watches("error", call), true);
    now = 3_000;
    assert.equal(faults.watches("error", call), false);
    assert.equal(faults.strike(["error"], call), undefined);
  });

  it("count no call that isn't theirs by its own members", () => {
    const faults = register({ kind: "insufficient-capacity", zone: "us-west-2a", times: 1 });
    const run: FaultedCall = { service: "ec2", action: "RunInstances", caller: "auto-scaling" };
    const strike = (zone: string) =>
      faults.strike(["insufficient-capacity"], run, (rule) => rule.zone === zone) !== undefined;
    assert.deepEqual(
      [strike("us-west-2b"), strike("us-west-2a"), strike("us-west-2a")],
      [false, true, false],
    );
  });

  it("are tried in the order in which they came, until they are removed", () => {
    const faults = register({ kind: "error", times: 1 }, { kind: "throttle" });
    const kinds = () => faults.strike(["throttle", "error"], call)?.kind;
    assert.deepEqual([kinds(), kinds()], ["error", "throttle"]);
    assert.equal(faults.remove("f-2"), 1);
    assert.equal(kinds(), undefined);
    assert.equal(faults.remove("f-2"), 0);
    assert.equal(faults.remove(), 1);
    assert.deepEqual(faults.list(), []);
  });
});
