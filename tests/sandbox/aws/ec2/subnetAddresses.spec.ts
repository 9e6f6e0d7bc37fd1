import assert from "node:assert/strict";
import { checkAddresses, chooseAddresses } from "../../../../sandbox/aws/ec2/subnetAddresses";

describe("addresses of a subnet", () => {
  const subnet = (cidrBlock: string, ...taken: string[]) => ({
    subnetId: "subnet-1",
    cidrBlock,
    taken: new Set(taken),
  });

  it("are handed out from the lowest that nobody has, behind the four that AWS keeps", () => {
    assert.deepEqual(chooseAddresses(subnet("10.8.0.0/28", "10.8.0.5"), 3), [
      "10.8.0.4",
      "10.8.0.6",
      "10.8.0.7",
    ]);
  });

  it("are chosen behind the last chosen one, and from the start again behind the end", () => {
    const passed = { ...subnet("10.8.0.0/28", "10.8.0.13"), lastChosen: "10.8.0.11" };
    assert.deepEqual(chooseAddresses(passed, 4), ["10.8.0.12", "10.8.0.14", "10.8.0.4", "10.8.0.5"]);
    assert.equal(chooseAddresses(passed, 10).at(-1), "10.8.0.11");
  });

  it("end before the last one, which AWS keeps as well", () => {
    assert.equal(chooseAddresses(subnet("10.8.0.16/28"), 11).at(-1), "10.8.0.30");
    assert.throws(() => chooseAddresses(subnet("10.8.0.16/28"), 12), {
      code: "InsufficientFreeAddressesInSubnet",
      message: /subnet-1: 12 asked for, 11 free/,
    });
  });

  it("go on over the edge of an octet", () => {
    const taken = Array.from({ length: 252 }, (_, index) => `100.64.0.${index + 4}`);
    assert.deepEqual(chooseAddresses(subnet("100.64.0.0/19", ...taken), 1), ["100.64.1.0"]);
  });

  const refused: [string, string, string][] = [
    ["outside the subnet", "10.8.0.16", "InvalidParameterValue"],
    ["the router's", "10.8.0.1", "InvalidParameterValue"],
    ["the last", "10.8.0.15", "InvalidParameterValue"],
    ["in use", "10.8.0.4", "InvalidIPAddress.InUse"],
    ["no address", "10.8.0", "InvalidParameterValue"],
  ];
  for (const [what, address, code] of refused) {
    it(`are refused when one that is named is ${what}`, () => {
      assert.throws(
        () => {
          checkAddresses(subnet("10.8.0.0/28", "10.8.0.4"), [address]);
        },
        { code },
      );
    });
  }
});
