import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { SecondaryCidr, type SecondaryCidrArgs } from "../../components";
import { mockedVpc, type MockedVpc } from "../support/mockedVpc";
import { record, valueOf } from "../support/pulumiMocks";

const vpcId = "vpc-1";
const make = (args: SecondaryCidrArgs, vpc: MockedVpc = {}, opts?: pulumi.ComponentResourceOptions) =>
  record(() => new SecondaryCidr("pods", args, opts), { invokes: mockedVpc(vpc) });
const block = (cidrBlock: string) => ({ vpcId, cidrBlocks: [{ cidrBlock }] });

/** What it says when it refuses, line by line. */
async function refusal(args: SecondaryCidrArgs, vpc: MockedVpc = {}): Promise<string[]> {
  const error: unknown = await make(args, vpc).then(
    () => assert.fail("it was not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.ResourceError.isInstance(error), String(error));
  assert.equal(error.hideStack, true);
  return error.message.split("\n");
}

describe("SecondaryCidr", () => {
  const association = (name: string, inputs: object) => ({
    type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    name: `pods-${name}`,
    inputs: { vpcId, ...inputs },
    parent: "eks-pod-network:index:SecondaryCidr pods",
    dependsOn: [],
    protect: true,
    importId: undefined,
    ignoreChanges: [],
  });

  it("associates each block with the VPC", async () => {
    const cidrBlocks = [{ cidrBlock: "100.64.0.0/16" }, { cidrBlock: "100.65.0.0/20" }];
    const { resources, result } = await make({ vpcId, cidrBlocks });
    assert.deepEqual(resources.slice(1), [
      association("100.64.0.0-16", { cidrBlock: "100.64.0.0/16" }),
      association("100.65.0.0-20", { cidrBlock: "100.65.0.0/20" }),
    ]);
    assert.deepEqual(await valueOf(result.cidrBlocks), ["100.64.0.0/16", "100.65.0.0/20"]);
  });

  it("has an IPAM pool provide blocks, which keep their names whatever they are", async () => {
    const ipamBlocks = [{ name: "first", poolId: "ipam-pool-1", netmaskLength: 18 }];
    const { resources } = await make({ vpcId, ipamBlocks });
    assert.deepEqual(resources.slice(1), [
      association("first", { ipv4IpamPoolId: "ipam-pool-1", ipv4NetmaskLength: 18 }),
    ]);
  });

  it("records no argument as an input of its own, so that only a change of a block is a change", async () => {
    const { resources } = await make(block("100.64.0.0/16"));
    assert.deepEqual(resources[0]?.inputs, {});
  });

  it("takes over what it is told to, by the association that the VPC has", async () => {
    const cidrBlocks = [{ cidrBlock: "100.64.0.0/16", adopt: true }, { cidrBlock: "100.65.0.0/16" }];
    const secondary = { "vpc-cidr-assoc-7": "100.64.0.0/16" };
    const { resources } = await make({ vpcId, cidrBlocks }, { secondary });
    assert.deepEqual(
      resources.slice(1).map(({ name, importId }) => [name, importId]),
      [
        ["pods-100.64.0.0-16", "vpc-cidr-assoc-7"],
        ["pods-100.65.0.0-16", undefined],
      ],
    );
  });

  it("takes nothing over for its being there, and is in no conflict with it: it is of an earlier run", async () => {
    const vpc = { secondary: { "vpc-cidr-assoc-7": "100.64.0.0/16" }, routes: ["100.64.0.0/10"] };
    const { resources, warnings } = await make(block("100.64.0.0/16"), vpc);
    assert.deepEqual(resources.slice(1), [association("100.64.0.0-16", { cidrBlock: "100.64.0.0/16" })]);
    assert.deepEqual(warnings, []);
  });

  it("refuses to take over what is not there", async () => {
    const secondary = { "vpc-cidr-assoc-7": "100.65.0.0/16" };
    const args = { vpcId, cidrBlocks: [{ cidrBlock: "100.64.0.0/16", adopt: true }] };
    assert.deepEqual(await refusal(args, { secondary }), [
      "cidrBlocks[0].cidrBlock: vpc-1 has no block 100.64.0.0/16 that could be taken over " +
        "(its secondary blocks: 100.65.0.0/16). Correct the block, or leave adopt out to have it added.",
    ]);
  });

  it("refuses the primary block", async () => {
    assert.match(
      (await refusal(block("10.8.0.0/16")))[0] ?? "",
      /^cidrBlocks\[0\]\.cidrBlock: .* primary block/,
    );
  });

  it("holds every block against the VPC, and says all that is wrong at once", async () => {
    const cidrBlocks = ["10.8.128.0/20", "100.64.0.0/16", "198.19.0.0/16", "100.70.0.0/16", "100.80.0.0/16"];
    const lines = await refusal(
      { vpcId, cidrBlocks: cidrBlocks.map((cidrBlock) => ({ cidrBlock })) },
      {
        routes: ["100.64.7.0/24"],
        peerings: [
          { status: "active", isRequester: true, cidrBlock: "100.70.0.0/20" },
          { status: "pending-acceptance", isRequester: false, cidrBlock: "100.80.0.0/20" },
          { status: "deleted", isRequester: false, cidrBlock: "10.8.0.0/15" },
        ],
      },
    );
    const beginnings = [
      "cidrBlocks[0].cidrBlock: 10.8.128.0/20 overlaps 10.8.0.0/16",
      "cidrBlocks[1].cidrBlock: 100.64.0.0/16 is equal to or larger than 100.64.7.0/24",
      "cidrBlocks[2].cidrBlock: 198.19.0.0/16 can't be added",
      "cidrBlocks[3].cidrBlock: 100.70.0.0/16 overlaps 100.70.0.0/20 of a peered VPC",
      "cidrBlocks[4].cidrBlock: 100.80.0.0/16 overlaps 100.80.0.0/20",
    ];
    assert.deepEqual(
      lines.map((line, index) => line.slice(0, beginnings[index]?.length)),
      beginnings,
    );
  });

  describe("counts blocks against the quota", () => {
    const four = Object.fromEntries([1, 2, 3, 4].map((n) => [`assoc-${n}`, `100.6${n + 4}.0.0/16`]));

    it("that AWS starts with", async () => {
      assert.match(
        (await refusal(block("100.64.0.0/16"), { secondary: four }))[0] ?? "",
        /5 IPv4 blocks of 5 that its quota allows.* Raise the quota L-83CA0A9D .* give it as cidrBlocksPerVpc\.$/,
      );
    });

    it("that was raised", async () => {
      const args = { ...block("100.64.0.0/16"), cidrBlocksPerVpc: 6 };
      assert.equal((await make(args, { secondary: four })).resources.length, 2);
    });

    it("not, where the VPC proves that it was raised", async () => {
      const secondary = { ...four, "assoc-5": "100.69.0.0/16" };
      assert.equal((await make(block("100.64.0.0/16"), { secondary })).resources.length, 2);
    });
  });

  it("says what is known to be wrong at once, without a look at the VPC", () => {
    const args: SecondaryCidrArgs = {
      vpcId,
      cidrBlocks: [
        "100.64.0.1/16",
        "pods",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "100.72.0.0/16",
        "100.72.16.0/20",
      ].map((cidrBlock) => ({ cidrBlock })),
      ipamBlocks: [
        { name: "a", poolId: "ipam-pool-1", netmaskLength: 12 },
        { name: "a", poolId: "ipam-pool-1", netmaskLength: 18 },
      ],
      avoid: ["100.72.0.0/20"],
    };
    return record(() => {
      assert.throws(
        () => new SecondaryCidr("pods", args),
        (error: Error) => {
          assert.deepEqual(
            error.message.split("\n").map((line) => line.split(": ")[0]),
            [
              "cidrBlocks[0].cidrBlock",
              "cidrBlocks[1].cidrBlock",
              "cidrBlocks[2].cidrBlock",
              "cidrBlocks[2].cidrBlock",
              "cidrBlocks[3].cidrBlock",
              // With the pool, which has it, and with what is to be avoided.
              "cidrBlocks[4].cidrBlock",
              "cidrBlocks[4].cidrBlock",
              "cidrBlocks[5].cidrBlock",
              "cidrBlocks[5].cidrBlock",
              "ipamBlocks[0].netmaskLength",
              "ipamBlocks[1].name",
            ],
          );
          assert.match(
            error.message,
            /a VPC takes blocks from \/16 to \/28, and 100\.64\.0\.0\/10 is none\. Take one/,
          );
          assert.match(error.message, /100\.72\.0\.0\/16 overlaps 100\.72\.0\.0\/20 \(avoid\[0\]\)/);
          return true;
        },
      );
    }).then(({ resources }) => {
      assert.equal(resources.length, 1, "nothing was made but the component");
    });
  });

  it("refuses to be without a block", async () => {
    assert.match((await refusal({ vpcId }))[0] ?? "", /^cidrBlocks: there is no block/);
  });

  it("makes nothing in a VPC that forbids one of its blocks", async () => {
    const cidrBlocks = [{ cidrBlock: "100.64.0.0/16" }, { cidrBlock: "198.19.0.0/16" }];
    const { resources } = await record(
      async () => {
        const component = new SecondaryCidr("pods", { vpcId, cidrBlocks });
        await assert.rejects(valueOf(component.cidrBlocks), /198\.19/);
      },
      { invokes: mockedVpc() },
    );
    assert.equal(resources.length, 1);
  });

  it("warns of what AWS allows and a person may not want", async () => {
    const { warnings, resources } = await make(block("100.64.0.0/16"), { routes: ["100.64.0.0/10"] });
    assert.equal(resources.length, 2);
    assert.equal(warnings.length, 1);
    assert.match(
      warnings[0] ?? "",
      /^cidrBlocks\[0\]\.cidrBlock: 100\.64\.0\.0\/16 is inside 100\.64\.0\.0\/10/,
    );
  });

  it("passes in the preview of a program that makes the VPC", async () => {
    const { resources } = await record(
      () => {
        const vpc = new Vpc("new");
        return new SecondaryCidr("pods", { ...block("198.19.0.0/16"), vpcId: vpc.id });
      },
      { isPreview: true },
    );
    assert.deepEqual(resources.at(-1)?.inputs.cidrBlock, "198.19.0.0/16");
  });

  it("is not protected when told so", async () => {
    const { resources } = await make(block("100.64.0.0/16"), {}, { protect: false });
    assert.deepEqual([...new Set(resources.map(({ protect }) => protect))], [false]);
  });
});

/** A VPC whose id is known only once it is there. */
class Vpc extends pulumi.CustomResource {
  constructor(name: string) {
    super("aws:ec2/vpc:Vpc", name, {});
  }
}
