import assert from "node:assert/strict";
import type { Subnet } from "../../../../sandbox/aws/ec2/inventory";
import {
  addressesOfPrefixes,
  askedPrefixes,
  choosePrefixes,
  prefixLedger,
} from "../../../../sandbox/aws/ec2/prefixes";

const subnetOf = (cidrBlock: string, facts: Partial<Subnet> = {}): Subnet => ({
  subnetId: "subnet-1",
  vpcId: "vpc-1",
  availabilityZone: "us-west-2a",
  cidrBlock,
  taken: new Set(),
  reservedForPrefixes: [],
  ...facts,
});
const some = (count: number) => ({ named: [], count });
const named = (...prefixes: string[]) => ({ named: prefixes, count: 0 });

describe("prefixes of a subnet", () => {
  it("are aligned, and neither the first nor the last /28, where AWS keeps addresses", () => {
    assert.deepEqual(choosePrefixes(subnetOf("10.8.0.0/26"), some(2)), ["10.8.0.16/28", "10.8.0.32/28"]);
    const count = (cidrBlock: string) => {
      assert.deepEqual(choosePrefixes(subnetOf(cidrBlock), some(0)), []);
      for (let most = 0; ; most += 1) {
        try {
          choosePrefixes(subnetOf(cidrBlock), some(most + 1));
        } catch {
          return most;
        }
      }
    };
    assert.deepEqual(["10.8.0.0/24", "10.8.0.0/26", "10.8.0.0/27", "10.8.0.0/28"].map(count), [14, 2, 0, 0]);
  });

  it("are refused where one address in each is somebody's, however many are free", () => {
    const subnet = subnetOf("10.8.0.0/26", { taken: new Set(["10.8.0.31", "10.8.0.32"]) });
    assert.throws(
      () => choosePrefixes(subnet, some(1)),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, "InsufficientCidrBlocks");
        assert.match(error.message, /\(subnet-1: 1 asked for, 0 free\)$/);
        return true;
      },
    );
  });

  it("come from a reservation for prefixes first, and from one for addresses never", () => {
    const subnet = subnetOf("10.8.0.0/25", {
      reserved: ["10.8.0.16/28", "10.8.0.64/27"],
      reservedForPrefixes: ["10.8.0.64/27"],
    });
    assert.deepEqual(choosePrefixes(subnet, some(4)), [
      "10.8.0.64/28",
      "10.8.0.80/28",
      "10.8.0.32/28",
      "10.8.0.48/28",
    ]);
  });

  it("may be named, when they are whole, aligned and free", () => {
    const subnet = subnetOf("10.8.0.0/25", { taken: new Set(["10.8.0.40"]) });
    assert.deepEqual(choosePrefixes(subnet, named("10.8.0.64/28")), ["10.8.0.64/28"]);
    for (const [prefix, code] of [
      ["10.8.0.0/28", "InvalidParameterValue"],
      ["10.8.0.64/27", "InvalidParameterValue"],
      ["10.9.0.64/28", "InvalidParameterValue"],
      ["10.8.0.32/28", "InvalidIPAddress.InUse"],
    ] as const) {
      assert.throws(
        () => choosePrefixes(subnet, named(prefix)),
        (error: { code?: string }) => error.code === code,
        prefix,
      );
    }
  });
});

describe("what a call asks for", () => {
  const asked = (members: Record<string, string>) => askedPrefixes(new Map(Object.entries(members)));

  it("is a number of prefixes, or prefixes by name in either spelling", () => {
    assert.deepEqual(asked({}), some(0));
    assert.deepEqual(asked({ Ipv4PrefixCount: "2" }), some(2));
    assert.deepEqual(asked({ "Ipv4Prefix.1": "10.8.0.16/28" }), named("10.8.0.16/28"));
    assert.deepEqual(asked({ "Ipv4Prefix.1.Ipv4Prefix": "10.8.0.16/28" }), named("10.8.0.16/28"));
  });

  it("is not both", () => {
    assert.throws(
      () => asked({ Ipv4PrefixCount: "1", "Ipv4Prefix.1": "10.8.0.16/28" }),
      /Ipv4PrefixCount and Ipv4Prefix exclude each other/,
    );
  });
});

describe("the ledger of prefixes", () => {
  it("knows them by ENI and their addresses by subnet, until they are given back", () => {
    const ledger = prefixLedger();
    ledger.add("eni-1", "subnet-1", ["10.8.0.16/28"]);
    ledger.add("eni-1", "subnet-1", ["10.8.0.32/28"]);
    ledger.add("eni-2", "subnet-2", ["10.9.0.16/28"]);
    assert.deepEqual(ledger.of("eni-1"), ["10.8.0.16/28", "10.8.0.32/28"]);
    assert.equal(ledger.addressesIn("subnet-1").length, 32);
    assert.deepEqual(ledger.remove("eni-1", ["10.8.0.16/28"]), addressesOfPrefixes(["10.8.0.16/28"]));
    assert.deepEqual(ledger.of("eni-1"), ["10.8.0.32/28"]);
    assert.equal(ledger.remove("eni-1").at(-1), "10.8.0.47");
    assert.deepEqual([ledger.of("eni-1"), ledger.addressesIn("subnet-1")], [[], []]);
    assert.equal(ledger.addressesIn("subnet-2").length, 16);
  });
});
