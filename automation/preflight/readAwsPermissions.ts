import {
  AllocateAddressCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import type { EKSClient } from "@aws-sdk/client-eks";
import {
  GetRoleCommand,
  paginateSimulatePrincipalPolicy,
  type ContextEntry,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { callerOf, type Caller } from "../../planning/preflight/caller";
import type { NotSeen } from "../../planning/preflight/finding";
import { awsNeeds, type AwsNeed } from "../../planning/permissions/awsNeeds";
import { arnPatterns, tagOf, type PolicyPlace } from "../../planning/permissions/iamPolicy";
import type { WantedPermissions } from "../../planning/permissions/wanted";
import {
  needsBeyondPreflight,
  type Denial,
  type Permissions,
} from "../../planning/preflight/permissionNeeds";
import { isRefusal } from "./seen";

/** What the caller's permissions are asked with. */
export interface PermissionsOutside {
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  readonly signal: AbortSignal;
}

/** What is asked about. */
export interface PermissionsQuestion {
  readonly clusterName: string;
  readonly vpcId: string;
  /** Roles of nodes, which new groups will have too. */
  readonly nodeRoleArns: readonly string[];
  /** The role of the add-on's service account, which is passed again whenever the add-on is changed. */
  readonly addOnRoleArns: readonly string[];
  readonly wanted: WantedPermissions;
}

/**
 * What the caller may do in AWS of what the steps do for what is wanted: by the simulator of IAM; where that may not be asked,
 * by a dry run of those calls of EC2 that have one, and nothing is known of the others.
 *
 * Needs sts:GetCallerIdentity, which everybody has, and iam:SimulatePrincipalPolicy; iam:GetRole for a role with a path.
 */
export async function readAwsPermissions(
  outside: PermissionsOutside,
  question: PermissionsQuestion,
): Promise<Permissions | NotSeen> {
  const { sts, eks, signal } = outside;
  const { Arn: who = "", Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}), {
    abortSignal: signal,
  });
  const needs = needsBeyondPreflight(awsNeeds(question.wanted));
  const caller = callerOf(who);
  if (caller.kind === "root") return { who, foundBy: "being the account's root user", denials: [] };
  if (caller.kind === "other")
    return { notSeen: `the permissions of ${who}: IAM tells those of users and roles alone` };
  const place = { clusterName: question.clusterName, region: await eks.config.region(), account };
  try {
    return {
      who,
      foundBy: "iam:SimulatePrincipalPolicy",
      denials: await simulate(outside, await principalOf(outside, caller), needs, { ...question, place }),
    };
  } catch (error) {
    if (!isRefusal(error) && !isNoAnswer(error)) throw error;
    return dryRuns(outside, who, question.vpcId, needs);
  }
}

/** IDs are for AWS to choose: policies have a wildcard in their place. */
const SOME_ID = "00000000-0000-4000-8000-000000000000";

type Simulated = PermissionsQuestion & { readonly place: PolicyPlace };

/** The things that it is asked of; none of a role that nobody knows. */
function arnsOf({ on }: AwsNeed, { place, nodeRoleArns, addOnRoleArns }: Simulated): readonly string[] {
  switch (on) {
    case undefined:
      return ["*"];
    case "nodeRole":
      return nodeRoleArns;
    case "addOnRole":
      return addOnRoleArns;
    case "instanceRole":
    case "fargateRole":
      return [];
    default:
      return arnPatterns(on, place).map((pattern) => pattern.replaceAll("*", SOME_ID));
  }
}

/** Of a session it is its role, whose whole ARN IAM knows. */
async function principalOf(
  { iam, signal }: PermissionsOutside,
  caller: Extract<Caller, { readonly arn: string }>,
): Promise<string> {
  if (caller.kind === "principal") return caller.arn;
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: caller.roleName }), {
      abortSignal: signal,
    });
    return Role?.Arn ?? caller.arn;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return caller.arn;
  }
}

/** A role under another path than its session tells, or a name of an action that this part of AWS does not know. */
function isNoAnswer(error: unknown): boolean {
  return error instanceof Error && ["NoSuchEntityException", "InvalidInputException"].includes(error.name);
}

/** What a call would have beside its action, and policies commonly ask for. */
function contextOf(needs: readonly AwsNeed[], { clusterName, region }: PolicyPlace): ContextEntry[] {
  const texts = { "iam:PassedToService": "eks.amazonaws.com", "aws:RequestedRegion": region };
  const tags = needs.flatMap(({ on }) => {
    const tag = on && tagOf(on, clusterName);
    return tag === undefined ? [] : [[`aws:ResourceTag/${tag.key}`, tag.value ?? "owned"] as const];
  });
  return Object.entries({ ...texts, ...Object.fromEntries(tags) }).map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: "string",
    ContextKeyValues: [value],
  }));
}

async function simulate(
  { iam, signal }: PermissionsOutside,
  principal: string,
  needs: readonly AwsNeed[],
  simulated: Simulated,
): Promise<Denial[]> {
  const denials: Denial[] = [];
  for (const arn of new Set(needs.flatMap((need) => arnsOf(need, simulated)))) {
    const asked = needs.filter((need) => arnsOf(need, simulated).includes(arn));
    const pages = paginateSimulatePrincipalPolicy(
      { client: iam },
      {
        PolicySourceArn: principal,
        ActionNames: [...new Set(asked.map(({ action }) => action))],
        ResourceArns: [arn],
        ContextEntries: contextOf(asked, simulated.place),
      },
      { abortSignal: signal },
    );
    for await (const { EvaluationResults = [] } of pages) {
      for (const { EvalActionName, EvalDecision } of EvaluationResults) {
        const need = asked.find(({ action }) => action === EvalActionName);
        if (need === undefined || EvalDecision === "allowed") continue;
        const how = EvalDecision === "explicitDeny" ? "denied" : "notAllowed";
        const isOfRole = need.on === "nodeRole" || need.on === "addOnRole";
        denials.push({ what: isOfRole ? `${need.action} of ${arn}` : need.action, steps: need.steps, how });
      }
    }
  }
  return denials;
}

/** Calls that EC2 judges without doing them. */
const DRY_RUNS: Readonly<Record<string, (outside: PermissionsOutside, vpcId: string) => Promise<unknown>>> = {
  "ec2:CreateSubnet": ({ ec2, signal: abortSignal }, VpcId) =>
    ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "100.64.0.0/28", DryRun: true }), { abortSignal }),
  "ec2:CreateTags": ({ ec2, signal: abortSignal }, vpcId) =>
    ec2.send(
      new CreateTagsCommand({
        Resources: [vpcId],
        Tags: [{ Key: "eks-pod-network.io/dry-run", Value: "" }],
        DryRun: true,
      }),
      { abortSignal },
    ),
  "ec2:CreateRouteTable": ({ ec2, signal: abortSignal }, VpcId) =>
    ec2.send(new CreateRouteTableCommand({ VpcId, DryRun: true }), { abortSignal }),
  "ec2:AllocateAddress": ({ ec2, signal: abortSignal }) =>
    ec2.send(new AllocateAddressCommand({ Domain: "vpc", DryRun: true }), { abortSignal }),
};

async function dryRuns(
  outside: PermissionsOutside,
  who: string,
  vpcId: string,
  needs: readonly AwsNeed[],
): Promise<Permissions | NotSeen> {
  const tried = needs.filter(({ action }) => DRY_RUNS[action] !== undefined);
  const denials = await Promise.all(
    tried.map(async ({ action, steps }): Promise<Denial[]> =>
      (await isRefused(outside, action, vpcId)) ? [{ what: action, steps, how: "denied" }] : [],
    ),
  );
  if (denials.flat().length > 0) return { who, foundBy: "a dry run of EC2", denials: denials.flat() };
  const may = tried.map(({ action }) => action).join(", ");
  return {
    notSeen: `the permissions of ${who}: it may not ask iam:SimulatePrincipalPolicy; by dry runs it may ${may}, of the others nothing is known`,
  };
}

async function isRefused(outside: PermissionsOutside, action: string, vpcId: string): Promise<boolean> {
  try {
    await DRY_RUNS[action]?.(outside, vpcId);
    return false;
  } catch (error) {
    if (isRefusal(error)) return true;
    // It would have been done, or was found wrong after it was found allowed.
    if (error instanceof Error && "$metadata" in error) return false;
    throw error;
  }
}
