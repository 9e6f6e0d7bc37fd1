import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { temporaryFolder } from "../../../support/temporaryFolder";
import { PluginProcess, UNKNOWN, type Json } from "./pluginProcess";

const subnet = "aws:ec2/subnet:Subnet";

describe("the aws plugin's stand-in", function () {
  this.timeout(120_000);
  const withPlugin = async (env: Record<string, string>, use: (plugin: PluginProcess) => Promise<void>) => {
    const plugin = await PluginProcess.start("aws", env);
    try {
      await use(plugin);
    } finally {
      await plugin.stop();
    }
  };

  it("refuses AWS itself, and every endpoint that is not on this computer", () =>
    withPlugin({}, async (plugin) => {
      const region = "us-west-2";
      await assert.rejects(
        plugin.configure({ region }),
        /no endpoint for ec2, so it would be AWS itself: .* Set AWS_ENDPOINT_URL to a sandbox's/,
      );
      const at = (ec2: string): Json => ({ region, endpoints: [{ ec2 }] });
      for (const endpoint of [
        "https://ec2.us-west-2.amazonaws.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com:4566",
        "http://user@10.0.0.1:4566",
        "file:///127.0.0.1",
      ]) {
        await assert.rejects(
          plugin.configure(at(endpoint)),
          (error: Error) =>
            error.message.includes(
              `endpoints[].ec2 of the aws provider is ${endpoint}: the sandbox's stand-ins`,
            ),
          endpoint,
        );
      }
      const local = {
        autoscaling: "http://127.0.0.1:2",
        ec2: "http://127.0.0.1:1",
        eks: "http://localhost:1",
        sts: "http://[::1]:1",
      };
      assert.deepEqual(await plugin.configure({ region, endpoints: JSON.stringify([local]) }), {
        acceptoutputs: false,
        acceptresources: false,
        acceptsecrets: true,
        supportsAutonamingConfiguration: true,
        supportspreview: true,
      });
    }));

  it("takes a service's own endpoint from the environment before the one of all", () =>
    withPlugin(
      { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ENDPOINT_URL_EKS: "https://eks.example.com" },
      async (plugin) => {
        await assert.rejects(
          plugin.configure({ region: "us-west-2" }),
          /AWS_ENDPOINT_URL_EKS is https:\/\/eks\.example\.com/,
        );
      },
    ));

  it("takes the endpoint of its profile where the environment names none", async () => {
    const folder = temporaryFolder();
    try {
      const file = join(folder, "config");
      const profiles = ["dev", "prod"].map(
        (name) => `[profile ${name}]\nendpoint_url = https://${name}.example\n`,
      );
      writeFileSync(file, profiles.join(""));
      const env = { AWS_CONFIG_FILE: file, AWS_PROFILE: "dev" };
      await withPlugin(env, async (plugin) => {
        const refused = (name: string) =>
          new RegExp(`endpoint_url of the profile is https://${name}\\.example`);
        await assert.rejects(plugin.configure({ region: "us-west-2" }), refused("dev"));
        await assert.rejects(plugin.configure({ region: "us-west-2", profile: "prod" }), refused("prod"));
      });
      await withPlugin({ ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, async (plugin) => {
        await plugin.configure({ region: "us-west-2" });
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("takes the region from the environment, and needs one", () =>
    withPlugin({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, async (plugin) => {
      await assert.rejects(plugin.configure({}), /the aws provider has no region: set aws:region/);
      await withPlugin({ AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1" }, async (other) => {
        assert.deepEqual((await other.checkConfig({})).inputs, { region: "eu-west-1" });
        await other.configure({});
        const { inputs } = await other.check(subnet, "a", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" });
        assert.equal(inputs["region"], "eu-west-1");
      });
    }));

  it("refuses by name what it can't do: settings, resources, and roles to assume", () =>
    withPlugin({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, async (plugin) => {
      const { failures } = await plugin.checkConfig({
        region: "us-west-2",
        skipCredentialsValidation: "true",
        assumeRoles: '[{"roleArn":"arn:aws:iam::1:role/x"}]',
        colour: "red",
      });
      assert.deepEqual(
        failures.map(({ property }) => property),
        ["assumeRoles", "colour"],
      );
      await plugin.configure({ region: "us-west-2" });
      await assert.rejects(
        plugin.check("aws:s3/bucket:Bucket", "b", {}),
        /aws:s3\/bucket:Bucket is not part of the sandbox's stand-in for the aws plugin/,
      );
    }));

  it("is not configured by what is not known yet, and asks nobody", () =>
    withPlugin({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, async (plugin) => {
      await plugin.configure({ region: "us-west-2", endpoints: UNKNOWN });
      await assert.rejects(plugin.read(subnet, "subnet-1"), /the aws provider is not configured/);
      const { inputs } = await plugin.check(subnet, "a", { vpcId: UNKNOWN, cidrBlock: "10.0.0.0/24" });
      const planned = await plugin.create(subnet, "a", inputs, { preview: true });
      assert.equal(planned.state["cidrBlock"], "10.0.0.0/24");
    }));

  it("stops waiting when the engine cancels", () =>
    withPlugin({ AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, async (plugin) => {
      await plugin.configure({ region: "us-west-2", maxRetries: "0" });
      await plugin.cancel();
      await assert.rejects(plugin.delete(subnet, "subnet-1", {}), /cancelled|aborted/);
    }));

  it("ends when the engine that started it is killed", async () => {
    const main = join(__dirname, "../../../../sandbox/pulumi/plugins/aws/main.ts");
    const script = `
      const child = require("node:child_process").spawn(
        process.execPath, ["--require", "ts-node/register/transpile-only", ${JSON.stringify(main)}],
        { stdio: ["ignore", "pipe", "inherit"] });
      child.stdout.once("data", () => console.log(child.pid));
      setInterval(() => {}, 1000);`;
    const engine = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: engine.stdout }).once("line", (line) => {
        resolve(Number(line));
      });
    });
    engine.kill("SIGKILL");
    const isThere = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const deadline = Date.now() + 20_000;
    while (isThere() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(isThere(), false);
  });
});
