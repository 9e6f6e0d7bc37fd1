import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { preflightRequest } from "../../automation/preflight/preflightRequest";
import { temporaryFolder } from "../support/temporaryFolder";

describe("what a preflight of an environment is asked", () => {
  const { AWS_ENDPOINT_URL: before } = process.env;
  let workDir: string;
  beforeEach(() => {
    workDir = temporaryFolder();
    writeFileSync(join(workDir, "Pulumi.yaml"), "name: eks-pod-network\nruntime: nodejs\n");
  });
  afterEach(() => {
    rmSync(workDir, { recursive: true });
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL;
    else process.env.AWS_ENDPOINT_URL = before;
  });
  const environment = (name: string, podCidr: string, profile?: string) => {
    const config = `config: { eks-pod-network:clusterName: ${name}, eks-pod-network:podCidrs: [${podCidr}] }\n`;
    writeFileSync(join(workDir, `Pulumi.${name}.yaml`), config);
    return { name, stack: name, region: "us-west-2", rotation: {}, profile };
  };

  it("names others with the same addresses; in a sandbox only those that are in it", () => {
    const own = environment("sandbox", "100.64.0.0/16");
    const all = [
      own,
      environment("lab", "100.64.0.0/17"),
      environment("dev", "100.64.0.0/16", "shop-dev"),
      environment("elsewhere", "100.65.0.0/16"),
    ];
    const others = () => preflightRequest(own, workDir, all).neighbours?.others.map((one) => one.clusterName);
    process.env.AWS_ENDPOINT_URL = "";
    assert.deepEqual(others(), ["lab", "dev"]);
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:4566";
    assert.deepEqual(others(), ["lab"]);
  });
});
