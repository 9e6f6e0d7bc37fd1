import assert from "node:assert/strict";
import { isBusy, terminationRefusal } from "../../../planning/rotation/terminationRefusal";

describe("a termination that AWS refuses", () => {
  const rows: [string, string, boolean, RegExp][] = [
    [
      "OperationNotPermitted",
      "The instance may not be terminated.",
      false,
      /terminated. Switch its protection off \(aws ec2 modify-instance-attribute --instance-id i-1 --no-disable-api-termination\)/,
    ],
    [
      "AccessDenied",
      "with an explicit deny in a service control policy",
      true,
      /control policy. Allow it where the message says/,
    ],
    [
      "UnauthorizedOperation",
      "no identity-based policy allows it. Encoded authorization failure message: xyz",
      true,
      /allows it. Allow it where/,
    ],
    [
      "ValidationError",
      "Currently, desiredSize equals minSize (2).",
      true,
      /Somebody has raised its group's minimum/,
    ],
    ["ValidationError", "The instance i-1 is in Standby.", false, /in Standby. Look at it \(aws autoscaling/],
    ["ResourceContentionFault", "a pending update", false, /Its group is busy with another change/],
  ];
  for (const [name, message, isOfOthersToo, said] of rows) {
    it(`is told with the way out: ${name}, ${message.slice(0, 30)}`, () => {
      const refusal = terminationRefusal("i-1", { name, message }) ?? assert.fail(name);
      assert.match(refusal.reason, /^AWS refuses to terminate i-1: /);
      assert.match(`${refusal.reason} ${refusal.wayOut}`, said);
      assert.equal(refusal.isOfOthersToo, isOfOthersToo);
    });
  }

  it("is none where AWS says nothing of the instance", () => {
    assert.equal(terminationRefusal("i-1", { name: "TimeoutError", message: "no answer" }), undefined);
    assert.equal(terminationRefusal("i-1", { name: "ExpiredToken", message: "it has expired" }), undefined);
  });

  it("passes by itself while the group is busy, and otherwise not", () => {
    assert.equal(isBusy({ name: "ScalingActivityInProgressFault", message: "" }), true);
    assert.equal(isBusy({ name: "ValidationError", message: "" }), false);
  });
});
