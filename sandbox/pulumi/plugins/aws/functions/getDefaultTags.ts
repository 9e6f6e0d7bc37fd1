import type { AwsFunction } from "../awsFunction";

/** The tags that the provider gives every resource. AWS is not asked. */
export const getDefaultTags: AwsFunction = {
  token: "aws:index/getDefaultTags:getDefaultTags",
  args: { id: { type: "string" }, tags: { type: "map" } },
  regional: false,
  // Terraform names its answer after the partition.
  call: (_args, aws) => Promise.resolve({ id: "aws", tags: { ...aws.defaultTags } }),
};
