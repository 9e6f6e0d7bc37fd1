import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { CniMode, VpcCni, type VpcCniArgs } from "../../components";
import type { LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";
import { awsNodeDaemonSet, entries } from "../support/awsNodeDaemonSet";
import { smallCluster } from "../support/clusterFacts";
import { mockedCluster } from "../support/mockedCluster";
import { record, valueOf, type MockedOutside } from "../support/pulumiMocks";

const FLAG = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
const LABEL = "ENI_CONFIG_LABEL_DEF";
const ZONE_LABEL = "topology.kubernetes.io/zone";
const on = { [FLAG]: "true", [LABEL]: ZONE_LABEL };
const covered = { zonesWithNodes: ["us-west-2a"], eniConfigNames: ["us-west-2a"] };

const addOnBefore = {
  region: "us-west-2",
  addonVersion: "v1.23.1-eksbuild.1",
  configurationValues: "",
  serviceAccountRoleArn: "",
  podIdentityAssociations: [],
  tags: {},
};

/** A cluster with an add-on or without, whose DaemonSet is as it is, and then as the change leaves it. */
function cluster(
  live: LiveDaemonSet,
  rolledOut: LiveDaemonSet,
  addOn?: Readonly<Record<string, unknown>>,
): MockedOutside {
  const daemonSet = "kubernetes:apps/v1:DaemonSet kube-system/aws-node";
  return {
    invokes: {
      "aws:eks/getAddon:getAddon": ({ clusterName, addonName }) => {
        assert.deepEqual([clusterName, addonName], ["small", "vpc-cni"]);
        if (addOn === undefined) throw new Error("ResourceNotFoundException: No addon: vpc-cni found");
        return { ...addOnBefore, ...addOn };
      },
      "aws:eks/getCluster:getCluster": () => ({ version: "1.36", region: "us-west-2" }),
      "aws:eks/getAddonVersion:getAddonVersion": ({ kubernetesVersion }) => {
        assert.equal(kubernetesVersion, "1.36");
        return { version: "v1.23.1-eksbuild.1" };
      },
    },
    existing: {
      [`${daemonSet} as pods-live`]: { ...live },
      [`${daemonSet} as pods-rolled-out`]: { ...rolledOut },
      "kubernetes:core/v1:ServiceAccount kube-system/aws-node": {
        metadata: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/cni" } },
      },
    },
  };
}

/** A cluster whose change has the effect that it should. */
function obedient(
  before: Record<string, string>,
  after: Record<string, string>,
  addOn?: object,
): MockedOutside {
  return cluster(
    awsNodeDaemonSet({ env: entries(before), heldBy: { eks: Object.keys(before) } }),
    awsNodeDaemonSet({ env: entries(after), heldBy: { eks: Object.keys(after) } }),
    addOn as Readonly<Record<string, unknown>> | undefined,
  );
}

const made = (args: Partial<VpcCniArgs>, outside: MockedOutside) =>
  record(() => new VpcCni("pods", { clusterName: "small", env: {}, ...args }), outside);

/** What it makes besides itself. */
async function partsOf(args: Partial<VpcCniArgs>, outside: MockedOutside) {
  const { resources } = await made(args, outside);
  return resources.slice(1);
}

/** The message with which it refuses. */
async function refusalOf(args: Partial<VpcCniArgs>, outside: MockedOutside): Promise<string> {
  const error = await made(args, outside).then(
    ({ resources: all }) => assert.fail(`it was not refused: ${JSON.stringify(all)}`),
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.ResourceError.isInstance(error), String(error));
  return error.message;
}

/** Something whose id nobody knows before it is there. */
class LaterNamed extends pulumi.CustomResource {
  constructor(name: string) {
    super("test:index:LaterNamed", name);
  }
}

describe("VpcCni of a managed add-on", () => {
  const addOn = {
    type: "aws:eks/addon:Addon",
    name: "pods",
    parent: "eks-pod-network:index:VpcCni pods",
    dependsOn: ["kubernetes:apps/v1:DaemonSet pods-live"],
    protect: true,
    importId: "small:vpc-cni",
    ignoreChanges: [],
  };
  const given = {
    clusterName: "small",
    addonName: "vpc-cni",
    resolveConflictsOnUpdate: "OVERWRITE",
    preserve: true,
    tags: {},
  };

  it("takes it over with its role, its pod identities and its tags, and merges what it is configured with", async () => {
    const outside = obedient(
      { WARM_ENI_TARGET: "1" },
      { WARM_ENI_TARGET: "1", MAX_ENI: "4", ...on },
      {
        configurationValues: '{"env":{"MAX_ENI":"4"},"nodeAgent":{"enabled":"true"}}',
        serviceAccountRoleArn: "arn:aws:iam::123456789012:role/cni",
        podIdentityAssociations: [
          { serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods", associationId: "a-1" },
        ],
        tags: { team: "platform" },
      },
    );
    assert.deepEqual(await partsOf({ env: on, ...covered }, outside), [
      {
        ...addOn,
        inputs: {
          ...given,
          configurationValues: JSON.stringify({
            env: { MAX_ENI: "4", ...on },
            nodeAgent: { enabled: "true" },
          }),
          serviceAccountRoleArn: "arn:aws:iam::123456789012:role/cni",
          podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods" }],
          tags: { team: "platform" },
        },
      },
    ]);
  });

  it("gives it the version, the role, the pod identities and the tags that are given in their place", async () => {
    const outside = obedient(
      {},
      {},
      {
        addonVersion: "v1.22.4-eksbuild.3",
        serviceAccountRoleArn: "arn:aws:iam::1:role/old",
        tags: { team: "platform" },
      },
    );
    const args = {
      addOnVersion: "v1.23.1-eksbuild.1",
      serviceAccountRoleArn: "arn:aws:iam::1:role/new",
      podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods" }],
      tags: { owner: "me" },
    };
    assert.deepEqual(
      (await partsOf(args, outside)).map(({ inputs }) => inputs),
      [
        {
          ...given,
          addonVersion: "v1.23.1-eksbuild.1",
          serviceAccountRoleArn: "arn:aws:iam::1:role/new",
          podIdentityAssociations: [{ serviceAccount: "aws-node", roleArn: "arn:aws:iam::1:role/pods" }],
          tags: { owner: "me" },
        },
      ],
    );
  });

  it("takes its role away for an empty one", async () => {
    const outside = obedient({}, {}, { serviceAccountRoleArn: "arn:aws:iam::1:role/old" });
    assert.deepEqual(
      (await partsOf({ serviceAccountRoleArn: "" }, outside)).map(({ inputs }) => inputs),
      [given],
    );
  });

  it("names no version by itself, and leaves a configuration as it is written where nothing of it changes", async () => {
    const yaml = `env:\n  ${FLAG}: "true"\n  ${LABEL}: ${ZONE_LABEL}\n`;
    const outside = obedient(on, on, { configurationValues: yaml });
    assert.deepEqual(
      (await partsOf({ env: on, ...covered }, outside)).map(({ inputs }) => inputs),
      [{ ...given, configurationValues: yaml }],
    );
  });

  it("reads what is in force after the change, and answers with it", async () => {
    const { result, readsAfter } = await made(
      { env: on, ...covered },
      obedient({ WARM_ENI_TARGET: "1" }, { WARM_ENI_TARGET: "1", ...on }, {}),
    );
    assert.deepEqual(readsAfter, {
      "pods-live": [],
      "pods-rolled-out": ["aws:eks/addon:Addon pods"],
    });
    assert.equal(await valueOf(result.mode), CniMode.AddOn);
    assert.deepEqual(await valueOf(result.effectiveEnv), { WARM_ENI_TARGET: "1", ...on });
  });

  it("says in a preview what would be in force, and looks at nothing that is yet to change", async () => {
    const outside = { ...obedient({ WARM_ENI_TARGET: "1" }, { WARM_ENI_TARGET: "1" }, {}), isPreview: true };
    const { result } = await made({ env: on, ...covered }, outside);
    assert.deepEqual(await valueOf(result.effectiveEnv), { WARM_ENI_TARGET: "1", ...on });
  });

  it("does not say in a preview what would be in force where another version brings its own", async () => {
    const outside = { ...obedient(on, on, {}), isPreview: true };
    const args = { env: on, ...covered, addOnVersion: "v1.23.2-eksbuild.1" };
    assert.equal(await valueOf((await made(args, outside)).result.effectiveEnv), undefined);
  });

  it("keeps whoever depends on it waiting until what is in force was found right", async () => {
    const stubborn = cluster(
      awsNodeDaemonSet({}),
      awsNodeDaemonSet({
        env: entries({ [FLAG]: "false", [LABEL]: ZONE_LABEL }),
        heldBy: { "kubectl-set": [FLAG] },
      }),
      {},
    );
    assert.equal(
      await refusalOf({ env: on, ...covered }, stubborn),
      `env.${FLAG}: "true" was asked for, and aws-node has "false", which the field manager kubectl-set holds. ` +
        "Have kubectl-set stop setting it, then set it back: kubectl set env daemonset/aws-node --namespace " +
        `kube-system --containers aws-node ${FLAG}=true. Or give the value here that is to stay.`,
    );
  });

  it("refuses versions that are older, or newer by more than one minor version", async () => {
    const outside = obedient({}, {}, { addonVersion: "v1.20.4-eksbuild.1" });
    assert.equal(
      await refusalOf({ addOnVersion: "v1.23.1-eksbuild.1" }, outside),
      "addOnVersion: from v1.20.4-eksbuild.1 to v1.23.1-eksbuild.1 is more than one minor version. " +
        "Go by one at a time: 1.21, then 1.22, then 1.23, each rolled out before the next.",
    );
    assert.match(
      await refusalOf({ addOnVersion: "v1.20.3-eksbuild.1" }, outside),
      /^addOnVersion: .* is older than/,
    );
  });

  it("says all that is wrong with the arguments at once", async () => {
    const message = await refusalOf(
      { mode: CniMode.DaemonSet, addOnVersion: "newest", env: { WARM_IP_TARGET: "some" } },
      obedient({}, {}, {}),
    );
    assert.deepEqual(
      message.split("\n").map((line) => line.split(":")[0]),
      ["mode", "addOnVersion", "env.WARM_IP_TARGET"],
    );
  });

  it("refuses the flag while nodes run in a zone without ENIConfig, and counts those that the add-on makes", async () => {
    const zones = { zonesWithNodes: ["us-west-2a", "us-west-2b"], eniConfigNames: ["us-west-2a"] };
    const before = {
      configurationValues: JSON.stringify({
        eniConfig: { create: true, region: "us-west-2", subnets: { "us-west-2b": { id: "subnet-b" } } },
      }),
    };
    assert.match(
      await refusalOf({ env: on, ...zones }, obedient({}, on, {})),
      /^env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: nodes run in us-west-2b, and no ENIConfig is theirs/,
    );
    assert.equal((await partsOf({ env: on, ...zones }, obedient({}, on, before))).length, 1);
    const forced = { env: on, ...zones, force: ["zone-without-eniconfig"] };
    assert.equal((await partsOf(forced, obedient({}, on, {}))).length, 1);
  });

  it("looks for itself where nodes run when it is not told", async () => {
    const outside = mockedCluster(smallCluster);
    const args = { env: on, eniConfigNames: ["us-west-2a", "us-west-2c"] };
    assert.match(
      await refusalOf(args, outside),
      /^env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: nodes run in us-west-2b, /,
    );
    const complete = { ...args, eniConfigNames: ["us-west-2a", "us-west-2b", "us-west-2c"] };
    assert.equal((await partsOf(complete, outside)).length, 1);
  });

  it("waits with that for names that a preview does not know", async () => {
    const { resources } = await record(
      () => {
        const eniConfig = new LaterNamed("later");
        return new VpcCni("pods", {
          clusterName: "small",
          env: on,
          zonesWithNodes: ["us-west-2a"],
          eniConfigNames: pulumi.all([eniConfig.id]),
        });
      },
      { ...obedient({}, {}, {}), isPreview: true },
    );
    assert.deepEqual(
      resources.filter(({ name }) => name === "pods").map(({ type, importId }) => [type, importId]),
      [
        ["eks-pod-network:index:VpcCni", undefined],
        ["aws:eks/addon:Addon", "small:vpc-cni"],
      ],
    );
  });

  it("refuses to turn custom networking off, unless forced", async () => {
    const off = { env: { [FLAG]: "false" } };
    assert.match(await refusalOf(off, obedient(on, on, {})), /say force: \["custom-networking-off"\]/);
    const forced = { ...off, force: ["custom-networking-off"] };
    assert.equal((await partsOf(forced, obedient(on, { [FLAG]: "false" }, {}))).length, 1);
  });

  describe("whose DaemonSet others have set", () => {
    let eks: Server;
    const asked: string[] = [];
    const environment = { ...process.env };
    const schema = {
      $ref: "#/definitions/VpcCni",
      definitions: {
        VpcCni: {
          additionalProperties: false,
          properties: {
            env: { $ref: "#/definitions/Env" },
            init: { properties: { env: { $ref: "#/definitions/Env" } } },
          },
        },
        Env: { additionalProperties: false, properties: { WARM_IP_TARGET: {}, DISABLE_TCP_EARLY_DEMUX: {} } },
      },
    };

    before(async () => {
      eks = createServer((request, response) => {
        asked.push(request.url ?? "");
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify({ configurationSchema: JSON.stringify(schema) }));
      });
      await new Promise<void>((resolve) => eks.listen(0, "127.0.0.1", resolve));
      process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${(eks.address() as AddressInfo).port}`;
      process.env["AWS_ACCESS_KEY_ID"] = "test";
      process.env["AWS_SECRET_ACCESS_KEY"] = "test";
    });
    after(() => {
      process.env = environment;
      eks.close();
    });

    const setByOthers = (name: string) =>
      cluster(
        awsNodeDaemonSet({
          env: entries({ WARM_ENI_TARGET: "1", [name]: "5" }),
          initEnv: entries({ DISABLE_TCP_EARLY_DEMUX: "true" }),
          heldBy: { eks: ["WARM_ENI_TARGET"], "kubectl-set": [name, "init:DISABLE_TCP_EARLY_DEMUX"] },
        }),
        awsNodeDaemonSet({
          env: entries({ WARM_ENI_TARGET: "1", [name]: "5", ...on }),
          initEnv: entries({ DISABLE_TCP_EARLY_DEMUX: "true" }),
        }),
        {},
      );

    it("takes along what the schema of its version knows", async () => {
      const [part] = await partsOf({ env: on, ...covered }, setByOthers("WARM_IP_TARGET"));
      assert.equal(
        part?.inputs["configurationValues"],
        JSON.stringify({
          env: { WARM_IP_TARGET: "5", ...on },
          init: { env: { DISABLE_TCP_EARLY_DEMUX: "true" } },
        }),
      );
      assert.deepEqual(asked, [
        "/addons/configuration-schemas?addonName=vpc-cni&addonVersion=v1.23.1-eksbuild.1",
      ]);
    });

    it("refuses what it does not know", async () => {
      assert.equal(
        await refusalOf({ env: on, ...covered }, setByOthers("HOUSE_MADE")),
        'daemonset/aws-node.aws-node.HOUSE_MADE: HOUSE_MADE="5", set by kubectl-set, is unknown to the schema of the ' +
          "add-on's configuration, so that EKS can't keep it. Remove it (kubectl set env daemonset/aws-node " +
          "--namespace kube-system --containers aws-node HOUSE_MADE-), or give addOnVersion a version whose schema " +
          "has it (aws eks describe-addon-configuration).",
      );
    });

    it("asks nobody where what is asked for here takes their place", async () => {
      asked.length = 0;
      const args = {
        env: { ...on, WARM_IP_TARGET: "5" },
        initEnv: { DISABLE_TCP_EARLY_DEMUX: "true" },
        ...covered,
      };
      await partsOf(args, setByOthers("WARM_IP_TARGET"));
      assert.deepEqual(asked, []);
    });

    it("makes an add-on in the place of a self-managed CNI, with all that is set on it", async () => {
      const live = {
        env: [
          ...entries({ WARM_IP_TARGET: "5", VPC_CNI_VERSION: "v1.22.4", VPC_ID: "vpc-1" }),
          { name: "MY_NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        ],
        initEnv: entries({ DISABLE_TCP_EARLY_DEMUX: "false" }),
        tag: "v1.22.4",
      };
      const outside = cluster(
        awsNodeDaemonSet(live),
        awsNodeDaemonSet({ ...live, env: entries({ WARM_IP_TARGET: "5", ...on }) }),
      );
      const args = { mode: CniMode.AddOn, adopt: false, env: on, ...covered };
      // What the provider tags everything with is on it by then.
      const later = cluster(
        awsNodeDaemonSet({
          env: entries({ WARM_IP_TARGET: "5", ...on }),
          heldBy: { eks: ["WARM_IP_TARGET", FLAG, LABEL] },
        }),
        awsNodeDaemonSet({ env: entries({ WARM_IP_TARGET: "5", ...on }) }),
        { tags: { owner: "platform" } },
      );
      assert.deepEqual(await partsOf(args, outside), [
        {
          ...addOn,
          dependsOn: [
            "kubernetes:apps/v1:DaemonSet pods-live",
            "kubernetes:core/v1:ServiceAccount pods-account",
          ],
          importId: undefined,
          inputs: {
            clusterName: "small",
            addonName: "vpc-cni",
            configurationValues: JSON.stringify({
              env: { WARM_IP_TARGET: "5", ...on },
              init: { env: { DISABLE_TCP_EARLY_DEMUX: "false" } },
            }),
            resolveConflictsOnUpdate: "OVERWRITE",
            preserve: true,
            resolveConflictsOnCreate: "OVERWRITE",
            serviceAccountRoleArn: "arn:aws:iam::123456789012:role/cni",
          },
        },
      ]);
      const [again] = await partsOf(args, { ...outside, ...later });
      assert.equal("tags" in (again?.inputs ?? {}), false);
      assert.match(
        await refusalOf(args, cluster(awsNodeDaemonSet({ ...live, tag: "v1.20.4" }), awsNodeDaemonSet({}))),
        /^addOnVersion: from v1.20.4 to v1.23.1-eksbuild.1 is more than one minor version/,
      );
    });
  });

  it("is refused where there is none to take over", async () => {
    assert.equal(
      await refusalOf({ mode: CniMode.AddOn }, cluster(awsNodeDaemonSet({}), awsNodeDaemonSet({}))),
      "mode: small has no managed add-on vpc-cni that could be taken over. To turn the self-managed CNI into one, " +
        'with all its settings, give adopt: false and leave it given; to leave it self-managed, give mode: "daemonSet".',
    );
  });
});

describe("VpcCni of a self-managed DaemonSet", () => {
  const fieldRef = { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } };
  const live = {
    env: [
      ...entries({ WARM_ENI_TARGET: "1", [FLAG]: "false" }),
      { name: "MY_NODE_NAME", valueFrom: fieldRef },
    ],
    initEnv: [{ name: "DISABLE_TCP_EARLY_DEMUX", value: "false" }, { name: "EMPTY" }],
  };
  const afterwards = {
    ...live,
    env: [
      ...entries({ WARM_ENI_TARGET: "1", [FLAG]: "true" }),
      { name: "MY_NODE_NAME", valueFrom: fieldRef },
      { name: LABEL, value: ZONE_LABEL },
    ],
  };
  const patch = {
    type: "kubernetes:apps/v1:DaemonSetPatch",
    name: "pods",
    inputs: {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: {
        namespace: "kube-system",
        name: "aws-node",
        annotations: {
          "pulumi.com/patchFieldManager": "eks-pod-network",
          "pulumi.com/patchForce": "true",
        },
      },
      spec: {
        template: {
          spec: {
            containers: [{ name: "aws-node", env: afterwards.env }],
            initContainers: [{ name: "aws-vpc-cni-init", env: live.initEnv }],
          },
        },
      },
    },
    parent: "eks-pod-network:index:VpcCni pods",
    dependsOn: ["kubernetes:apps/v1:DaemonSet pods-live"],
    protect: false,
    importId: undefined,
    ignoreChanges: [],
    retainOnDelete: true,
  };

  it("mirrors every live entry in live order, and is the same once ours are among them", async () => {
    const first = cluster(awsNodeDaemonSet(live), awsNodeDaemonSet(afterwards));
    const { resources, result, readsAfter } = await made({ env: on, ...covered }, first);
    assert.deepEqual(resources.slice(1), [patch]);
    assert.deepEqual(readsAfter["pods-rolled-out"], ["kubernetes:apps/v1:DaemonSetPatch pods"]);
    assert.equal(await valueOf(result.mode), CniMode.DaemonSet);
    assert.deepEqual(await valueOf(result.effectiveEnv), { WARM_ENI_TARGET: "1", ...on });

    const second = cluster(awsNodeDaemonSet(afterwards), awsNodeDaemonSet(afterwards));
    assert.deepEqual(await partsOf({ env: on, ...covered }, second), [patch]);
  });

  it("refuses what it can't patch, what its version does not know, and a version", async () => {
    const outside = cluster(awsNodeDaemonSet({ ...live, tag: "v1.17.1" }), awsNodeDaemonSet({}));
    assert.equal(
      await refusalOf({ env: { ENABLE_SUBNET_DISCOVERY: "false" } }, outside),
      "env.ENABLE_SUBNET_DISCOVERY: CNI 1.17.1 does not know ENABLE_SUBNET_DISCOVERY; 1.18.0 is the first that does. " +
        "Update the CNI first.",
    );
    assert.equal(
      await refusalOf({ env: { MY_NODE_NAME: "me" } }, outside),
      "env.MY_NODE_NAME: takes its value from elsewhere (valueFrom) today. " +
        "Remove that entry first, or leave this setting out.",
    );
    assert.match(
      await refusalOf({ addOnVersion: "v1.18.3-eksbuild.1" }, outside),
      /^addOnVersion: the CNI is self-managed/,
    );
  });

  it("is not taken for that of a cluster that EKS does not know", async () => {
    const outside = cluster(awsNodeDaemonSet(live), awsNodeDaemonSet(afterwards));
    const invokes = {
      ...outside.invokes,
      "aws:eks/getCluster:getCluster": () => {
        throw new Error("reading EKS Cluster (small): couldn't find resource");
      },
    };
    assert.match(
      await refusalOf({ env: on, ...covered }, { ...outside, invokes }),
      /^clusterName: EKS has no cluster "small"/,
    );
    // Who says so means it.
    const said = { env: on, ...covered, mode: CniMode.DaemonSet };
    assert.deepEqual(await partsOf(said, { ...outside, invokes }), [patch]);
  });

  it("refuses settings that can't be together with those that are live", async () => {
    const outside = cluster(awsNodeDaemonSet({ env: entries({ MAX_ENI: "1" }) }), awsNodeDaemonSet({}));
    assert.equal(
      await refusalOf({ env: on, ...covered }, outside),
      "env.MAX_ENI: under custom networking the primary ENI takes all of MAX_ENI 1: no pod would get an address. " +
        "Give 2 or more, or leave it out.",
    );
  });
});
