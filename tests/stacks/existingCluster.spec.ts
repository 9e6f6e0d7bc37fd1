import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { readOutputs } from "../../automation/podNetworkOutputs";
import type { ClusterFacts } from "../../planning/podNetwork/clusterFacts";
import program from "../../stacks/existingCluster";
import { nodeGroup, smallCluster } from "../support/clusterFacts";
import { mockedCluster } from "../support/mockedCluster";
import { record, valueOf } from "../support/pulumiMocks";
import { configure } from "../support/stackConfig";

const stacks = join(__dirname, "..", "..", "stacks");
const committed = (stack: string) =>
  (parse(readFileSync(join(stacks, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> })
    .config;

type Settings = Readonly<Record<string, unknown>>;

/** Runs the program in a cluster, whose aws-node then has what the settings ask of it. */
async function run(settings: Settings, facts: ClusterFacts = smallCluster) {
  configure(settings);
  const { env = {} } = (settings["eks-pod-network:cni"] ?? {}) as { env?: Record<string, string> };
  const { invokes = {}, existing = {} } = mockedCluster(facts, {
    AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
    ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
    ...env,
  });
  const renamed = Object.entries(existing).map(([key, state]) => [
    key.replace(" as pods-", " as pod-network-"),
    state,
  ]);
  const { resources, result } = await record(async () => valueOf(program().podNetwork), {
    invokes,
    existing: Object.fromEntries(renamed) as typeof existing,
  });
  return {
    resources,
    podNetwork: readOutputs("test", { podNetwork: { value: result, secret: false } }),
  };
}

describe("the program of an existing cluster", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("says with the committed settings of the sandbox what the runner reads", async () => {
    const { podNetwork } = await run(committed("sandbox"));
    const { podSubnets, workerGroups, ...rest } = podNetwork;
    assert.deepEqual(rest, {
      clusterName: "small",
      region: "us-west-2",
      vpcId: "vpc-1",
      podCidrs: ["100.64.0.0/16"],
      eniConfigs: ["us-west-2a", "us-west-2b", "us-west-2c"],
      cni: { mode: "addOn" },
    });
    assert.deepEqual(
      podSubnets.map(({ cidrBlock }) => cidrBlock),
      ["100.64.0.0/19", "100.64.32.0/19", "100.64.64.0/19"],
    );
    assert.deepEqual(
      workerGroups.map(({ nodeGroupName, replaces, maxSize }) => [nodeGroupName, ...replaces, maxSize]),
      [
        ["pods-general-us-west-2a", "general", 4],
        ["pods-general-us-west-2b", "general", 4],
        ["pods-general-us-west-2c", "general", 4],
        ["pods-batch-us-west-2a", "batch", 4],
        ["pods-batch-us-west-2b", "batch", 4],
        ["pods-batch-us-west-2c", "batch", 4],
      ],
    );
  });

  it("brings dev up: an ordinary cluster", async () => {
    const facts = { ...smallCluster, clusterName: "shop-dev" };
    const { podNetwork } = await run(committed("dev"), facts);
    assert.deepEqual(
      podNetwork.workerGroups.map(({ nodeGroupName, maxSize }) => [nodeGroupName, maxSize]),
      [
        ["pods-general-us-west-2a", 6],
        ["pods-general-us-west-2b", 6],
        ["pods-general-us-west-2c", 6],
      ],
    );
  });

  it("brings staging up: two ranges, prefix delegation, a NAT gateway per zone", async () => {
    const facts = { ...smallCluster, clusterName: "shop-staging" };
    const { resources, podNetwork } = await run(committed("staging"), facts);
    assert.deepEqual(podNetwork.podCidrs, ["100.64.0.0/16", "100.65.0.0/16"]);
    assert.deepEqual(
      podNetwork.podSubnets.map(({ cidrBlock }) => cidrBlock),
      ["100.64.0.0/18", "100.64.64.0/18", "100.64.128.0/18"],
    );
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    assert.deepEqual(
      ofType("aws:ec2/natGateway:NatGateway").map(({ inputs }) => inputs.subnetId),
      ["subnet-0a1a1a1a1a1a1a1a1", "subnet-0b2b2b2b2b2b2b2b2", "subnet-0c3c3c3c3c3c3c3c3"],
    );
    const [addOn] = ofType("aws:eks/addon:Addon");
    const { env } = JSON.parse(String(addOn?.inputs.configurationValues)) as { env: Record<string, string> };
    assert.equal(env.ENABLE_PREFIX_DELEGATION, "true");
    assert.equal(env.WARM_ENI_TARGET, "1", "what was set before stays");
  });

  it("brings prod up: a named group with subnets and security groups of its own, on Bottlerocket", async () => {
    const facts = {
      ...smallCluster,
      clusterName: "shop-prod",
      nodeGroups: [nodeGroup("general", "abc"), nodeGroup("payments", "abc")],
    };
    const { resources, podNetwork } = await run(committed("prod"), facts);
    assert.deepEqual([...podNetwork.eniConfigs].sort(), [
      "payments-us-west-2a",
      "payments-us-west-2b",
      "payments-us-west-2c",
      "us-west-2a",
      "us-west-2b",
      "us-west-2c",
    ]);
    const workers = resources
      .filter(({ type }) => type === "aws:eks/nodeGroup:NodeGroup")
      .map(
        ({ inputs }) => inputs as { nodeGroupName: string; amiType: string; labels: Record<string, string> },
      );
    assert.deepEqual(
      workers.map(({ amiType }) => amiType),
      Array.from({ length: 6 }, () => "BOTTLEROCKET_x86_64"),
    );
    const payments = workers.find(
      ({ nodeGroupName }) => nodeGroupName === "payments-bottlerocket-us-west-2a",
    );
    assert.equal(payments?.labels["vpc.amazonaws.com/externalEniConfig"], "payments-us-west-2a");
  });

  it("speaks to the cluster of the kubeconfig and context that the settings name", async () => {
    const { resources } = await run({
      clusterName: "small",
      podCidrs: ["100.64.0.0/16"],
      kubeconfig: "/etc/kube/prod",
      kubeContext: "prod",
    });
    const [provider] = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
    assert.deepEqual(provider?.inputs, { kubeconfig: "/etc/kube/prod", context: "prod" });
    const [eniConfig] = resources.filter(({ type }) => type.endsWith(":ENIConfig"));
    assert.ok(eniConfig);
  });

  it("keeps nobody's KUBECONFIG in its state, where the settings name none", async () => {
    const before = process.env.KUBECONFIG;
    process.env.KUBECONFIG = "/home/ann/.kube/config";
    try {
      const { resources } = await run({ clusterName: "small", podCidrs: ["100.64.0.0/16"] });
      const [provider] = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
      assert.deepEqual(provider?.inputs, { kubeconfig: "" });
    } finally {
      if (before === undefined) delete process.env.KUBECONFIG;
      else process.env.KUBECONFIG = before;
    }
  });

  it("makes no workers where the settings name none", async () => {
    const { podNetwork } = await run({ clusterName: "small", podCidrs: ["100.64.0.0/16"] });
    assert.deepEqual(podNetwork.workerGroups, []);
  });

  it("makes nothing of settings that can't be used", async () => {
    configure({ clusterName: "small", podCidrs: ["100.64.0.0"] });
    await assert.rejects(
      record(() => program()),
      (error) => pulumi.RunError.isInstance(error),
    );
  });
});
