import assert from "node:assert/strict";
import { PodSubnets, type PodEgress, type PodSubnetsArgs } from "../../components";
import {
  Consumer,
  inA,
  inB,
  make,
  named,
  ofType,
  refusal,
  small,
  Vpc,
  zoneA,
  zoneB,
} from "../support/podSubnets";
import { record, valueOf, type Registered } from "../support/pulumiMocks";

const parent = "eks-pod-network:index:PodSubnets pods";

describe("PodSubnets", () => {
  it("makes a subnet per zone and gives it the route table that it names", async () => {
    const { resources, result } = await make(named);
    const subnet = {
      type: "aws:ec2/subnet:Subnet",
      name: "pods-us-west-2a",
      inputs: {
        vpcId: "vpc-1",
        ...inA,
        tags: { Name: "small-pods-us-west-2a", "eks-pod-network.io/cluster": "small" },
      },
      parent,
      dependsOn: [],
      protect: true,
      importId: undefined,
      ignoreChanges: [],
    };
    assert.deepEqual(
      resources.filter(({ name }) => name === "pods-us-west-2a"),
      [
        subnet,
        {
          ...subnet,
          type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
          inputs: { subnetId: "id-pods-us-west-2a", routeTableId: "rtb-a" },
          dependsOn: ["aws:ec2/subnet:Subnet pods-us-west-2a"],
        },
      ],
    );
    assert.deepEqual(await valueOf(result.podSubnets), [
      { ...inA, subnetId: "id-pods-us-west-2a" },
      { ...inB, subnetId: "id-pods-us-west-2b" },
    ]);
    assert.equal(resources.length, 5);
    assert.deepEqual(resources[0]?.inputs, {}, "no argument is an input of its own");
  });

  it("names nothing after a place among the arguments", async () => {
    const turned = { ...named, subnets: [...named.subnets].reverse() };
    const byName = (resources: readonly Registered[]) =>
      [...resources].sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1));
    const [one, other] = [await make(named), await make(turned)];
    assert.deepEqual(byName(one.resources), byName(other.resources));
    assert.deepEqual(await valueOf(one.result.podSubnets), await valueOf(other.result.podSubnets));
  });

  it("has several subnets of a zone as groups", async () => {
    const gpu = { ...inA, cidrBlock: "100.64.64.0/19", group: "gpu", routeTableId: "rtb-a" };
    const { resources, result } = await make({ ...named, subnets: [...named.subnets, gpu] });
    const [subnet] = ofType(resources, "Subnet").filter(({ name }) => name.endsWith("gpu"));
    assert.equal(subnet?.name, "pods-us-west-2a-gpu");
    assert.deepEqual(subnet.inputs.tags, {
      Name: "small-pods-us-west-2a-gpu",
      "eks-pod-network.io/cluster": "small",
      "eks-pod-network.io/pod-group": "gpu",
    });
    assert.deepEqual(Object.keys(result.subnetIds), ["us-west-2a", "us-west-2a/gpu", "us-west-2b"]);
    assert.equal(await valueOf(result.subnetIds["us-west-2a/gpu"] ?? ""), "id-pods-us-west-2a-gpu");
    assert.equal((await valueOf(result.podSubnets))?.[1]?.group, "gpu");
  });

  it("hands a subnet on only when its routes are there", async () => {
    const { resources } = await record(
      () => {
        const { subnetIds } = new PodSubnets("pods", named);
        return new Consumer("consumer", subnetIds[zoneA] ?? "");
      },
      { invokes: small },
    );
    assert.deepEqual(resources.at(-1)?.dependsOn, [
      "aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2a",
      "aws:ec2/subnet:Subnet pods-us-west-2a",
    ]);
  });

  describe("takes a subnet over", () => {
    const subnets = [
      { ...inA, adopt: "subnet-7" },
      { ...inB, adopt: "subnet-8", routeTableId: "rtb-b" },
    ];

    it("with the routes that it has, unless others are named", async () => {
      const { resources } = await make({ ...named, subnets });
      assert.deepEqual(
        resources.slice(1).map(({ type, name, importId }) => [type.split(":")[2], name, importId]),
        [
          ["Subnet", "pods-us-west-2a", "subnet-7"],
          ["Subnet", "pods-us-west-2b", "subnet-8"],
          ["RouteTableAssociation", "pods-us-west-2b", undefined],
        ],
      );
    });

    it("and knows its id in a preview, beside one that is new", async () => {
      const args = { ...named, subnets: [...subnets.slice(0, 1), { ...inB, routeTableId: "rtb-b" }] };
      const { result } = await record(() => new PodSubnets("pods", args), {
        invokes: small,
        isPreview: true,
      });
      assert.equal(await valueOf(result.subnetIds[zoneA] ?? ""), "subnet-7");
      assert.equal(await valueOf(result.subnetIds[zoneB] ?? ""), undefined);
    });
  });

  it("keeps whole prefixes, and hands the subnet on only then", async () => {
    const subnets = [{ ...inA, cidrBlock: "100.64.0.0/24", routeTableId: "rtb-a" }];
    const { resources } = await make({ ...named, subnets, prefixReservations: true });
    const reserved = ["100.64.0.16/28", "100.64.0.32/27", "100.64.0.64/26", "100.64.0.128/25"];
    assert.deepEqual(
      ofType(resources, "SubnetCidrReservation").map(({ name, inputs }) => [name, inputs]),
      reserved.map((cidrBlock) => [
        `pods-us-west-2a-${cidrBlock.replace("/", "-")}`,
        { subnetId: "id-pods-us-west-2a", cidrBlock, reservationType: "prefix" },
      ]),
    );
  });

  it("makes a Fargate profile after the subnets with their tags and routes", async () => {
    const fargateProfile = {
      name: "jobs",
      podExecutionRoleArn: "arn:aws:iam::123456789012:role/fargate",
      selectors: [{ namespace: "jobs", labels: { tier: "batch" } }],
    };
    const { resources } = await make({ ...named, fargateProfile });
    assert.deepEqual(ofType(resources, "FargateProfile"), [
      {
        type: "aws:eks/fargateProfile:FargateProfile",
        name: "pods-jobs",
        inputs: {
          clusterName: "small",
          fargateProfileName: "jobs",
          podExecutionRoleArn: "arn:aws:iam::123456789012:role/fargate",
          selectors: [{ namespace: "jobs", labels: { tier: "batch" } }],
          subnetIds: ["id-pods-us-west-2a", "id-pods-us-west-2b"],
          tags: {},
        },
        parent,
        dependsOn: ["routeTableAssociation:RouteTableAssociation", "subnet:Subnet"].flatMap((type) =>
          [zoneA, zoneB].map((zone) => `aws:ec2/${type} pods-${zone}`),
        ),
        protect: true,
        importId: undefined,
        ignoreChanges: ["subnetIds"],
      },
    ]);
  });

  it("says all that is known to be wrong at once, and looks nothing up", async () => {
    const args: PodSubnetsArgs = {
      ...named,
      vpcName: "shop",
      subnets: [
        { availabilityZone: zoneA, cidrBlock: "100.64.0.0/19" },
        { availabilityZone: zoneA, cidrBlock: "100.64.16.0/20" },
        { availabilityZone: "usw2-az2", cidrBlock: "100.64.64.1/19" },
        { availabilityZone: "us-west-2-lax-1a", cidrBlock: "100.65.0.0/29", group: "GPU" },
      ],
      publicSubnetIds: { [zoneA]: "subnet-1" },
      prefixReservations: true,
      fargateProfile: { name: "", podExecutionRoleArn: "arn", selectors: [] },
    };
    const lines = await refusal(args, {});
    assert.deepEqual(
      lines.map((line) => line.split(": ")[0]),
      [
        "vpcName",
        "subnets[1].availabilityZone",
        "subnets[1].cidrBlock",
        "subnets[2].availabilityZone",
        "subnets[2].cidrBlock",
        "subnets[3].group",
        "subnets[3].cidrBlock",
        "subnets[3].cidrBlock",
        "publicSubnetIds",
        "fargateProfile.name",
        "fargateProfile.selectors",
      ],
    );
    assert.match(lines[3] ?? "", /id of a zone.*describe-availability-zones --zone-ids usw2-az2$/);
    assert.match(lines[4] ?? "", /Write 100\.64\.64\.0\/19\.$/);
  });

  it("refuses an egress that is none, as programs in YAML may have it", async () => {
    const args = { ...named, egress: "nat" as PodEgress };
    assert.deepEqual(await refusal(args), [
      'egress: "nat" is none. It is one of nodes, natPerZone, singleNat.',
    ]);
  });

  it("passes in the preview of a program that makes the VPC and the blocks, and checks the blocks later", async () => {
    const program = (cidrBlock: string) => () => {
      const { id } = new Vpc("new");
      const subnets = [{ ...inA, cidrBlock: id.apply(() => cidrBlock), routeTableId: "rtb-a" }];
      return new PodSubnets("pods", { ...named, vpcId: id, subnets });
    };
    const { resources } = await record(program("100.64.0.0/19"), { invokes: small, isPreview: true });
    assert.equal(ofType(resources, "Subnet").length, 1);
    const after = await record(program("100.64.0.0/19"), { invokes: small });
    assert.equal(ofType(after.resources, "Subnet")[0]?.inputs.cidrBlock, "100.64.0.0/19");
  });

  it("is not protected when told so, with all that belongs to it", async () => {
    const { resources } = await make(named, small, { protect: false });
    assert.deepEqual([...new Set(resources.map(({ protect }) => protect))], [false]);
  });
});
