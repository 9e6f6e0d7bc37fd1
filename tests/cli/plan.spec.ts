import assert from "node:assert/strict";
import { podnet, podnetJson } from "../support/podnet";

describe("podnet plan", () => {
  const line =
    "plan --vpc-cidr 10.8.0.0/16 --pod-cidr 100.64.0.0/16 --zones us-west-2a,us-west-2b,us-west-2c";

  it("answers with subnets and what is free", async () => {
    const { code, json } = await podnetJson(line);
    assert.equal(code, 0);
    const { subnets, free } = json as {
      subnets: { zone: string; cidr: string; usableAddresses: number }[];
      free: string[];
    };
    assert.deepEqual(
      subnets.map(({ zone, cidr, usableAddresses }) => [zone, cidr, usableAddresses]),
      [
        ["us-west-2a", "100.64.0.0/19", 8187],
        ["us-west-2b", "100.64.32.0/19", 8187],
        ["us-west-2c", "100.64.64.0/19", 8187],
      ],
    );
    assert.deepEqual(free, ["100.64.96.0/19", "100.64.128.0/17"]);
  });

  it("keeps the subnets that it printed itself, and those of describe-subnets", async () => {
    const own = (await podnet(`${line} --json`)).stdout;
    const ofAws = JSON.stringify({
      Subnets: [
        {
          AvailabilityZone: "us-west-2a",
          CidrBlock: "100.64.240.0/20",
          SubnetId: "subnet-0a",
          VpcId: "vpc-1",
        },
        { AvailabilityZone: "us-west-2a", CidrBlock: "10.8.0.0/20", SubnetId: "subnet-0n", VpcId: "vpc-1" },
      ],
    });
    const cidrs = async (existing: string) =>
      (
        (await podnetJson(`${line} --prefix-length 20 --existing x`, { x: existing })).json as {
          subnets: { cidr: string; origin: string }[];
        }
      ).subnets.map(({ cidr, origin }) => `${cidr} ${origin}`);
    assert.deepEqual(await cidrs(own), [
      "100.64.0.0/19 adopted",
      "100.64.32.0/19 adopted",
      "100.64.64.0/19 adopted",
    ]);
    assert.deepEqual(await cidrs(ofAws), [
      "100.64.240.0/20 adopted",
      "100.64.16.0/20 planned",
      "100.64.32.0/20 planned",
    ]);
  });

  it("takes every flag", async () => {
    const { json } = await podnetJson(
      "plan --vpc-cidr 10.8.0.0/16 --pod-cidr 100.64.0.0/18 --ipam-prefix-length 20 --zones a/20,b --prefix-length 19 --subnets-per-zone 2 --assign b=100.64.32.0/20 --reserve-prefixes --quota 3",
    );
    assert.deepEqual(
      (
        json as {
          subnets: {
            zone: string;
            cidr: string | null;
            origin: string;
            podBlock: number;
            reservations?: string[];
          }[];
        }
      ).subnets.map(({ zone, cidr, origin, podBlock, reservations }) => [
        zone,
        cidr,
        origin,
        podBlock,
        reservations?.[0],
      ]),
      [
        ["a", "100.64.48.0/20", "planned", 0, "100.64.49.0/24"],
        ["a", null, "planned", 1, undefined],
        ["b", "100.64.0.0/19", "planned", 0, "100.64.2.0/23"],
        ["b", "100.64.32.0/20", "assigned", 0, "100.64.33.0/24"],
      ],
    );
  });

  it("prints a table", async () => {
    assert.match(
      (await podnet(line)).stdout,
      /^ZONE +SUBNET +USABLE ADDRESSES +ORIGIN\nus-west-2a +100\.64\.0\.0\/19 +8,187 +planned\n[^]*\n\nFree: 100\.64\.96\.0\/19, 100\.64\.128\.0\/17\n$/,
    );
  });

  it("refuses what AWS would, what does not fit and what is malformed, by flag", async () => {
    const stderr = async (flags: string, files = {}) => {
      const result = await podnet(`plan --vpc-cidr 10.8.0.0/16 ${flags}`, files);
      assert.equal(result.code, 2, result.stdout);
      return result.stderr;
    };
    assert.match(
      await stderr("--pod-cidr 198.19.0.0/16 --zones a"),
      /--pod-cidr\[0\]: 198\.19\.0\.0\/16 can't be added/,
    );
    assert.match(await stderr("--pod-cidr 100.64.0.0/16"), /--zones: is missing/);
    assert.match(await stderr("--zones a"), /--pod-cidr: no block for pods/);
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/20 --zones a,b,c"),
      /--zones\[2\]: no \/19|--zones\[0\]: no \/19/,
    );
    assert.match(await stderr("--pod-cidr 100.64.0.0/16 --zones a,,b"), /--zones: it has an empty item/);
    for (const zone of ["a/x", "a/", "a/18/9"]) {
      assert.match(
        await stderr(`--pod-cidr 100.64.0.0/16 --zones ${zone}`),
        new RegExp(`--zones: "${zone}" is neither a zone nor a zone and a size`),
      );
    }
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones -"),
      /--zones\[0\]: "-" is not the name of a zone/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --assign b=100.64.0.0/20"),
      /--assign: b=100\.64\.0\.0\/20 is of a zone/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --assign b"),
      /--assign: "b" is not an assignment/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --existing x", { x: '{"subnets": [{"zone": "a"}]}' }),
      /x is not usable[^]*1:14 +subnets\[0\]\.cidr: is missing/,
    );
    assert.match(
      await stderr("--pod-cidr 100.64.0.0/16 --zones a --existing nowhere"),
      /nowhere: there is no such file/,
    );
  });
});
