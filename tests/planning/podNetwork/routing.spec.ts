import assert from "node:assert/strict";
import {
  externalSnatWarnings,
  hasExternalSnat,
  nodeRouteTable,
  publicSubnetsByZone,
  singleNatSubnet,
} from "../../../planning/podNetwork/routing";

const zone = "us-west-2a";
const subnet = (subnetId: string, routeTableId: string, hasInternetGatewayRoute = false) => ({
  subnetId,
  availabilityZone: zone,
  routeTableId,
  hasInternetGatewayRoute,
  tags: {},
});

describe("nodeRouteTable", () => {
  const rows = [
    { name: "is that of most node subnets", tables: ["rtb-2", "rtb-1", "rtb-1"], expected: "rtb-1" },
    { name: "is the first by name of as many", tables: ["rtb-2", "rtb-1"], expected: "rtb-1" },
    { name: "is none where no node tells", tables: [], expected: undefined },
  ];
  for (const { name, tables, expected } of rows) {
    it(name, () => {
      const subnets = tables.map((table, index) => subnet(`subnet-${index}`, table));
      assert.equal(nodeRouteTable(zone, subnets), expected);
      assert.equal(nodeRouteTable(zone, [...subnets].reverse()), expected);
      assert.equal(nodeRouteTable("us-west-2-lax-1a", subnets), undefined);
    });
  }

  it("is a private one before public ones, however many, and a public one where all are", () => {
    const publicOnes = [subnet("subnet-1", "rtb-igw", true), subnet("subnet-2", "rtb-igw", true)];
    assert.equal(nodeRouteTable(zone, [...publicOnes, subnet("subnet-3", "rtb-nat")]), "rtb-nat");
    assert.equal(nodeRouteTable(zone, publicOnes), "rtb-igw");
  });
});

describe("public subnets for NAT gateways", () => {
  const inB = { ...subnet("subnet-1", "rtb-igw", true), availabilityZone: "us-west-2b" };
  const pods = { ...subnet("subnet-0", "rtb-igw", true), tags: { "eks-pod-network.io/cluster": "other" } };
  const subnets = [subnet("subnet-3", "rtb-igw", true), subnet("subnet-2", "rtb-igw", true), pods, inB];

  it("are the first of their zone by id, and never pod subnets", () => {
    assert.deepEqual(
      [...publicSubnetsByZone(subnets)],
      [
        ["us-west-2b", "subnet-1"],
        ["us-west-2a", "subnet-2"],
      ],
    );
    assert.deepEqual([...publicSubnetsByZone([subnet("subnet-4", "rtb-nat")])], []);
  });

  it("are, for the only gateway, in the first zone with pods that has one, else in another", () => {
    assert.equal(singleNatSubnet(["us-west-2b", "us-west-2a"], subnets), "subnet-2");
    assert.equal(singleNatSubnet(["us-west-2-lax-1a", "us-west-2b"], subnets), "subnet-1");
    assert.equal(singleNatSubnet(["us-west-2-lax-1a"], subnets), "subnet-2");
    assert.equal(singleNatSubnet([zone], []), undefined);
  });
});

describe("externalSnatWarnings", () => {
  const table = (routeTableId: string, hasNatRoute: boolean) => ({
    routeTableId,
    isMain: false,
    hasNatRoute,
    hasInternetGatewayRoute: false,
  });

  it("names each route table without a NAT once, with its zones, and passes over unknown ones", () => {
    const podSubnets = [
      { availabilityZone: "us-west-2b", routeTableId: "rtb-1" },
      { availabilityZone: "us-west-2a", routeTableId: "rtb-1" },
      { availabilityZone: "us-west-2a", routeTableId: "rtb-1" },
      { availabilityZone: "us-west-2c", routeTableId: "rtb-2" },
      { availabilityZone: "us-west-2c", routeTableId: "rtb-3" },
    ];
    assert.deepEqual(externalSnatWarnings(podSubnets, [table("rtb-1", false), table("rtb-2", true)]), [
      "External SNAT is on and rtb-1, the route table of the pod subnets of us-west-2a, us-west-2b, has no route to " +
        "a NAT: their pods will not reach anything outside of the VPC. Add a default route to a NAT gateway, choose " +
        "the egress natPerZone or singleNat, or set AWS_VPC_K8S_CNI_EXTERNALSNAT to false.",
    ]);
  });
});

describe("hasExternalSnat", () => {
  const rows = [
    { values: "", expected: false },
    { values: '{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"}}', expected: true },
    { values: "env:\n  AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true'\n", expected: true },
    { values: '{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"false"}}', expected: false },
  ];
  for (const { values, expected } of rows) {
    it(`is ${expected} of ${values || "an add-on without settings"}`, () => {
      assert.equal(hasExternalSnat(values), expected);
    });
  }
});
