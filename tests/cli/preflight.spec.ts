import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
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

    it("names keys that the program does not know, and those that were meant", async () => {
      const { code, stderr } = await preflightWith(
        [
          "  eks-pod-network:clusterName: shop",
          "  eks-pod-network:podCidrs: '[\"100.64.0.0/16\"]'",
          "  eks-pod-network:podCidr: 100.65.0.0/16",
          "  eks-pod-network:workergroups: []",
          "  eks-pod-network:workerGroups: [{ name: new, replaces: [], instanceType: m7i.large }]",
          "  eks-pod-network:cni: { env: { WARM_IP_TARGET: { secure: AAABAGx1 } } }",
          "  aws:defaultTag: {}",
        ].join("\n"),
      );
      assert.equal(code, 2);
      const lines = stderr.split("\n").map((line) => line.replace(/ The keys are .*/, ""));
      assert.deepEqual(lines.slice(1, -1), [
        '  eks-pod-network:workerGroups[0].instanceType: "instanceType" is not a key here.',
        "    -> Did you mean instanceTypes?",
        '  eks-pod-network:podCidr: "podCidr" is not a key here.',
        "    -> Did you mean podCidrs?",
        '  eks-pod-network:workergroups: "workergroups" is not a key here.',
        "    -> Did you mean workerGroups?",
      ]);
    });

    it("names blocks with bits behind their prefix, beside wrong keys, before anything is looked at", async () => {
      const { code, stderr } = await preflightWith(
        [
          "  eks-pod-network:clusterName: shop",
          "  eks-pod-network:podCidrs: [100.64.0.0/8, 100.65.0.0/16]",
          "  eks-pod-network:workerGroups: [{ name: new, replaces: [], replace: [] }]",
        ].join("\n"),
      );
      assert.equal(code, 2);
      const lines = stderr.split("\n").map((line) => line.replace(/ The keys are .*/, ""));
      assert.deepEqual(lines.slice(1, -1), [
        '  eks-pod-network:podCidrs[0]: "100.64.0.0/8" can\'t be used: it has bits set behind its prefix, 100.0.0.0/8 is the block.',
        "    -> Give an IPv4 block for pods, such as 100.64.0.0/16.",
        '  eks-pod-network:workerGroups[0].replace: "replace" is not a key here.',
        "    -> Did you mean replaces?",
      ]);
    });

    describe("with an account", () => {
      const { AWS_CONFIG_FILE: before } = process.env;
      let sts: Server;
      beforeEach(async () => {
        sts = createServer((_, response) => {
          response.end(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
          );
        }).listen(0, "127.0.0.1");
        await once(sts, "listening");
        process.env.AWS_CONFIG_FILE = join(folder, "aws");
        writeFileSync(
          join(folder, "aws"),
          `[profile shop]\naws_access_key_id = key\naws_secret_access_key = secret\nendpoint_url = http://127.0.0.1:${(sts.address() as AddressInfo).port}\n`,
        );
      });
      afterEach(() => {
        sts.closeAllConnections();
        sts.close();
        if (before === undefined) delete process.env.AWS_CONFIG_FILE;
        else process.env.AWS_CONFIG_FILE = before;
      });

      it("is not looked at with the credentials of another, before its stack is read", async () => {
        const entry = "{ name: prod, region: us-west-2, profile: shop, account: '222222222222' }";
        const files = { [join(folder, "stacks", "environments.yaml")]: `environments: [${entry}]` };
        const { code, stderr } = await podnet(`preflight prod --work-dir ${folder}`, files);
        assert.equal(code, 3);
        assert.match(
          stderr,
          /the credentials of profile shop are of account 111111111111 \(no ARN\); prod is in 222222222222/,
        );
      });
    });

    it("is not looked at where the file and the stack name different Regions", async () => {
      const { code, stderr } = await preflightWith("  aws:region: us-east-1\n");
      assert.equal(code, 2);
      assert.match(stderr, /aws:region is "us-east-1" in .*Pulumi\.prod\.yaml and "us-west-2" here\./);
    });
  });
});
