import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { iamAnswer } from "../protocol/answers";
import { listOf, readQueryForm } from "../protocol/queryForm";

/**
 * Answers SimulatePrincipalPolicy. Callers of the sandbox may do everything but what a fault denies them.
 *
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 *
 * @param isDenied whether the caller's calls of an action, such as `ec2:CreateSubnet`, are refused.
 */
export function simulatePrincipalPolicy(
  { body }: AwsRequest,
  isDenied: (action: string) => boolean,
): AwsResponse {
  const form = readQueryForm(body);
  const actions = listOf(form, "ActionNames.member");
  const resources = listOf(form, "ResourceArns.member");
  const results = actions.flatMap((EvalActionName) =>
    (resources.length > 0 ? resources : ["*"]).map((EvalResourceName) => ({
      EvalActionName,
      EvalResourceName,
      EvalDecision: isDenied(EvalActionName) ? "explicitDeny" : "allowed",
      MatchedStatements: [],
      MissingContextValues: [],
    })),
  );
  return iamAnswer("SimulatePrincipalPolicy", { IsTruncated: false, EvaluationResults: results });
}
