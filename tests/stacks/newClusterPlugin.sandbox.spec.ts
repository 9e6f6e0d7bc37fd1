import assert from "node:assert/strict";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { UNKNOWN } from "../sandbox/pulumi/plugins/pluginProcess";
import { ComponentPlugin } from "../support/componentPlugin";
import { runNewCluster } from "../support/newClusterStack";
import { valueOf, type Registered } from "../support/pulumiMocks";
import { schemaProblems, type PackageSchema } from "../support/schemaProblems";
import { temporaryFolder } from "../support/temporaryFolder";

const PLUGIN = "pulumi-resource-eks";

const pluginOnPath = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, PLUGIN))
  .find((file) => existsSync(file));

/** A value as an engine hands it on: a resource is a reference to it. */
async function asSent(value: unknown): Promise<JavaScriptValue> {
  if (!pulumi.Resource.isInstance(value)) return value as JavaScriptValue;
  const urn = await valueOf(value.urn);
  assert.ok(urn !== undefined);
  return { "4dabf18193072939515e22adb298388d": "5cf8f73096256a8f31e491e813e4eb8e", urn };
}

describe("the program of a new cluster, with the real plugin", () => {
  if (pluginOnPath === undefined) {
    it.skip(`gives it what it takes: there is no ${PLUGIN} on PATH`);
    return;
  }

  describe(PLUGIN, function () {
    this.timeout(120_000);
    // Before it makes a cluster, the plugin asks for the version of the AWS CLI, and for nothing else of it.
    const bin = temporaryFolder();
    const plugin = new ComponentPlugin({
      command: [pluginOnPath],
      env: { PATH: [bin, process.env.PATH].join(delimiter) },
      invokes: {
        "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com" }),
        "aws:eks/getAddonVersion:getAddonVersion": () => ({ version: "v1.22.4-eksbuild.1" }),
        // Of what a reference leads to, a preview knows no outputs.
        "pulumi:pulumi:getResource": ({ urn = "" }) => ({ urn, id: "", state: {} }),
      },
    });
    let schema: PackageSchema;
    let components: readonly Registered[];
    before(async () => {
      writeFileSync(join(bin, "aws"), "#!/bin/sh\necho aws-cli/2.31.0\n", { mode: 0o755 });
      await plugin.start();
      schema = (await plugin.schema()) as PackageSchema;
      components = (await runNewCluster()).filter(({ type }) => type.startsWith("eks:"));
    });
    after(async () => {
      pulumi.runtime.setAllConfig({});
      await plugin.stop();
      rmSync(bin, { recursive: true });
    });

    /** What the plugin registers for a component of the program, as it does before the cluster is there. */
    async function partsOf(type: string, name: string) {
      const component = components.find((one) => one.type === type && one.name === name);
      assert.ok(component !== undefined, `${type} ${name}`);
      const inputs = Object.fromEntries(
        await Promise.all(
          Object.entries(component.inputs).map(async ([key, value]) => [key, await asSent(value)] as const),
        ),
      );
      return (await plugin.construct(type, name, inputs, true)).inputs;
    }

    it("has every component and every input that the program gives it", () => {
      assert.deepEqual(
        components.map(({ type }) => type),
        [
          "eks:index:Cluster",
          "eks:index:VpcCniAddon",
          "eks:index:ManagedNodeGroup",
          "eks:index:ManagedNodeGroup",
        ],
      );
      assert.deepEqual(
        components.flatMap(({ type, inputs }) => schemaProblems(schema, type, inputs)),
        [],
      );
    });

    it("would be caught giving it anything else", () => {
      assert.deepEqual(
        [
          ...schemaProblems(schema, "eks:index:Clusters", {}),
          ...schemaProblems(schema, "eks:index:Cluster", {
            authenticationMode: "IAM",
            privateSubnetIds: [1],
            vpcCniOptions: { customNetworkCfg: true },
          }),
          ...schemaProblems(schema, "eks:index:VpcCniAddon", { cniCustomNetworkCfg: "true" }),
        ],
        [
          "eks:index:Clusters is no resource",
          "eks:index:Cluster.authenticationMode is none of eks:index:AuthenticationMode",
          "eks:index:Cluster.privateSubnetIds[0] is no string",
          "eks:index:Cluster.vpcCniOptions.customNetworkCfg is unknown",
          "eks:index:VpcCniAddon.clusterName is missing",
          "eks:index:VpcCniAddon.cniCustomNetworkCfg is no boolean",
        ],
      );
    });

    it("makes an add-on of the CNI with custom networking on", async () => {
      const parts = await partsOf("eks:index:VpcCniAddon", "vpc-cni");
      const { configurationValues, ...addOn } = parts["aws:eks/addon:Addon vpc-cni"] ?? {};
      assert.deepEqual(addOn, {
        addonName: "vpc-cni",
        addonVersion: "v1.22.4-eksbuild.1",
        clusterName: "fresh",
        preserve: true,
        resolveConflictsOnCreate: "OVERWRITE",
        resolveConflictsOnUpdate: "OVERWRITE",
      });
      const { env } = JSON.parse(configurationValues as string) as { env: Record<string, string> };
      assert.equal(env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "true");
      assert.equal(env.ENI_CONFIG_LABEL_DEF, "topology.kubernetes.io/zone");
      // As the routes of the pod subnets are chosen.
      assert.equal(env.AWS_VPC_K8S_CNI_EXTERNALSNAT, "false");
    });

    it("makes a cluster without nodes, security groups or an add-on of the CNI of its own", async () => {
      const parts = await partsOf("eks:index:Cluster", "cluster");
      const { accessConfig, name, version, vpcConfig } =
        parts["aws:eks/cluster:Cluster cluster-eksCluster"] ?? {};
      assert.deepEqual(
        { accessConfig, name, version, vpcConfig },
        {
          accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
          name: "fresh",
          version: "1.36",
          vpcConfig: { subnetIds: ["subnet-0000000a", "subnet-0000000b"] },
        },
      );
      assert.deepEqual(
        Object.keys(parts).filter((part) => /nodeGroup|autoscaling|securityGroup|vpc-cni/i.test(part)),
        [],
      );
    });

    it("makes a group of workers of the subnet and the sizes that it was given", async () => {
      const parts = await partsOf("eks:index:ManagedNodeGroup", "workers-us-west-2a");
      assert.deepEqual(parts, {
        "eks:index:ManagedNodeGroup workers-us-west-2a": {},
        "aws:eks/nodeGroup:NodeGroup workers-us-west-2a": {
          // Those of the cluster and of the role, which are not there yet.
          clusterName: UNKNOWN,
          version: UNKNOWN,
          nodeRoleArn: UNKNOWN,
          nodeGroupName: "workers-us-west-2a",
          instanceTypes: ["m7i.large"],
          scalingConfig: { minSize: 1, desiredSize: 1, maxSize: 4 },
          subnetIds: ["subnet-0000000a"],
        },
      });
    });
  });
});
