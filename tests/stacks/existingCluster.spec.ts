import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { readOutputs } from "../../automation/podNetworkOutputs";
import program from "../../stacks/existingCluster";
import { mockedAws } from "../support/mockedAws";
import { record, valueOf } from "../support/pulumiMocks";

const stacks = join(__dirname, "..", "..", "stacks");

/** Settings as pulumi hands them to a program: texts, JSON where they are more. */
function configure(settings: Readonly<Record<string, unknown>>): void {
  const texts = Object.entries(settings).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
}

const committed = (
  parse(readFileSync(join(stacks, "Pulumi.sandbox.yaml"), "utf8")) as { config: Record<string, unknown> }
).config;

/** Runs the program. */
async function run(settings: Readonly<Record<string, unknown>> = committed) {
  configure(settings);
  const { resources, result } = await record(program, { invokes: mockedAws });
  const outputs = await Promise.all(
    Object.entries(result).map(async ([name, output]) => [
      name,
      { value: await valueOf<unknown>(output), secret: false },
    ]),
  );
  return { resources, outputs: Object.fromEntries(outputs) as Parameters<typeof readOutputs>[1] };
}

describe("the program of an existing cluster", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("says with the committed settings what the runner reads", async () => {
    const { outputs } = await run();
    const { podSubnets, workerGroups, ...rest } = readOutputs("sandbox", outputs);
    assert.deepEqual(rest, {
      clusterName: "small",
      region: "us-west-2",
      vpcId: "vpc-1",
      podCidrs: ["100.64.0.0/16"],
      eniConfigs: ["us-west-2a", "us-west-2b"],
    });
    assert.deepEqual(
      podSubnets.map(({ cidrBlock }) => cidrBlock),
      ["100.64.0.0/19", "100.64.32.0/19"],
    );
    assert.deepEqual(
      workerGroups.map(({ nodeGroupName, replaces, maxSize }) => [nodeGroupName, ...replaces, maxSize]),
      [
        ["pods-general-us-west-2a", "general", 4],
        ["pods-general-us-west-2b", "general", 4],
        ["pods-batch-us-west-2a", "batch", 4],
        ["pods-batch-us-west-2b", "batch", 4],
      ],
    );
  });

  it("speaks to the cluster of the kubeconfig and context that the settings name", async () => {
    const { resources } = await run({
      ...committed,
      "eks-pod-network:kubeconfig": "/etc/kube/prod",
      "eks-pod-network:kubeContext": "prod",
    });
    const [provider] = resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
    assert.deepEqual(provider?.inputs, { kubeconfig: "/etc/kube/prod", context: "prod" });
  });

  it("makes subnets of the size that the settings give, and no workers where they name none", async () => {
    const { outputs } = await run({
      "eks-pod-network:clusterName": "small",
      "eks-pod-network:podCidrs": ["100.64.0.0/16"],
      "eks-pod-network:subnetPrefixLength": "20",
    });
    const { podSubnets, workerGroups } = readOutputs("sandbox", outputs);
    assert.deepEqual(
      podSubnets.map(({ cidrBlock }) => cidrBlock),
      ["100.64.0.0/20", "100.64.16.0/20"],
    );
    assert.deepEqual(workerGroups, []);
  });
});
