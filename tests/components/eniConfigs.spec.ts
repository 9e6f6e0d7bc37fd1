import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { EniConfigs, type EniConfigsArgs } from "../../components";
import { record, valueOf, type Registered } from "../support/pulumiMocks";

const SUBNET = "subnet-0123456789abcdef0";
const GROUP = "sg-0123456789abcdef0";

const byName = (resources: readonly Registered[]) => resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));

const made = (args: EniConfigsArgs) => record(() => new EniConfigs("pods", args));

const eniConfig = {
  type: "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig",
  name: "pods-us-west-2a",
  parent: "eks-pod-network:index:EniConfigs pods",
  dependsOn: [],
  protect: true,
  importId: undefined,
  ignoreChanges: [],
};
const inputs = {
  apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
  kind: "ENIConfig",
  metadata: { name: "us-west-2a" },
};

describe("EniConfigs", () => {
  it("makes an ENIConfig of each name, without security groups where none are given", async () => {
    const { resources, result } = await made({
      eniConfigs: [
        { name: "us-west-2a", subnetId: SUBNET, securityGroupIds: [GROUP] },
        { name: "batch-us-west-2a", subnetId: pulumi.output(SUBNET), securityGroupIds: [] },
        { name: "us-west-2b", subnetId: SUBNET },
      ],
    });
    assert.deepEqual(byName(resources.slice(1)), [
      {
        ...eniConfig,
        name: "pods-batch-us-west-2a",
        inputs: { ...inputs, metadata: { name: "batch-us-west-2a" }, spec: { subnet: SUBNET } },
      },
      { ...eniConfig, inputs: { ...inputs, spec: { subnet: SUBNET, securityGroups: [GROUP] } } },
      {
        ...eniConfig,
        name: "pods-us-west-2b",
        inputs: { ...inputs, metadata: { name: "us-west-2b" }, spec: { subnet: SUBNET } },
      },
    ]);
    assert.deepEqual(await valueOf(result.names), ["us-west-2a", "batch-us-west-2a", "us-west-2b"]);
  });

  it("takes over those that are there, from whoever holds their fields", async () => {
    const { resources } = await made({ eniConfigs: [{ name: "us-west-2a", subnetId: SUBNET, adopt: true }] });
    assert.deepEqual(resources.slice(1), [
      {
        ...eniConfig,
        importId: "us-west-2a",
        inputs: {
          ...inputs,
          metadata: { name: "us-west-2a", annotations: { "pulumi.com/patchForce": "true" } },
          spec: { subnet: SUBNET },
        },
      },
    ]);
  });

  it("makes the definition of ENIConfig first where it is asked to", async () => {
    const { resources } = await made({
      eniConfigs: [{ name: "us-west-2a", subnetId: SUBNET }],
      installCrd: true,
    });
    const definition = resources.find(({ name }) => name === "pods-crd");
    assert.equal(definition?.type, "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition");
    assert.deepEqual(definition.inputs["metadata"], { name: "eniconfigs.crd.k8s.amazonaws.com" });
    const { group, scope, versions } = definition.inputs["spec"] as Record<string, unknown>;
    assert.deepEqual([group, scope], ["crd.k8s.amazonaws.com", "Cluster"]);
    const [version] = versions as { name: string; schema: { openAPIV3Schema: Record<string, unknown> } }[];
    const { spec } = version?.schema.openAPIV3Schema["properties"] as Record<string, Record<string, unknown>>;
    assert.deepEqual([version?.name, spec?.["required"]], ["v1alpha1", ["subnet"]]);
    assert.deepEqual(resources.find(({ name }) => name === "pods-us-west-2a")?.dependsOn, [
      "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition pods-crd",
    ]);
  });

  it("refuses all that is wrong at once, two of one name included", async () => {
    const eniConfigs = [
      { name: "group1", subnetId: SUBNET },
      { name: "group1", subnetId: "subnet-of-b" },
      { name: "Group_3", subnetId: SUBNET, securityGroupIds: ["default"] },
    ];
    await assert.rejects(made({ eniConfigs, cniVersion: "v1.7.10" }), (error: unknown) => {
      assert.ok(pulumi.ResourceError.isInstance(error));
      assert.deepEqual(
        error.message.split("\n").map((line) => line.split(": ")[0]),
        [
          "eniConfigs[0].securityGroupIds",
          "eniConfigs[1].name",
          "eniConfigs[1].subnetId",
          "eniConfigs[1].securityGroupIds",
          "eniConfigs[2].name",
          "eniConfigs[2].securityGroupIds[0]",
        ],
      );
      assert.match(
        error.message,
        /eniConfigs\[0\] is called group1 as well: the second would overwrite the first/,
      );
      return true;
    });
  });
});
