import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import {
  DeleteAddonCommand,
  DescribeAddonCommand,
  DescribeClusterCommand,
  waitUntilAddonDeleted,
} from "@aws-sdk/client-eks";
import { LocalWorkspace, PulumiCommand, type EngineEvent, type Stack } from "@pulumi/pulumi/automation";
import type { EniConfigSpec, VpcCniArgs } from "../../components";
import type { ApiObject } from "../../automation/kubernetes";
import { envOf, type LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";
import { setEnv } from "../../sandbox/worlds/setEnv";
import { clusterOf, type Cluster } from "../automation/rotation/podNetwork";
import { pulumiRoot } from "../support/pulumiRoot";
import { sandboxFixture } from "../support/sandbox";

const root = join(__dirname, "..", "..");
const component = (file: string) => JSON.stringify(join(root, "components", file));

/** Makes ENIConfigs and sets the CNI, as a file beside it says. */
const PROGRAM = `
const { EniConfigs } = require(${component("eniConfigs")});
const { VpcCni } = require(${component("vpcCni")});
const { eniConfigs, cni } = JSON.parse(require("node:fs").readFileSync(require("node:path").join(__dirname, "args.json")));
const made = new EniConfigs("pods", { eniConfigs });
const { mode, effectiveEnv } = new VpcCni("pods", { ...cni, eniConfigNames: made.names }, { dependsOn: made });
module.exports = { mode, effectiveEnv };
`;

const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
const ON = { [FLAG]: "true", ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone" };

/** What a run made of things, components, readings and the stack aside, such as `create Addon pods`. */
function changesIn(events: readonly EngineEvent[]): string[] {
  const quiet = new Set(["same", "read", "refresh", "discard"]);
  return events
    .flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? [])
    .filter(({ op, type }) => !quiet.has(op) && /^(aws|kubernetes):/.test(type))
    .map(({ op, type, urn }) => `${op} ${type.split(":").at(-1) ?? ""} ${urn.split("::").at(-1) ?? ""}`)
    .sort();
}

const DAEMON_SET = "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node";

/** Removes a variable from the container aws-node, as `kubectl edit` does. */
async function removeEnv({ kubernetes }: Cluster, name: string): Promise<void> {
  const { spec } = await kubernetes.get<ApiObject & LiveDaemonSet>(DAEMON_SET);
  const containers = spec.template.spec.containers.map((container) => ({
    ...container,
    ...(container.env && { env: container.env.filter((entry) => entry.name !== name) }),
  }));
  await kubernetes.patch(DAEMON_SET, { spec: { template: { spec: { containers } } } });
}

describe("setting the CNI of a cluster", function () {
  this.timeout(240_000);
  const sandbox = sandboxFixture("bare");
  const folders: string[] = [];
  let cluster: Cluster;
  let eniConfigs: readonly EniConfigSpec[];

  /** A stack of its own, with what a run of it with some arguments changes, and answers. */
  async function program(eniConfigsAdopted: boolean) {
    const folder = mkdtempSync(join(tmpdir(), "podnet-cni-"));
    folders.push(folder);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "index.ts"), PROGRAM);
    writeFileSync(join(folder, "package.json"), "{}");
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: cni\nruntime:\n  name: nodejs\n  options:\n    tsconfig: ${join(root, "tsconfig.json")}\n`,
    );
    const stack: Stack = await LocalWorkspace.createOrSelectStack(
      { stackName: folder.slice(-6).toLowerCase(), workDir: folder },
      {
        pulumiCommand: await PulumiCommand.get({ root: pulumiRoot() }),
        envVars: { ...sandbox.env(), PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
      },
    );
    const write = (cni: Partial<VpcCniArgs>) => {
      const adopted = eniConfigs.map((spec) => ({ ...spec, adopt: eniConfigsAdopted }));
      const all = { clusterName: "bare", env: ON, ...cni };
      writeFileSync(join(folder, "args.json"), JSON.stringify({ eniConfigs: adopted, cni: all }));
    };
    return {
      up: async (cni: Partial<VpcCniArgs> = {}) => {
        write(cni);
        const events: EngineEvent[] = [];
        const { outputs } = await stack.up({ onEvent: (event) => void events.push(event) });
        return {
          changes: changesIn(events),
          mode: outputs["mode"]?.value as unknown,
          effectiveEnv: outputs["effectiveEnv"]?.value as Record<string, string>,
        };
      },
      preview: async (cni: Partial<VpcCniArgs> = {}) => {
        write(cni);
        const events: EngineEvent[] = [];
        await stack.preview({ onEvent: (event) => void events.push(event) });
        return changesIn(events);
      },
    };
  }

  const configuration = async () => {
    const { addon } = await cluster.outside.eks.send(
      new DescribeAddonCommand({ clusterName: "bare", addonName: "vpc-cni" }),
    );
    return JSON.parse(addon?.configurationValues ?? "{}") as { env?: Record<string, string> };
  };
  const inForce = async () =>
    envOf(await cluster.kubernetes.get<ApiObject & LiveDaemonSet>(DAEMON_SET), "aws-node");

  before(async () => {
    cluster = clusterOf(sandbox.record());
    const { ec2, eks } = cluster.outside;
    const description = await eks.send(new DescribeClusterCommand({ name: "bare" }));
    const { Subnets = [] } = await ec2.send(
      new DescribeSubnetsCommand({ SubnetIds: description.cluster?.resourcesVpcConfig?.subnetIds }),
    );
    eniConfigs = Subnets.map(({ AvailabilityZone: name = "", SubnetId: subnetId = "" }) => ({
      name,
      subnetId,
    }));
  });
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  describe("by the managed add-on", () => {
    let stack: Awaited<ReturnType<typeof program>>;
    before(async () => {
      stack = await program(false);
    });

    it("stops at values of others that the add-on's schema does not know, and leaves the add-on as it is", async () => {
      const before = await configuration();
      await setEnv(cluster.outside.kubeConfig, { HOUSE_MADE: "1" });
      await assert.rejects(stack.up(), /HOUSE_MADE="1", set by kubectl-set, is unknown to the schema/);
      assert.deepEqual(await configuration(), before);
    });

    it("takes values of others along, and three runs later nothing has changed since the first", async () => {
      await removeEnv(cluster, "HOUSE_MADE");
      await setEnv(cluster.outside.kubeConfig, { WARM_IP_TARGET: "3" });
      const { changes, mode, effectiveEnv } = await stack.up();
      // The ENIConfigs are there since the run that was stopped.
      assert.deepEqual(changes, ["import Addon pods", "update Addon pods"]);
      assert.equal(mode, "addOn");
      const { env = {} } = await configuration();
      for (const [name, value] of Object.entries({ ...ON, WARM_IP_TARGET: "3" })) {
        assert.deepEqual([env[name], effectiveEnv[name]], [value, value], name);
      }
      assert.deepEqual(await stack.preview(), []);
      assert.deepEqual((await stack.up()).changes, []);
      assert.deepEqual((await stack.up()).changes, []);
    });

    it("says who holds a variable that is not as it was asked for", async () => {
      await setEnv(cluster.outside.kubeConfig, { [FLAG]: "false" });
      await assert.rejects(
        stack.up(),
        /"true" was asked for, and aws-node has "false", which .* kubectl-set holds/,
      );
      await setEnv(cluster.outside.kubeConfig, { [FLAG]: "true" });
      assert.deepEqual((await stack.up()).changes, []);
    });

    it("refuses to turn the flag off", async () => {
      await assert.rejects(
        stack.preview({ env: { [FLAG]: "false" } }),
        /say force: \["custom-networking-off"\]/,
      );
    });
  });

  describe("by a self-managed DaemonSet", () => {
    let stack: Awaited<ReturnType<typeof program>>;
    before(async () => {
      const addOn = { clusterName: "bare", addonName: "vpc-cni" };
      const { eks } = cluster.outside;
      await eks.send(new DeleteAddonCommand({ ...addOn, preserve: true }));
      await waitUntilAddonDeleted({ client: eks, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, addOn);
      stack = await program(true);
    });

    it("sets variables beside all that are live, and three runs later nothing has changed since the first", async () => {
      const before = await inForce();
      const cni = { env: { ...ON, MINIMUM_IP_TARGET: "2" } };
      const { changes, mode, effectiveEnv } = await stack.up(cni);
      assert.ok(changes.includes("create DaemonSetPatch pods"), changes.join());
      assert.equal(mode, "daemonSet");
      assert.deepEqual(effectiveEnv, { ...before, MINIMUM_IP_TARGET: "2" });
      assert.deepEqual(await inForce(), effectiveEnv);
      assert.deepEqual(await stack.preview(cni), []);
      assert.deepEqual((await stack.up(cni)).changes, []);
      assert.deepEqual((await stack.up(cni)).changes, []);
    });

    it("is turned into the add-on with all that is set on it, once", async () => {
      const before = await inForce();
      const cni = { mode: "addOn", adopt: false } as const;
      const { changes } = await stack.up(cni);
      assert.deepEqual(changes, ["create Addon pods", "delete DaemonSetPatch pods"]);
      assert.deepEqual(await inForce(), before);
      const { env = {} } = await configuration();
      assert.equal(env["MINIMUM_IP_TARGET"], "2");
      assert.deepEqual(await stack.preview(cni), []);
      assert.deepEqual((await stack.up(cni)).changes, []);
      assert.deepEqual((await stack.up(cni)).changes, []);
    });
  });
});
