import assert from "node:assert/strict";
import { readAddOnSchema } from "../../../planning/awsNode/addOnSchema";
import { valueManagers } from "../../../planning/awsNode/fieldManagers";
import { foldValues } from "../../../planning/awsNode/foldedValues";
import { foreignValues, settingsOn } from "../../../planning/awsNode/foreignValues";
import { cniVersionOf, envOf } from "../../../planning/awsNode/liveDaemonSet";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";

const live = awsNodeDaemonSet({
  env: [
    ...entries({ WARM_ENI_TARGET: "1", MAX_ENI: "4", SHARED: "x", VPC_CNI_VERSION: "v1.23.1" }),
    { name: "FROM_A_SECRET", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
    { name: "EMPTY" },
  ],
  initEnv: entries({ DISABLE_TCP_EARLY_DEMUX: "true", ENABLE_IPv6: "false" }),
  heldBy: {
    eks: ["WARM_ENI_TARGET", "SHARED"],
    "kubectl-set": ["MAX_ENI", "SHARED", "VPC_CNI_VERSION", "FROM_A_SECRET", "init:DISABLE_TCP_EARLY_DEMUX"],
    helm: ["MAX_ENI"],
  },
});
const nothing = { env: {}, initEnv: {} };

describe("who holds the variables of aws-node", () => {
  it("is read from the account of server-side apply", () => {
    assert.deepEqual(
      [...valueManagers(live, "aws-node")],
      [
        ["WARM_ENI_TARGET", ["eks"]],
        ["SHARED", ["eks", "kubectl-set"]],
        ["MAX_ENI", ["kubectl-set", "helm"]],
        ["VPC_CNI_VERSION", ["kubectl-set"]],
        ["FROM_A_SECRET", ["kubectl-set"]],
      ],
    );
    assert.deepEqual(
      [...valueManagers(live, "aws-vpc-cni-init")],
      [["DISABLE_TCP_EARLY_DEMUX", ["kubectl-set"]]],
    );
  });

  it("is nobody where only the name of an entry is held, or nothing is known", () => {
    const fields = {
      "f:spec": {
        "f:template": {
          "f:spec": {
            "f:containers": {
              'k:{"name":"aws-node"}': { "f:env": { 'k:{"name":"MAX_ENI"}': { ".": {}, "f:name": {} } } },
            },
          },
        },
      },
    };
    const named = {
      ...live,
      metadata: { managedFields: [{ manager: "eks", fieldsV1: fields }, { manager: "x" }] },
    };
    assert.deepEqual([...valueManagers(named, "aws-node")], []);
    assert.deepEqual([...valueManagers({ ...live, metadata: {} }, "aws-node")], []);
  });
});

describe("values that EKS would overwrite", () => {
  it("are those that it does not hold, but for what is asked for and what the manifest writes", () => {
    const asked = { env: { MAX_ENI: "2" }, initEnv: {} };
    assert.deepEqual(
      foreignValues(live, nothing).map(({ name, value, managers }) => [name, value, managers]),
      [
        ["MAX_ENI", "4", ["kubectl-set", "helm"]],
        ["FROM_A_SECRET", undefined, ["kubectl-set"]],
        ["DISABLE_TCP_EARLY_DEMUX", "true", ["kubectl-set"]],
      ],
    );
    assert.deepEqual(
      foreignValues(live, asked).map(({ name }) => name),
      ["FROM_A_SECRET", "DISABLE_TCP_EARLY_DEMUX"],
    );
  });

  it("are all of them on a self-managed DaemonSet", () => {
    assert.deepEqual(
      settingsOn(live, nothing).map(({ name, value }) => [name, value]),
      [
        ["WARM_ENI_TARGET", "1"],
        ["MAX_ENI", "4"],
        ["SHARED", "x"],
        ["FROM_A_SECRET", undefined],
        ["EMPTY", ""],
        ["DISABLE_TCP_EARLY_DEMUX", "true"],
      ],
    );
  });

  it("are folded where the schema takes them, and refused where not", () => {
    const { folded, problems } = foldValues(foreignValues(live, nothing), (_, name) => name !== "MAX_ENI");
    assert.deepEqual(folded, { env: {}, initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" } });
    assert.deepEqual(
      problems.map(({ path, reason }) => [path, reason]),
      [
        [
          "daemonset/aws-node.aws-node.MAX_ENI",
          `MAX_ENI="4", set by kubectl-set and helm, is unknown to the schema of the add-on's configuration, so that EKS can't keep it.`,
        ],
        [
          "daemonset/aws-node.aws-node.FROM_A_SECRET",
          "FROM_A_SECRET, set by kubectl-set, takes its value from elsewhere (valueFrom), and the add-on's configuration takes values only.",
        ],
      ],
    );
  });
});

describe("a live DaemonSet", () => {
  it("has values, empty ones included, and a version by the tag of its image", () => {
    assert.deepEqual(envOf(live, "aws-node"), {
      WARM_ENI_TARGET: "1",
      MAX_ENI: "4",
      SHARED: "x",
      VPC_CNI_VERSION: "v1.23.1",
      EMPTY: "",
    });
    for (const [tag, version] of [
      ["v1.23.1-eksbuild.1", "v1.23.1-eksbuild.1"],
      ["v1.18.3", "v1.18.3"],
      ["1.18.3@sha256:0123", "1.18.3"],
      ["latest", undefined],
      ["v1.12.1-rc3", undefined],
    ] as const) {
      assert.equal(cniVersionOf(awsNodeDaemonSet({ tag })), version);
    }
  });
});

describe("the schema of the add-on's configuration", () => {
  it("knows variables through references, and anything where it says nothing", () => {
    const knows = readAddOnSchema(
      JSON.stringify({
        $ref: "#/definitions/VpcCni",
        definitions: {
          VpcCni: { properties: { env: { $ref: "#/definitions/Env" } }, additionalProperties: false },
          Env: { properties: { MAX_ENI: { type: "string" } }, additionalProperties: false },
        },
      }),
    );
    assert.deepEqual(
      [knows("aws-node", "MAX_ENI"), knows("aws-node", "HOUSE_MADE"), knows("aws-vpc-cni-init", "MAX_ENI")],
      [true, false, false],
    );
    assert.equal(readAddOnSchema("{}")("aws-node", "ANY"), true);
    assert.throws(() => readAddOnSchema("[]")("aws-node", "ANY"), /is not a JSON schema/);
  });
});
