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

  it("has a token made as the environment's profile, with no keys of the shell, unless the kubeconfig says as whom", () => {
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: "aws",
      args: ["eks", "get-token"],
      env: [{ name: "AWS_PROFILE", value: "shop-dev" }],
    };
    const written = { ...(JSON.parse(KUBECONFIG) as object), users: [{ name: "me", user: { exec } }] };
    const kubeconfig = join(folder, "exec");
    const variables = (env: object[] | undefined, profile?: string) => {
      exec.env = env as typeof exec.env;
      writeFileSync(kubeconfig, JSON.stringify(written));
      const config = kubeConfigOf({ kubeconfig, ...(profile !== undefined && { profile }) });
      const made = config.getCurrentUser()?.exec as { env?: { name: string; value: string }[] };
      return Object.fromEntries((made.env ?? []).map(({ name, value }) => [name, value]));
    };
    const noKeys = {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_SESSION_TOKEN: "",
      AWS_WEB_IDENTITY_TOKEN_FILE: "",
    };
    assert.deepEqual(variables(undefined, "shop-prod"), { AWS_PROFILE: "shop-prod", ...noKeys });
    const asDev = [{ name: "AWS_PROFILE", value: "shop-dev" }];
    assert.deepEqual(variables(asDev, "shop-prod"), { AWS_PROFILE: "shop-dev", ...noKeys });
    assert.deepEqual(variables(asDev), { AWS_PROFILE: "shop-dev" });
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
