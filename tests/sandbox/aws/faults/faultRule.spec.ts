import assert from "node:assert/strict";
import { faultRuleSchema } from "../../../../sandbox/aws/faults/faultRule";

describe("a fault that is asked for", () => {
  const problemsOf = (given: unknown) =>
    (faultRuleSchema.safeParse(given).error?.issues ?? []).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("is about all calls of users, unless it says otherwise", () => {
    assert.deepEqual(faultRuleSchema.parse({ kind: "throttle" }), {
      kind: "throttle",
      action: "*:*",
      from: "user",
    });
    assert.deepEqual(
      faultRuleSchema.parse({ kind: "error", action: "eks:Describe*", from: "nodes", every: 3 }),
      {
        kind: "error",
        action: "eks:Describe*",
        from: "nodes",
        every: 3,
      },
    );
  });

  it("is about everybody's calls of one action where the kind is", () => {
    assert.deepEqual(faultRuleSchema.parse({ kind: "insufficient-capacity", zone: "us-west-2a" }), {
      kind: "insufficient-capacity",
      action: "ec2:RunInstances",
      from: "anyone",
      zone: "us-west-2a",
    });
  });

  it("is refused with all that is wrong with it", () => {
    assert.deepEqual(
      problemsOf({ kind: "throttle", action: "DescribeVpcs", zone: "us-west-2a", seconds: 3 }),
      [
        'action: "DescribeVpcs" is no action: write service:Action, such as ec2:Describe*',
        "seconds: is for stale, not for throttle",
        "zone: is for insufficient-capacity, not for throttle",
      ],
    );
    assert.equal(problemsOf({ kind: "throttle", times: 0, for: -1, every: 1.5, other: 1 }).length, 4);
  });

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ["of a kind that isn't there", { kind: "slow" }, /^kind: Invalid option.*"throttle"/],
    ["about a service that isn't there", { kind: "error", action: "ecs:*" }, /no service ecs; there are ec2/],
    [
      "about another action than its kind",
      { kind: "leak-eni", action: "ec2:*" },
      /^action: leak-eni is about ec2:TerminateInstances alone$/,
    ],
  ];
  for (const [what, given, expected] of refused) {
    it(`is refused when it is ${what}`, () => {
      assert.match(problemsOf(given).join("\n"), expected);
    });
  }
});
