import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { describeInstanceTypes } from "../../automation/instanceTypes";
import { lookUpInTable, type InstanceType } from "../../planning/instanceType";
import { startMoto, type Moto } from "../../sandbox/aws/moto";
import { podnetProcess } from "../support/podnetProcess";

describe("instance types, asked of an emulated EC2", function () {
  this.timeout(600_000);
  let moto: Moto;
  let env: Record<string, string>;
  before(async () => {
    moto = await startMoto(console.log);
    env = {
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  });
  after(() => moto.stop());

  const client = () =>
    new EC2Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });

  it("are those that were asked for, without the ones that EC2 does not know", async () => {
    const found = await describeInstanceTypes(client(), ["p5.48xlarge", "m5.huge", "m5.metal"]);
    const byName = Object.fromEntries(found.map((type) => [type.instanceType, type]));
    assert.deepEqual(Object.keys(byName).sort(), ["m5.metal", "p5.48xlarge"]);
    assert.deepEqual(byName["p5.48xlarge"], lookUpInTable("p5.48xlarge"));
    assert.deepEqual(byName["m5.metal"], lookUpInTable("m5.metal"));
  });

  it("are asked for in as many calls as it takes", async () => {
    const many = Array.from({ length: 450 }, (_, index) => `x${index}.large`);
    const found = await describeInstanceTypes(client(), [...many, "m5.large"]);
    assert.deepEqual(
      found.map(({ instanceType }) => instanceType),
      ["m5.large"],
    );
  });

  it("are written to the table by npm run update-instance-types", () => {
    const folder = mkdtempSync(join(tmpdir(), "podnet-"));
    try {
      const file = join(folder, "instanceTypes.json");
      const said = execFileSync("npm", ["run", "--silent", "update-instance-types", "--", file], {
        env: { ...process.env, ...env },
        encoding: "utf8",
      });
      const rows = JSON.parse(readFileSync(file, "utf8")) as InstanceType[];
      assert.ok(rows.length >= 700, `${rows.length} rows`);
      assert.deepEqual(
        rows.find(({ instanceType }) => instanceType === "m5.large"),
        {
          instanceType: "m5.large",
          enis: 3,
          ipv4PerEni: 10,
          vcpus: 2,
          hypervisor: "nitro",
          bareMetal: false,
        },
      );
      assert.equal(readFileSync(file, "utf8").split("\n").length, rows.length + 3);
      assert.match(said, new RegExp(`^${rows.length} instance types written`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("override the table in podnet max-pods --endpoint live", () => {
    const { code, stdout } = podnetProcess(["max-pods", "m5.large", "--endpoint", "live", "--json"], { env });
    assert.equal(code, 0);
    assert.equal((JSON.parse(stdout) as { maxPods: number }[])[0]?.maxPods, 29);
  });

  it("make podnet exit with 2 for a type that EC2 does not offer, and with 3 when EC2 does not answer", () => {
    const unknown = podnetProcess(["max-pods", "m5.huge", "--endpoint", "live"], { env });
    assert.equal(unknown.code, 2);
    assert.match(
      unknown.stderr,
      /"m5\.huge" is not .* Did you mean .* EC2 does not offer it in this Region/s,
    );

    const noPort = { ...env, AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
    const silent = podnetProcess(["max-pods", "m5.large", "--endpoint", "live", "--json"], { env: noPort });
    assert.equal(silent.code, 3);
    assert.match(
      silent.stderr,
      /EC2 DescribeInstanceTypes failed: .*ECONNREFUSED.*\n {2}-> Check that this address answers; AWS_ENDPOINT_URL, .* --endpoint table\./,
    );
    assert.match(silent.stdout, /"exitCode": 3/);
  });
});
