import assert from "node:assert/strict";
import { PodEgress, PodSubnets } from "../../components";
import { mockedClusterOf, type MockedVpc } from "../support/mockedVpc";
import {
  Consumer,
  inA,
  inB,
  make,
  named,
  ofType,
  refusal,
  small,
  tablesOf,
  zoneA,
  zoneB,
} from "../support/podSubnets";
import { record, valueOf } from "../support/pulumiMocks";

describe("PodSubnets with the routes of the nodes", () => {
  const nodes: MockedVpc = {
    routeTables: {
      "rtb-main": {},
      "rtb-private": { natGatewayId: "nat-1" },
      "rtb-public": { gatewayId: "igw-1" },
    },
    subnets: {
      "subnet-a1": { availabilityZone: zoneA, cidrBlock: "10.8.0.0/20", routeTableId: "rtb-public" },
      "subnet-a2": { availabilityZone: zoneA, cidrBlock: "10.8.16.0/20", routeTableId: "rtb-private" },
      "subnet-b": { availabilityZone: zoneB, cidrBlock: "10.8.32.0/20" },
      "subnet-control-plane": {
        availabilityZone: zoneB,
        cidrBlock: "10.8.48.0/20",
        routeTableId: "rtb-public",
      },
    },
  };
  const open = { ...named, subnets: [inA, inB] };

  it("takes that of a private node subnet of the zone, else the VPC's main one", async () => {
    const invokes = mockedClusterOf({ nodeSubnetIds: ["subnet-a1", "subnet-a2", "subnet-b"] }, nodes);
    const { resources } = await make(open, invokes);
    assert.deepEqual(tablesOf(resources), {
      "pods-us-west-2a": "rtb-private",
      "pods-us-west-2b": "rtb-main",
    });
  });

  it("keeps what nodes told that are gone, and what most of them would tell otherwise by now", async () => {
    const pods = (availabilityZone: string, cidrBlock: string) => ({
      availabilityZone,
      cidrBlock,
      routeTableId: "rtb-private",
      tags: { "eks-pod-network.io/cluster": "small" },
    });
    const subnets = {
      ...nodes.subnets,
      "subnet-a3": { availabilityZone: zoneA, cidrBlock: "10.8.64.0/20" },
      "subnet-a4": { availabilityZone: zoneA, cidrBlock: "10.8.80.0/20" },
      "subnet-pods-a": pods(zoneA, inA.cidrBlock),
      "subnet-pods-b": pods(zoneB, inB.cidrBlock),
    };
    const invokes = mockedClusterOf(
      { nodeSubnetIds: ["subnet-a2", "subnet-a3", "subnet-a4"] },
      { ...nodes, subnets },
    );
    const { resources } = await make(open, invokes);
    assert.deepEqual(tablesOf(resources), {
      "pods-us-west-2a": "rtb-private",
      "pods-us-west-2b": "rtb-private",
    });
  });

  it("refuses zones in which nobody tells", async () => {
    const invokes = mockedClusterOf({ nodeSubnetIds: ["subnet-a2"] }, nodes);
    assert.deepEqual(await refusal(open, invokes), [
      "subnets[1].routeTableId: small has no node subnet in us-west-2b, whose routes could be taken over. " +
        "Name the route table, or choose the egress natPerZone or singleNat.",
    ]);
  });

  it("warns of external SNAT without a NAT", async () => {
    const invokes = mockedClusterOf(
      {
        nodeSubnetIds: ["subnet-a2", "subnet-b"],
        env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: "true" },
      },
      nodes,
    );
    const { warnings } = await make(open, invokes);
    assert.deepEqual(
      warnings.map((warning) => warning.split(":")[0]),
      [
        "External SNAT is on and rtb-main, the route table of the pod subnets of us-west-2b, has no route to a NAT",
      ],
    );
    assert.deepEqual((await make({ ...open, externalSnat: false }, invokes)).warnings, []);
  });

  it("warns of it for named route tables too, when it is told that external SNAT is on", async () => {
    const subnets = [
      { ...inA, routeTableId: "rtb-private" },
      { ...inB, routeTableId: "rtb-public" },
    ];
    const { warnings } = await make({ ...open, subnets, externalSnat: true }, mockedClusterOf({}, nodes));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^External SNAT is on and rtb-public/);
  });
});

describe("PodSubnets with NAT gateways of its own", () => {
  const vpc: MockedVpc = {
    routeTables: { "rtb-main": {}, "rtb-public": { gatewayId: "igw-1" } },
    subnets: {
      "subnet-z": { availabilityZone: zoneA, cidrBlock: "10.8.0.0/20", routeTableId: "rtb-public" },
      "subnet-y": { availabilityZone: zoneB, cidrBlock: "10.8.16.0/20", routeTableId: "rtb-public" },
      "subnet-pods": {
        availabilityZone: zoneA,
        cidrBlock: "100.64.0.0/19",
        routeTableId: "rtb-public",
        tags: { "eks-pod-network.io/cluster": "small" },
      },
    },
  };
  const invokes = mockedClusterOf({}, vpc);
  const open = { ...named, subnets: [inB, inA] };

  it("makes one per zone, and hands a subnet on only when the route to it is there", async () => {
    const { resources, result } = await make({ ...open, egress: PodEgress.NatPerZone }, invokes);
    assert.deepEqual(
      ofType(resources, "NatGateway").map(({ name, inputs, ignoreChanges }) => [name, inputs, ignoreChanges]),
      [
        ["pods-us-west-2a", "subnet-z"],
        ["pods-us-west-2b", "subnet-y"],
      ].map(([name = "", subnetId]) => [
        name,
        {
          allocationId: `id-${name}`,
          subnetId,
          tags: { Name: `small-${name}`, "eks-pod-network.io/cluster": "small" },
        },
        ["subnetId"],
      ]),
    );
    assert.deepEqual(
      ofType(resources, "Route").map(({ name, inputs }) => [name, inputs]),
      [zoneA, zoneB].map((zone) => [
        `pods-${zone}`,
        {
          routeTableId: `id-pods-${zone}`,
          destinationCidrBlock: "0.0.0.0/0",
          natGatewayId: `id-pods-${zone}`,
        },
      ]),
    );
    assert.deepEqual(tablesOf(resources), {
      "pods-us-west-2a": "id-pods-us-west-2a",
      "pods-us-west-2b": "id-pods-us-west-2b",
    });
    assert.ok(await valueOf(result.podSubnets));
    const { resources: withConsumer } = await record(
      () => {
        const pods = new PodSubnets("pods", { ...open, egress: PodEgress.NatPerZone });
        return new Consumer("consumer", pods.subnetIds[zoneA] ?? "");
      },
      { invokes },
    );
    assert.ok(withConsumer.at(-1)?.dependsOn.includes("aws:ec2/route:Route pods-us-west-2a"));
  });

  it("makes a single one, which no further zone moves", async () => {
    const { resources } = await make({ ...open, egress: PodEgress.SingleNat }, invokes);
    assert.deepEqual(
      ofType(resources, "NatGateway").map(({ name, inputs, ignoreChanges }) => [
        name,
        inputs.subnetId,
        ignoreChanges,
      ]),
      [["pods", "subnet-z", ["subnetId"]]],
    );
    assert.deepEqual(
      ofType(resources, "Route").map(({ inputs }) => inputs.natGatewayId),
      ["id-pods", "id-pods"],
    );
  });

  it("makes them where it is told to, and moves them then", async () => {
    const publicSubnetIds = { [zoneA]: "subnet-1", [zoneB]: "subnet-2" };
    const { resources } = await make({ ...open, egress: PodEgress.NatPerZone, publicSubnetIds }, small);
    assert.deepEqual(
      ofType(resources, "NatGateway").map(({ inputs, ignoreChanges }) => [inputs.subnetId, ignoreChanges]),
      [
        ["subnet-1", []],
        ["subnet-2", []],
      ],
    );
  });

  it("makes none for subnets that name their route table", async () => {
    const subnets = [{ ...inA, routeTableId: "rtb-a" }, inB];
    const { resources } = await make({ ...open, subnets, egress: PodEgress.NatPerZone }, invokes);
    assert.deepEqual(
      ofType(resources, "NatGateway").map(({ name }) => name),
      ["pods-us-west-2b"],
    );
    assert.equal(tablesOf(resources)["pods-us-west-2a"], "rtb-a");
  });

  it("refuses zones without a public subnet", async () => {
    const local = { availabilityZone: "us-west-2-lax-1a", cidrBlock: "100.64.64.0/19" };
    const args = { ...open, subnets: [inA, local], egress: PodEgress.NatPerZone };
    assert.match(
      (await refusal(args, invokes))[0] ?? "",
      /^publicSubnetIds\["us-west-2-lax-1a"\]: no subnet/,
    );
    const single = { ...open, egress: PodEgress.SingleNat };
    assert.match((await refusal(single))[0] ?? "", /^publicSubnetIds: no subnet of the VPC/);
  });
});
