import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PodSubnets, type PodSubnetsArgs } from "../../components";
import type { Invokes } from "./mockedAws";
import { mockedClusterOf } from "./mockedVpc";
import { record, type Registered } from "./pulumiMocks";

export const [zoneA, zoneB] = ["us-west-2a", "us-west-2b"] as const;
export const inA = { availabilityZone: zoneA, cidrBlock: "100.64.0.0/19" };
export const inB = { availabilityZone: zoneB, cidrBlock: "100.64.32.0/19" };

/** Pod subnets of two zones that leave nothing open. */
export const named: PodSubnetsArgs = {
  clusterName: "small",
  vpcId: "vpc-1",
  subnets: [
    { ...inA, routeTableId: "rtb-a" },
    { ...inB, routeTableId: "rtb-b" },
  ],
};

/** A cluster `small` without nodes, in the VPC vpc-1. */
export const small = mockedClusterOf({});

/** Makes the component `pods` against mocks. */
export function make(args: PodSubnetsArgs, invokes: Invokes = small, opts?: pulumi.ComponentResourceOptions) {
  return record(() => new PodSubnets("pods", args, opts), { invokes });
}

/** Resources of a type, such as `Subnet`. */
export function ofType(resources: readonly Registered[], type: string): Registered[] {
  return resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

/** The route tables of subnets, by the names of their associations. */
export function tablesOf(resources: readonly Registered[]): Record<string, unknown> {
  return Object.fromEntries(
    ofType(resources, "RouteTableAssociation").map(({ name, inputs }) => [name, inputs.routeTableId]),
  );
}

/** What the component says when it refuses, line by line. */
export async function refusal(args: PodSubnetsArgs, invokes: Invokes = small): Promise<string[]> {
  const error: unknown = await make(args, invokes).then(
    () => assert.fail("it was not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.ResourceError.isInstance(error), String(error));
  assert.equal(error.hideStack, true);
  return error.message.split("\n");
}

/** Something that needs a subnet. */
export class Consumer extends pulumi.CustomResource {
  constructor(name: string, subnetId: pulumi.Input<string>) {
    super("test:index:Consumer", name, { subnetId });
  }
}

/** A VPC whose id is known only once it is there. */
export class Vpc extends pulumi.CustomResource {
  constructor(name: string) {
    super("aws:ec2/vpc:Vpc", name, {});
  }
}
