import assert from "node:assert/strict";
import { EC2ServiceException } from "@aws-sdk/client-ec2";
import { KubeConfigError, NoKubeConfigError } from "../../automation/kubeConfig";
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
      fix: "Give the credentials the IAM action that the message names.",
      exitCode: 3,
    });
  });

  it("is what a host of several addresses does not answer, in the words of the first", async () => {
    const refused = (address: string) => new Error(`connect ECONNREFUSED ${address}:4566`);
    const error = new AggregateError([refused("::1"), refused("127.0.0.1")]);
    const told = await failureOf(Object.assign(error, { $metadata: {} }));
    assert.deepEqual(told, {
      message: "Rotating prod failed: connect ECONNREFUSED ::1:4566",
      fix: "Check that this address answers; AWS_ENDPOINT_URL, or endpoint_url of the AWS profile, says which endpoint of AWS is asked, KUBECONFIG which cluster.",
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

  it("is no failure of the outside where the kubeconfig is another than settings say; is one where there is none", async () => {
    const [message, fix] = ["no context prod", "It has dev."];
    const told = { message: "Rotating prod failed: no context prod", fix };
    assert.deepEqual(await failureOf(new KubeConfigError(message, fix)), { ...told, exitCode: 2 });
    assert.deepEqual(await failureOf(new NoKubeConfigError(message, fix)), { ...told, exitCode: 3 });
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
