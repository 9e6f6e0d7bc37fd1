import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { podnet } from "../support/podnet";
import { temporaryFolder } from "../support/temporaryFolder";

describe("podnet preflight", function () {
  // The clients of AWS take their time to load.
  this.timeout(60_000);
  it("asks for an environment or a cluster", async () => {
    const { code, stderr } = await podnet("preflight");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /ENVIRONMENT: is missing\.\n +-> Give .*, --all, or a cluster: --cluster and --region\./,
    );
    assert.match((await podnet("preflight --cluster shop")).stderr, /--region: is missing\./);
    assert.match((await podnet("preflight --region us-west-2")).stderr, /--cluster: is missing\./);
  });

  it("takes no flags of a cluster beside an environment, which says them itself", async () => {
    const { code, stderr } = await podnet("preflight prod --cluster shop --pod-cidr 100.65.0.0/16");
    assert.equal(code, 2);
    assert.match(stderr, /2 problems/);
    assert.match(stderr, /--cluster: can't be given together with environment "prod"/);
    assert.match(stderr, /--pod-cidr: can't be given together with environment "prod"/);
  });

  it("takes blocks alone", async () => {
    const { code, stderr } = await podnet(
      "preflight --cluster shop --region us-west-2 --pod-cidr 100.64.0.0",
    );
    assert.equal(code, 2);
    assert.match(
      stderr,
      /--pod-cidr: "100\.64\.0\.0" is not an IPv4 block\.\n +-> Write it as 100\.64\.0\.0\/16\./,
    );
  });

  describe("of an environment", () => {
    let folder: string;
    beforeEach(() => {
      folder = temporaryFolder();
      mkdirSync(join(folder, "stacks"));
      writeFileSync(
        join(folder, "Pulumi.yaml"),
        "name: eks-pod-network\nruntime: nodejs\nstackConfigDir: stacks\n",
      );
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });
    const preflightWith = (config: string) => {
      writeFileSync(join(folder, "stacks", "Pulumi.prod.yaml"), `config:\n${config}`);
      const files = {
        [join(folder, "stacks", "environments.yaml")]: "environments: [{ name: prod, region: us-west-2 }]",
      };
      return podnet(`preflight prod --work-dir ${folder}`, files);
    };

    it("names what its stack's configuration lacks, with the file", async () => {
      const { code, stderr } = await preflightWith("  eks-pod-network:zones: []\n");
      assert.equal(code, 2);
      const [first = ""] = stderr.split("\n");
      assert.equal(
        first,
        `podnet preflight: ${join(folder, "stacks", "Pulumi.prod.yaml")} is not usable (3 problems)`,
      );
      for (const key of ["clusterName", "podCidrs", "zones"]) {
        assert.match(stderr, new RegExp(`^ +eks-pod-network:${key}: `, "m"));
      }
    });

    it("is not looked at where the file and the stack name different Regions", async () => {
      const { code, stderr } = await preflightWith("  aws:region: us-east-1\n");
      assert.equal(code, 3);
      assert.match(stderr, /aws:region is "us-east-1" in .*Pulumi\.prod\.yaml and "us-west-2" here\./);
    });
  });
});
