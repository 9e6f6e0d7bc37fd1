import { paginateListNodegroups } from "@aws-sdk/client-eks";
import type { AwsFunction } from "../awsFunction";
import { says } from "../awsError";
import { text } from "../resourceKind";

export const getNodeGroups: AwsFunction = {
  token: "aws:eks/getNodeGroups:getNodeGroups",
  args: { clusterName: { type: "string", required: true }, region: { type: "string" } },
  async call(args, aws) {
    const clusterName = text(args, "clusterName");
    const names = await says(`listing EKS Node Groups (${clusterName})`, async () => {
      const found: string[] = [];
      for await (const { nodegroups = [] } of paginateListNodegroups({ client: aws.eks }, { clusterName })) {
        found.push(...nodegroups);
      }
      return found;
    });
    return { clusterName, id: clusterName, names };
  },
};
