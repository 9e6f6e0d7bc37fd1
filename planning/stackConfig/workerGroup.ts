import { z } from "zod";
import {
  labels,
  listOf,
  refuseMoreThanMaximum,
  securityGroupIds,
  setting,
  tags,
  text,
  wholeNumber,
} from "./forms";

const taint = z.strictObject({
  key: text("the key of a taint, such as dedicated"),
  value: z.string().describe("the value of a taint, in quotes").exactOptional(),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .describe("one of NoSchedule, PreferNoSchedule, NoExecute"),
});

/** New workers and the groups that they take the place of. */
export const workerGroup = z
  .strictObject({
    name: setting(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,44}$/,
      "a name of up to 45 letters, digits, - and _; the group of a zone is called that and the zone",
    ),
    replaces: z
      .array(text("the name of a managed node group or an Auto Scaling group"))
      .describe("the groups whose nodes these take the place of: a list, [] where they are additional"),
    kind: z
      .enum(["managed", "autoScaling"])
      .describe("managed, or autoScaling for groups without EKS; managed when left out")
      .exactOptional(),
    like: text("the managed node group whose settings hold where none are given here").exactOptional(),
    instanceTypes: listOf(text("an EC2 instance type, such as m7i.large"))
      .describe("EC2 instance types, such as m7i.large: at least one")
      .exactOptional(),
    amiType: setting(
      /^(AL2023|BOTTLEROCKET)_[A-Za-z0-9_]+$/,
      "an image type of Amazon Linux 2023 or Bottlerocket, such as AL2023_x86_64_STANDARD or BOTTLEROCKET_ARM_64",
    ).exactOptional(),
    imageId: setting(/^ami-[0-9a-f]{8,17}$/, "the id of an image of one's own").exactOptional(),
    osFamily: z
      .enum(["al2023", "bottlerocket"])
      .describe("what that image is: al2023 or bottlerocket")
      .exactOptional(),
    capacityType: z
      .enum(["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"])
      .describe("ON_DEMAND, SPOT or CAPACITY_BLOCK; that of like, else ON_DEMAND when left out")
      .exactOptional(),
    diskSize: wholeNumber("GiB of a node's disk", 1, 16384).exactOptional(),
    nodeRoleArn: setting(
      /^arn:[^:]+:iam::\d{12}:role\/.+$/,
      "the ARN of the nodes' role, such as arn:aws:iam::123456789012:role/nodes",
    ).exactOptional(),
    instanceProfileArn: setting(
      /^arn:[^:]+:iam::\d{12}:instance-profile\/.+$/,
      "the ARN of the nodes' instance profile, for autoScaling",
    ).exactOptional(),
    securityGroupIds: securityGroupIds("of the nodes; the cluster's own when left out").exactOptional(),
    minSize: wholeNumber("nodes at the least in each zone", 0, 450).exactOptional(),
    maxSize: wholeNumber("nodes at the most in each zone", 1, 450).exactOptional(),
    labels: labels("labels of the nodes").exactOptional(),
    taints: z.array(taint).describe("taints of the nodes: a list of key, value and effect").exactOptional(),
    tags: tags("of the groups").exactOptional(),
    eniConfig: text("the one of podGroups whose pod subnets the nodes take").exactOptional(),
    maxPods: wholeNumber("pods of a node, computed when left out", 1, 1000).exactOptional(),
  })
  .superRefine(refuseMoreThanMaximum);
