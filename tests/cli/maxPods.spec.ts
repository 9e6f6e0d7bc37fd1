import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet max-pods", () => {
  it("answers each type with its reasons, and the number of the group", async () => {
    const { code, json } = await podnetJson("max-pods m5.large t3.small --custom-networking");
    assert.equal(code, 0);
    assert.deepEqual(
      (
        json as {
          instanceType: string;
          maxPods: number;
          enis: number;
          ipv4PerEni: number;
          capped: boolean;
          steps: string[];
          groupMaxPods: number;
        }[]
      ).map(({ steps, ...row }) => [
        row.instanceType,
        row.maxPods,
        row.enis,
        row.ipv4PerEni,
        row.capped,
        steps.length,
        row.groupMaxPods,
      ]),
      [
        ["m5.large", 20, 3, 10, false, 4, 8],
        ["t3.small", 8, 3, 4, false, 4, 8],
      ],
    );
  });

  it("explains a single type, and tells several in a table", async () => {
    assert.match(
      (await podnet("max-pods m5.large")).stdout,
      /^m5\.large {2}29 pods\n\n {2}3 ENIs .*\n {2}3 x \(10 - 1\) = 27/,
    );
    const { stdout } = await podnet("max-pods m5.large m5.8xlarge --prefix-delegation");
    assert.match(
      stdout,
      /^TYPE +MAX PODS +ENIS +IPV4\/ENI +MODE\nm5\.large +110 +3 +10 +prefixes +capped\nm5\.8xlarge +250 /,
    );
    assert.match(stdout, /In one managed node group: 110 pods/);
  });

  it("takes every flag", async () => {
    const line =
      "max-pods m5.8xlarge --custom-networking --prefix-delegation --max-eni 2 --host-network-daemon-sets 3 --uncapped --endpoint table";
    const { json } = await podnetJson(line);
    assert.equal((json as { maxPods: number }[])[0]?.maxPods, 29 * 16 + 5);
  });

  it("takes flags from a file, the command line first", async () => {
    const files = {
      "group.yaml": "instanceTypes: [m5.large, m5.xlarge]\ncustomNetworking: true\nmaxEni: 2\n",
    };
    const numbers = async (line: string) =>
      ((await podnetJson(line, files)).json as { maxPods: number }[]).map(({ maxPods }) => maxPods);
    assert.deepEqual(await numbers("max-pods --file group.yaml"), [11, 16]);
    assert.deepEqual(await numbers("max-pods m5.large --max-eni 3 -f group.yaml"), [20]);
  });

  it("refuses a file of flags by line, key and way out", async () => {
    const { code, stderr } = await podnet("max-pods -f group.yaml", {
      "group.yaml": "instanceTypes: [m5.large]\ncustomNetwork: true\nmaxEni: [1, 2]\nuncapped: maybe\n",
    });
    assert.equal(code, 2);
    assert.match(stderr, /^podnet max-pods: group\.yaml is not usable \(3 problems\)\n/);
    assert.match(
      stderr,
      /\n {2}2:16 +customNetwork: is not a flag of this command\.\n +-> Did you mean customNetworking\?/,
    );
    assert.match(stderr, /\n {2}3:9 +maxEni: \[1,2\] can't be used\./);
    assert.match(stderr, /\n {2}4:11 +uncapped: "maybe" is neither true nor false\./);
  });

  it("reads types with commas between them, each once", async () => {
    const { json } = await podnetJson("max-pods m5.large,m5.xlarge m5.large");
    assert.deepEqual(
      (json as { instanceType: string }[]).map(({ instanceType }) => instanceType),
      ["m5.large", "m5.xlarge"],
    );
  });

  it("says that a Region is of no use to the table", async () => {
    assert.match(
      (await podnet("max-pods m5.large --region us-west-2")).stderr,
      /^note: --region has no effect/,
    );
    assert.match(
      (await podnet("max-pods m5.large --region earth")).stderr,
      /--region: "earth" is not a Region/,
    );
  });

  it("refuses values of a file that are not what they are meant to be", async () => {
    const stderr = async (line: string, content: string) => {
      const result = await podnet(`${line} -f x`, { x: content });
      assert.equal(result.code, 2, result.stdout);
      return result.stderr;
    };
    assert.match(await stderr("max-pods", "instanceTypes: [null]"), /instanceTypes: null can't be used/);
    assert.match(
      await stderr("max-pods", "instanceTypes: [{ a: b }]"),
      /instanceTypes: \{"a":"b"\} can't be used/,
    );
    assert.match(await stderr("max-pods", "instanceTypes: &a [*a]"), /\(aliases\): its aliases/);
    assert.match(await stderr("max-pods", "- a"), /\(the whole file\): is not an object/);
    assert.match(
      await stderr("check-cidr", "cidr: [100.64.0.0/16, 100.65.0.0/16]\nvpcCidr: [10.0.0.0/16]"),
      /cidr: \["100\.64\.0\.0\/16","100\.65\.0\.0\/16"\] can't be used/,
    );
    assert.match(
      await stderr("aws-node-env", "cniVersion: 1.20\nmultiNic: true"),
      /cniVersion: 1\.2 can't be used\.\n +-> Put quotes around it/,
    );
    assert.match(
      await stderr("user-data", "family: al2023\nclusterName: c\nlabel: { a: 1.10 }"),
      /label: 1\.1 can't be used\.\n +-> Put quotes/,
    );
    assert.match(
      await stderr("aws-node-env", "additionalEniTags: { a: { b: c } }"),
      /additionalEniTags: \{"b":"c"\} can't/,
    );
  });

  it("tells problems of the command line and of the file together", async () => {
    const { stderr } = await podnet("max-pods m5.large --endpoint moon -f x", { x: "maxEni: 0\n" });
    assert.match(
      stderr,
      /^podnet max-pods: 1 problem\n {2}--endpoint: .*\n.*\npodnet max-pods: x is not usable \(1 problem\)\n {2}1:9 +maxEni: /,
    );
  });

  it("refuses types that it does not know, all of them, with the nearest names", async () => {
    const { code, stderr } = await podnet("max-pods m5.larg m5.large hpc6id.32xlarge --custom-networking");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /TYPE: "m5\.larg" is not an EC2 instance type known here\.\n +-> Did you mean m5\.large, /,
    );
    assert.match(stderr, /TYPE: hpc6id\.32xlarge has one ENI/);
  });
});
