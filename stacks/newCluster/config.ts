import { z } from "zod";
import { refuseMoreThanMaximum } from "../../planning/stackConfig/forms";

const wholeNumber = (what: string, from: number) =>
  z.int().min(from).max(450).describe(`${what}: a whole number from ${from} to 450`);

const block = (what: string) => z.cidrv4().describe(what);

const subnetId = z
  .string()
  .regex(/^subnet-[0-9a-f]{8,17}$/)
  .describe("the id of a subnet for nodes, such as subnet-0123456789abcdef0");

/** What a new cluster is made of, key by key. */
export const newClusterConfig = z.strictObject({
  clusterName: z
    .string()
    .regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/)
    .describe("the name of the cluster: up to 100 letters, digits, - and _"),
  kubernetesVersion: z
    .string()
    .regex(/^1\.\d{2}$/)
    .describe('the version of Kubernetes, in quotes, such as "1.36"'),
  vpcId: z
    .string()
    .regex(/^vpc-[0-9a-f]{8,17}$/)
    .describe("the id of the VPC, such as vpc-0123456789abcdef0"),
  podCidrs: z
    .array(block("an IPv4 block, such as 100.64.0.0/16"))
    .min(1)
    .describe("the blocks for pods, which the VPC does not have yet: at least one, such as 100.64.0.0/16"),
  zones: z
    .array(
      z.strictObject({
        nodeSubnetId: subnetId,
        podSubnetCidr: block("a part of one of podCidrs, such as 100.64.0.0/19"),
      }),
    )
    .min(2)
    .describe(
      "a subnet for nodes, with routes out of the VPC, and a block for pods in each zone: two zones or more",
    ),
  workers: z
    .strictObject({
      instanceTypes: z
        .array(z.string().min(1).describe("an EC2 instance type, such as m7i.large"))
        .min(1)
        .describe("EC2 instance types, such as m7i.large: at least one"),
      minSize: wholeNumber("nodes at the least in each zone", 0),
      maxSize: wholeNumber("nodes at the most in each zone", 1),
    })
    .superRefine(refuseMoreThanMaximum)
    .describe("the workers: instanceTypes, minSize and maxSize"),
});
