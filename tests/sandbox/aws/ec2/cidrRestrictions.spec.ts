import assert from "node:assert/strict";
import { refuseBlock } from "../../../../sandbox/aws/ec2/cidrRestrictions";
import { readIpv4Block } from "../../../../sandbox/aws/ec2/ipv4";
import { AwsError } from "../../../../sandbox/aws/protocol/awsError";

describe("blocks that AWS adds to a VPC", () => {
  const block = (text: string) => {
    const read = readIpv4Block(text);
    assert.ok(read, text);
    return read;
  };
  const codeFor = (wanted: string, [primary = "", ...others]: readonly string[], limit = 5): string => {
    const present = [primary, ...others].map(block);
    try {
      refuseBlock(block(wanted), { vpcId: "vpc-1", primary: block(primary), present }, limit);
      return "added";
    } catch (error) {
      assert.ok(error instanceof AwsError);
      return error.code;
    }
  };

  // The rows of the VPC user guide's table: a VPC's block, what it can't add, what it can.
  const rows: { readonly to: string; readonly refused: string[]; readonly added: string[] }[] = [
    {
      to: "10.8.0.0/16",
      refused: ["172.16.0.0/16", "192.168.0.0/16", "198.19.0.0/16", "198.19.128.0/17"],
      added: [
        "10.9.0.0/16",
        "10.0.0.0/16",
        "100.64.0.0/16",
        "100.127.0.0/16",
        "203.0.113.0/24",
        "198.18.0.0/16",
      ],
    },
    { to: "10.0.0.0/16", refused: ["10.0.0.0/16", "172.31.0.0/16"], added: ["10.1.0.0/16", "100.64.0.0/16"] },
    { to: "10.1.0.0/16", refused: ["10.0.0.0/16", "10.0.255.0/24"], added: ["10.2.0.0/16"] },
    {
      to: "172.16.0.0/16",
      refused: ["10.0.0.0/16", "192.168.0.0/24", "172.31.0.0/16", "172.31.4.0/24", "198.19.0.0/16"],
      added: ["172.17.0.0/16", "172.30.0.0/16", "100.64.0.0/16", "203.0.113.0/24"],
    },
    {
      to: "192.168.0.0/20",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "172.31.0.0/16", "198.19.0.0/16"],
      added: ["192.168.16.0/20", "100.64.0.0/16", "203.0.113.0/24"],
    },
    {
      to: "198.19.0.0/17",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/16"],
      added: ["198.19.128.0/17", "100.64.0.0/16", "203.0.113.0/24"],
    },
    {
      to: "100.64.0.0/16",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/16", "198.19.0.0/16"],
      added: ["100.65.0.0/16", "203.0.113.0/24"],
    },
    {
      to: "203.0.113.0/24",
      refused: ["10.0.0.0/16", "172.16.0.0/16", "192.168.0.0/16", "198.19.0.0/16"],
      added: ["203.0.114.0/24", "100.64.0.0/16"],
    },
  ];
  for (const { to, refused, added } of rows) {
    it(`of ${to}`, () => {
      const refusedHere = refused.filter((wanted) => codeFor(wanted, [to]) === "added");
      assert.deepEqual(refusedHere, []);
      const addedHere = added.map((wanted) => `${wanted} ${codeFor(wanted, [to])}`);
      assert.deepEqual(
        addedHere,
        added.map((wanted) => `${wanted} added`),
      );
      assert.equal(codeFor("169.254.0.0/20", [to]), "InvalidVpc.Range");
    });
  }

  it("are none of 10.0.0.0/16 once any block of the VPC lies in 10.0.0.0/15", () => {
    assert.equal(codeFor("10.0.0.0/20", ["10.8.0.0/16", "100.64.0.0/16"]), "added");
    assert.equal(codeFor("10.0.0.0/20", ["10.8.0.0/16", "10.1.0.0/20"]), "InvalidVpc.Range");
  });

  it("are of a size from /16 to /28, share no address, and are as many as the quota says", () => {
    assert.equal(codeFor("100.64.0.0/15", ["10.8.0.0/16"]), "InvalidVpc.Range");
    assert.equal(codeFor("100.64.0.0/29", ["10.8.0.0/16"]), "InvalidVpc.Range");
    assert.equal(codeFor("10.8.64.0/20", ["10.8.0.0/16"]), "CidrConflict");
    assert.equal(codeFor("100.64.0.0/16", ["10.8.0.0/16", "100.65.0.0/16"], 2), "CidrLimitExceeded");
    assert.equal(codeFor("100.64.0.0/16", ["10.8.0.0/16", "100.65.0.0/16"], 3), "added");
  });
});
