import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RotationError } from "../../automation/rotation/rotationError";
import { clusterOutside, withCluster } from "../../cli/clusterOutside";
import { OutsideError } from "../../cli/outsideError";
import { temporaryFolder } from "../support/temporaryFolder";

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "prod",
  contexts: [{ name: "prod", context: { cluster: "prod", user: "me" } }],
  clusters: [{ name: "prod", cluster: { server: "https://prod.example" } }],
  users: [{ name: "me", user: { token: "secret" } }],
});

describe("the outside of a cluster", () => {
  const folder = temporaryFolder();
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("asks AWS in its Region, with patience, and ends a request that gets no answer", async () => {
    const kubeconfig = join(folder, "config");
    writeFileSync(kubeconfig, KUBECONFIG);
    const environment = { name: "prod", stack: "prod", region: "us-west-2", rotation: {}, kubeconfig };
    const { ec2, autoScaling, eks } = clusterOutside(environment, new AbortController().signal);
    for (const { config } of [ec2, autoScaling, eks]) {
      assert.equal(await config.region(), "us-west-2");
      assert.equal(await config.maxAttempts(), 10);
      const { retryMode } = config as { retryMode?: string | (() => Promise<string>) };
      assert.equal(typeof retryMode === "function" ? await retryMode() : retryMode, "adaptive");
      const handler = config.requestHandler as unknown as {
        configProvider: Promise<Record<string, unknown>>;
      };
      const { connectionTimeout, requestTimeout, throwOnRequestTimeout } = await handler.configProvider;
      assert.deepEqual([connectionTimeout, requestTimeout, throwOnRequestTimeout], [5000, 30_000, true]);
    }
  });

  it("takes what a rotation finds otherwise than it must be for no defect of podnet", async () => {
    const failing = withCluster("Rotating prod", () =>
      Promise.reject(new RotationError("managed node group workers is gone", "Run podnet up again.")),
    );
    await assert.rejects(failing, (error) => {
      assert.ok(error instanceof OutsideError);
      assert.equal(error.message, "Rotating prod failed: managed node group workers is gone");
      assert.equal(error.fix, "Run podnet up again.");
      return true;
    });
  });
});
