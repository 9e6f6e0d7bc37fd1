import type { AwsFunction } from "../awsFunction";

export const getCallerIdentity: AwsFunction = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  args: { id: { type: "string" } },
  regional: false,
  async call(_args, aws) {
    const { accountId, arn, userId } = await aws.caller();
    return { accountId, arn, id: accountId, userId };
  },
};
