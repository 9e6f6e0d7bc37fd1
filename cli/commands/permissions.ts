import { environmentNamed, type Environment } from "../../automation/environments";
import { preflightRequest } from "../../automation/preflight/preflightRequest";
import { awsNeeds } from "../../planning/permissions/awsNeeds";
import { iamPolicy, type PolicyPlace } from "../../planning/permissions/iamPolicy";
import { kubernetesNeeds } from "../../planning/permissions/kubernetesNeeds";
import { rbacObjects } from "../../planning/permissions/rbac";
import {
  ALL_STEPS,
  OLD_NODE_OWNERS,
  ON_REQUEST,
  type OnRequest,
  type PermissionRotation,
  type Step,
  type WantedPermissions,
} from "../../planning/permissions/wanted";
import { shown } from "../../planning/problem";
import { command, type Answer } from "../command";
import {
  allEnvironments,
  environmentFlagOf,
  environmentFlags,
  environmentPositional,
} from "../environmentCommand";
import { choice, items, refuse, splitAtCommas, text, yes, type Flag, type FlagValues } from "../flag";
import type { Io } from "../io";
import { assertOneFormat } from "../oneFormat";
import { withOutside } from "../outsideFailure";
import { describePermissions, rbacManifest } from "../permissionsText";
import { flagName } from "../readFlags";
import { UsageError } from "../usageError";

/** Flags of a cluster that is in no file yet. */
const clusterFlags = {
  cluster: text("<name>", "an EKS cluster, where no environment is named"),
  region: text("<region>", "its Region"),
  account: text("<id>", "its account; any by default"),
};

const flags = {
  ...environmentFlags,
  ...clusterFlags,
  step: wordsOf("<step...>", `steps that it is for: ${ALL_STEPS.join(", ")}; all by default`, ALL_STEPS),
  owner: wordsOf(
    "<owner...>",
    `who owns the old nodes: ${OLD_NODE_OWNERS.join(", ")}; any by default`,
    OLD_NODE_OWNERS,
  ),
  restartSingleReplicas: yes("for rotate --restart-single-replicas as well"),
  lowerWarmTargets: yes("for rotate --lower-warm-targets as well"),
  deleteEmptyGroups: yes("for rotate --delete-empty-groups as well"),
  removeLeakedEnis: yes("for rotate --remove-leaked-enis as well"),
  waitForControlPlane: yes("for up --wait-for-control-plane as well"),
  smoke: yes("for verify --smoke as well"),
  deep: yes("for verify --deep as well"),
  group: text(
    "<name>",
    "the group of Kubernetes that the roles are bound to; called as the roles by default",
  ),
  format: choice("how it is printed; text by default", ["text", "json", "iam", "rbac"]),
};
type Flags = FlagValues<typeof flags>;

/** `podnet permissions [ENVIRONMENT]` */
export const permissions = command({
  positional: { ...environmentPositional, optional: true },
  flags,
  help: `Examples:
  podnet permissions prod
  podnet permissions prod --step preflight,preview,verify --format iam > podnet-read.json
  aws iam create-policy --policy-name podnet-read --policy-document file://podnet-read.json
  podnet permissions prod --step rotate --format rbac | kubectl apply -f -
  podnet permissions --cluster prod-main --region us-west-2 --step up --format iam

Prints what the steps need at the least: a policy of IAM, and roles of Kubernetes with their bindings. Of an environment,
what its stack's configuration and its rotation settings take and nothing else; of a cluster that is in no file, what any
configuration takes. Asks neither AWS nor the cluster; podnet preflight says which of it the credentials lack.`,
  flagOf: environmentFlagOf,

  run([name], given, io, asked): Promise<Answer> {
    assertOneFormat(given.format, asked);
    return withOutside(`Listing the permissions of ${name ?? given.cluster ?? ""}`, () =>
      Promise.resolve(answer(name, given, io)),
    );
  },
});

function answer(name: string | undefined, given: Flags, io: Io): Answer {
  const { place, wanted, title } = subjectOf(name, given, io);
  const steps = ALL_STEPS.filter((step) => given.step?.flat().includes(step) ?? true);
  const [aws, kubernetes] = [awsNeeds(wanted), kubernetesNeeds(wanted)];
  const neededBy = (some: readonly Step[]) => ({
    iam: iamPolicy(aws, some, place),
    rbac: rbacObjects(kubernetes, some, given.group),
  });
  const together = neededBy(steps);
  const byStep = steps.map((step) => ({ step, ...neededBy([step]) }));
  const { clusterName: cluster, region } = place;
  const json = {
    ...(name !== undefined && { environment: name }),
    ...{ cluster, region, iam: together.iam, rbac: listOf(together.rbac) },
    steps: byStep.map(({ rbac, ...one }) => ({ ...one, rbac: listOf(rbac) })),
  };
  switch (given.format) {
    case "iam":
      return { json, text: JSON.stringify(together.iam, null, 2) };
    case "rbac":
      return { json, text: rbacManifest(cluster, region, together.rbac) };
    default:
      return { json, text: describePermissions(title, byStep) };
  }
}

/** As kubectl takes several objects in one document of JSON. */
function listOf<T>(objects: readonly T[]) {
  return { apiVersion: "v1", kind: "List", items: objects };
}

interface Subject {
  readonly place: PolicyPlace;
  readonly wanted: WantedPermissions;
  /** The cluster as headings name it. */
  readonly title: string;
}

/** @throws UsageError when neither an environment nor a cluster is given, or both; and what the files' readers throw. */
function subjectOf(name: string | undefined, given: Flags, io: Io): Subject {
  const { cluster, region, account } = given;
  if (name === undefined) {
    if (cluster === undefined || region === undefined) throw new UsageError([missing(cluster)]);
    return {
      place: { clusterName: cluster, region, account },
      wanted: wantedBy(given, undefined, {}),
      title: `eks/${cluster}  ${region}`,
    };
  }
  const both = (["cluster", "region", "account"] as const).filter((key) => given[key] !== undefined);
  if (both.length > 0) {
    const reason = `can't be given together with environment ${shown(name)}, which says it itself.`;
    throw new UsageError(both.map((key) => ({ path: flagName(key), reason, fix: "Leave it out." })));
  }
  const { file, workDir = "." } = given;
  return ofEnvironment(environmentNamed(name, allEnvironments({ file, workDir }, io, name)), workDir, given);
}

function ofEnvironment(environment: Environment, workDir: string, given: Flags): Subject {
  const { name, region, account, rotation } = environment;
  const {
    clusterName,
    permissions: { network } = {},
    workerGroups = [],
  } = preflightRequest(environment, workDir);
  // Values that Pulumi has encrypted are no texts.
  const roles = workerGroups.map((group) => textOf(group, "nodeRoleArn"));
  const known = roles.filter((role) => role !== undefined);
  return {
    place: {
      ...{ clusterName, region, account },
      // One that is not given is that of the group that is copied.
      ...(known.length === roles.length && { nodeRoleArns: [...new Set(known)] }),
      fargateRoleArn: textOf(network?.fargateProfile ?? {}, "podExecutionRoleArn"),
    },
    wanted: wantedBy(given, network, rotation),
    title: `${name}  eks/${clusterName}  ${region}`,
  };
}

function textOf(settings: object, key: string): string | undefined {
  const value: unknown = (settings as Readonly<Record<string, unknown>>)[key];
  return typeof value === "string" ? value : undefined;
}

/** What is wanted by the files, and what flags of other commands would ask for besides. */
function wantedBy(
  given: Flags,
  network: WantedPermissions["network"],
  settings: PermissionRotation,
): WantedPermissions {
  const { smoke, deep, waitForControlPlane } = given;
  const asked: Readonly<Record<OnRequest, boolean | undefined>> = {
    ...{ smoke, deep },
    controlPlane: waitForControlPlane,
  };
  return {
    network,
    owners: given.owner?.flat(),
    rotation: {
      restartSingleReplicas: given.restartSingleReplicas ?? settings.restartSingleReplicas,
      lowerWarmTargets: given.lowerWarmTargets ?? settings.lowerWarmTargets,
      deleteEmptyGroups: given.deleteEmptyGroups ?? settings.deleteEmptyGroups,
      removeLeakedEnis: given.removeLeakedEnis ?? settings.removeLeakedEnis,
      healthGate: settings.healthGate,
    },
    onRequest: ON_REQUEST.filter((one) => asked[one] === true),
  };
}

function missing(cluster: string | undefined) {
  if (cluster !== undefined) {
    return { path: "--region", reason: "is missing.", fix: "Give its Region, such as us-west-2." };
  }
  const fix = `Give ${environmentPositional.help}; or a cluster: --cluster and --region.`;
  return { path: environmentPositional.name, reason: "is missing.", fix };
}

/** A flag with several of a few words, with commas between them or given several times. */
function wordsOf<const T extends string>(
  placeholder: string,
  help: string,
  words: readonly T[],
): Flag<readonly (readonly T[])[]> {
  return items(placeholder, help, (given) => {
    const asked = splitAtCommas([given]);
    const unknown = asked.filter((one) => !(words as readonly string[]).includes(one));
    return unknown.length === 0
      ? { value: words.filter((word) => asked.includes(word)) }
      : refuse(`${shown(unknown.join(", "))} is not a choice.`, `Give some of ${words.join(", ")}.`);
  });
}
