import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checkedAws, checkedOutside, environmentAws } from "../../automation/connect";
import { NoKubeConfigError } from "../../automation/kubeConfig";
import { temporaryFolder } from "../support/temporaryFolder";

const KEYS = { AWS_ACCESS_KEY_ID: "of-the-shell", AWS_SECRET_ACCESS_KEY: "secret" };

describe("the clients of AWS of an environment", () => {
  const folder = temporaryFolder();
  const given: Record<string, string> = {
    ...{ ...KEYS, AWS_PROFILE: "shop" },
    ...{ AWS_CONFIG_FILE: join(folder, "config"), AWS_SHARED_CREDENTIALS_FILE: join(folder, "none") },
  };
  const variablesBefore = Object.fromEntries(Object.keys(given).map((name) => [name, process.env[name]]));
  const warn = console.warn;
  after(() => {
    console.warn = warn;
    for (const [name, value] of Object.entries(variablesBefore)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  it("take AWS_PROFILE where keys are set as well, and say nothing on standard error", async () => {
    writeFileSync(
      join(folder, "config"),
      "[profile shop]\naws_access_key_id = of-the-profile\naws_secret_access_key = secret\n",
    );
    Object.assign(process.env, given);
    const said: unknown[] = [];
    console.warn = (...words: unknown[]) => said.push(words);
    const { sts } = environmentAws({ region: "us-west-2" });
    assert.equal((await sts.config.credentials()).accessKeyId, "of-the-profile");
    assert.deepEqual(said, []);
  });

  describe("that is looked at", () => {
    const { signal } = new AbortController();
    const environment = {
      ...{ name: "prod", stack: "prod", region: "us-west-2", rotation: {} },
      kubeconfig: join(folder, "none"),
    };
    beforeEach(() => {
      Object.assign(process.env, given);
      writeFileSync(
        join(folder, "config"),
        "[profile shop]\nregion = us-west-2\n[sso-session corp]\nsso_region = us-west-2\n",
      );
    });

    it("are there without a kubeconfig, for who does without the cluster", async () => {
      const { kubeConfig } = await checkedAws(environment, signal);
      assert.ok(kubeConfig instanceof NoKubeConfigError);
      assert.equal(kubeConfig.message, `the kubeconfig ${join(folder, "none")} is not there`);
      await assert.rejects(checkedOutside(environment, signal), kubeConfig);
    });

    it("are of no profile that is not there", async () => {
      const wrong = {
        name: "NoProfileError",
        message: `there is no AWS profile shop-dev in ${join(folder, "config")} or ${join(folder, "none")}`,
        fix: "There are shop: give one of them as profile in the file of environments, --profile or AWS_PROFILE. Or make it: aws configure sso --profile shop-dev",
      };
      await assert.rejects(checkedAws({ ...environment, profile: "shop-dev" }, signal), wrong);
      process.env.AWS_PROFILE = "shop-dev";
      await assert.rejects(checkedAws(environment, signal), wrong);
      await checkedAws({ ...environment, profile: "shop" }, signal);
    });
  });
});
