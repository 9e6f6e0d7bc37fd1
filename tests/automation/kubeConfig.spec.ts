import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../automation/environments";
import { kubeConfigOf, KubeConfigError } from "../../automation/kubeConfig";
import { temporaryFolder } from "../support/temporaryFolder";

const KUBECONFIG = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  "current-context": "dev",
  contexts: ["dev", "prod"].map((name) => ({ name, context: { cluster: name, user: "me" } })),
  clusters: ["dev", "prod"].map((name) => ({ name, cluster: { server: `https://${name}.example` } })),
  users: [{ name: "me", user: { token: "secret" } }],
});

describe("kubeConfigOf", () => {
  const folder = temporaryFolder();
  const environment: Environment = {
    name: "prod",
    stack: "prod",
    region: "us-west-2",
    rotation: {},
    kubeconfig: join(folder, "config"),
  };
  before(() => {
    writeFileSync(join(folder, "config"), KUBECONFIG);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("takes the kubeconfig's current context", () => {
    assert.equal(kubeConfigOf(environment).getCurrentCluster()?.server, "https://dev.example");
  });

  it("takes the context that the environment names", () => {
    const config = kubeConfigOf({ ...environment, kubeContext: "prod" });
    assert.equal(config.getCurrentCluster()?.server, "https://prod.example");
  });

  it("says which contexts there are", () => {
    assert.throws(
      () => kubeConfigOf({ ...environment, kubeContext: "staging" }),
      (error) => {
        assert.ok(error instanceof KubeConfigError);
        assert.equal(error.message, "the kubeconfig has no context staging");
        assert.equal(error.fix, "It has dev, prod. Correct kubeContext in the file of environments.");
        return true;
      },
    );
  });

  it("says which file can't be read", () => {
    const missing = join(folder, "nothing");
    assert.throws(
      () => kubeConfigOf({ ...environment, kubeconfig: missing }),
      new RegExp(`^KubeConfigError: ${missing} can't be read: `),
    );
  });
});
