import { actionOf } from "../../sandbox/aws/protocol/actionOf";
import type { AwsRequest } from "../../sandbox/aws/protocol/awsRequest";
import type { Exchange } from "./wire";

/** A call to AWS, as IAM judges it. */
export interface JudgedCall {
  readonly accessKeyId: string;
  /** What has to be allowed, such as `ec2:CreateSubnet`: the first is the call's own. */
  readonly actions: readonly string[];
}

/**
 * The actions that IAM judges for a call.
 *
 * A call's own action is the signing name of its service and the name of its operation: so it is for all services that are
 * called (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
 * Some parameters of a call take further ones, which are no calls by themselves: see {@link FURTHER}.
 */
export function judgedCall({ method, url, headers, body }: Exchange): JudgedCall {
  const { pathname, searchParams } = new URL(url, "http://aws");
  const [, accessKeyId = "", region = "", service = ""] =
    /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
  const call = { service, region, accessKeyId, method, path: pathname, query: searchParams, headers, body };
  const action = actionOf(call);
  const parameters = parametersOf(call);
  const further = FURTHER.filter(
    ({ of, given }) => of.test(`${service}:${action}`) && parameters.some((name) => given.test(name)),
  );
  return {
    accessKeyId,
    actions: [`${service}:${action}`, ...further.flatMap(({ actions }) => actions)],
  };
}

/**
 * What is judged besides, where a parameter is given:
 *
 * - Tags of what a call makes: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html, and
 *   the Service Authorization Reference of EKS and of EC2 Auto Scaling.
 * - A role that a service is handed: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html; EKS looks
 *   at that of nodes by itself, with the caller's permissions.
 * - A launch template of a group, whose instances the caller must be allowed to run:
 *   https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-launch-template-permissions.html
 */
const FURTHER: readonly {
  readonly of: RegExp;
  readonly given: RegExp;
  readonly actions: readonly string[];
}[] = [
  { of: /^ec2:(Create|Allocate)/, given: /^TagSpecification\./, actions: ["ec2:CreateTags"] },
  {
    of: /^autoscaling:CreateAutoScalingGroup$/,
    given: /^Tags\./,
    actions: ["autoscaling:CreateOrUpdateTags"],
  },
  {
    of: /^autoscaling:(Create|Update)AutoScalingGroup$/,
    given: /^(LaunchTemplate|MixedInstancesPolicy)\./,
    actions: ["ec2:RunInstances", "iam:PassRole"],
  },
  { of: /^eks:Create/, given: /^tags$/, actions: ["eks:TagResource"] },
  { of: /^eks:CreateNodegroup$/, given: /^nodeRole$/, actions: ["iam:PassRole", "iam:GetRole"] },
  { of: /^eks:CreateNodegroup$/, given: /^launchTemplate$/, actions: ["ec2:RunInstances"] },
  { of: /^eks:CreateFargateProfile$/, given: /^podExecutionRoleArn$/, actions: ["iam:PassRole"] },
  {
    of: /^eks:(Create|Update)Addon$/,
    given: /^(serviceAccountRoleArn|podIdentityAssociations)$/,
    actions: ["iam:PassRole"],
  },
];

/** The names of what is given to a call: those of a form, with dots and numbers, or of a JSON object. */
function parametersOf({ service, body }: AwsRequest): string[] {
  const text = body.toString();
  if (service !== "eks") return [...new URLSearchParams(text).keys()];
  return text === "" ? [] : Object.keys(JSON.parse(text) as object);
}
