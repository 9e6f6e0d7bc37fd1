import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "../../automation/environments";
import { kubeConfigOf, KubeConfigError, NoKubeConfigError } from "../../automation/kubeConfig";
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
        assert.equal(
          error.fix,
          "It has dev, prod. Correct kubeContext in the file of environments, or --kube-context.",
        );
        return true;
      },
    );
  });

  const refusalOf = (kubeconfig: string | undefined) => {
    try {
      kubeConfigOf({ kubeconfig });
    } catch (error) {
      return error instanceof NoKubeConfigError ? error.message : error;
    }
    return "none";
  };
  const unusable: [name: string, content: string | undefined, why: string][] = [
    ["is not there", undefined, "is not there"],
    [
      "is no YAML, without what is in it",
      "{{{ secret",
      "is none: unexpected end of the stream within a flow collection (2:1)",
    ],
    ["is empty", "", "is none: there is nothing in it"],
    ["lacks a part", "clusters: [{ name: a }]", "is none: clusters[0].cluster is missing"],
    [
      "has no current context",
      "kind: Config",
      "names no cluster to be asked: its current context is not set",
    ],
    [
      "has a dangling one",
      "current-context: gone",
      "names no cluster to be asked: its current context is gone",
    ],
  ];
  for (const [name, content, why] of unusable) {
    it(`says that the file ${name}`, () => {
      const kubeconfig = join(folder, "unusable");
      rmSync(kubeconfig, { force: true });
      if (content !== undefined) writeFileSync(kubeconfig, content);
      assert.equal(refusalOf(kubeconfig), `the kubeconfig ${kubeconfig} ${why}`);
    });
  }

  describe("of a shell", () => {
    const { HOME, KUBECONFIG: before } = process.env;
    afterEach(() => {
      process.env.HOME = HOME;
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    });

    it("is told not to be there, with where it was looked for", () => {
      process.env.HOME = folder;
      delete process.env.KUBECONFIG;
      assert.equal(
        refusalOf(undefined),
        "there is no kubeconfig: KUBECONFIG is not set, and there is no ~/.kube/config",
      );
    });

    it("is named where one of several files is missing", () => {
      const missing = join(folder, "nothing");
      process.env.KUBECONFIG = [join(folder, "config"), missing].join(delimiter);
      assert.equal(refusalOf(undefined), `the kubeconfig ${missing} is not there`);
    });
  });
});
