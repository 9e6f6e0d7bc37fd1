import assert from "node:assert/strict";
import { EC2ServiceException } from "@aws-sdk/client-ec2";
import { PulumiError } from "../../automation/pulumiError";
import { RotationError } from "../../automation/rotation/rotationError";
import { OutsideError } from "../../cli/outsideError";
import { withOutside } from "../../cli/outsideFailure";

async function failureOf(error: Error): Promise<unknown> {
  const failed = await withOutside("Rotating prod", () => Promise.reject(error)).catch((it: unknown) => it);
  if (!(failed instanceof OutsideError)) return failed;
  const { message, fix, exitCode } = failed;
  return { message, fix, exitCode };
}

describe("a failure of the outside", () => {
  it("is what a rotation finds otherwise than it must be", async () => {
    const error = new RotationError("managed node group workers is gone", "Run podnet up again.");
    assert.deepEqual(await failureOf(error), {
      message: "Rotating prod failed: managed node group workers is gone",
      fix: "Run podnet up again.",
      exitCode: 3,
    });
  });

  it("is what AWS answers", async () => {
    const $metadata = { httpStatusCode: 403 };
    const error = new EC2ServiceException({
      name: "UnauthorizedOperation",
      message: "you may not",
      $fault: "client",
      $metadata,
    });
    assert.deepEqual(await failureOf(error), {
      message: "Rotating prod failed: you may not",
      fix: "Check credentials, permissions, Region and endpoint.",
      exitCode: 3,
    });
  });

  it("is what Pulumi says, in its words; of settings that are refused, wrong usage", async () => {
    const error = new PulumiError("opening stack prod", "there is no Pulumi.yaml.", "Give its folder.");
    const told = { message: "opening stack prod failed: there is no Pulumi.yaml.", fix: "Give its folder." };
    assert.deepEqual(await failureOf(error), { ...told, exitCode: 3 });
    const ofSettings = new PulumiError(error.what, error.reason, error.fix, { isOfSettings: true });
    assert.deepEqual(await failureOf(ofSettings), { ...told, exitCode: 2 });
  });

  it("is told once, and is not what podnet does wrong itself", async () => {
    const failure = new OutsideError("Starting pulumi", new Error("there is none"), "Install it.");
    assert.deepEqual(await failureOf(failure), {
      message: "Starting pulumi failed: there is none",
      fix: "Install it.",
      exitCode: 3,
    });
    const defect = new TypeError("undefined is not a function");
    assert.equal(await failureOf(defect), defect);
  });
});
