import { coerce, lt } from "semver";
import { askedEnvProblems, togetherProblems, type AskedEnv } from "../awsNode/askedEnv";
import { fromEnv, toEnv, type Env } from "../awsNode/env";
import { mergeConfigurationValues } from "../awsNode/merge";
import type { AwsNodeSettings } from "../awsNode/settings";
import { InvalidInputError, type Problem } from "../problem";
import { rivalProblems } from "./addOn";
import { POD_NETWORK_SETTINGS } from "./awsNodeSettings";
import { cniVersionIn, type ClusterFacts } from "./clusterFacts";
import type { PodNetworkRequest } from "./request";

/** How aws-node is to be set, as far as it follows from the request and from what the add-on has. */
export interface CniPlan {
  /** What is asked for: the settings of the pod network, and over them those of the request. */
  readonly env: Env;
  readonly initEnv: Env;
  /** What will be in force together with what the add-on and the DaemonSet have, as far as they are known. */
  readonly settings: AwsNodeSettings;
  readonly problems: readonly Problem[];
}

/** The label `vpc.amazonaws.com/externalEniConfig`, by which named groups are chosen, is known from this version on. */
const FIRST_WITH_POD_GROUPS = "1.11.0";

/** What the pod network itself sets, and what it would break to set it otherwise. */
const OWN_LABEL = toEnv({ eniConfigLabelDef: POD_NETWORK_SETTINGS.eniConfigLabelDef }, "aws-node");

/** What is asked of aws-node: the settings of the pod network, and over them those of the request. */
export function askedOfCni({ cni = {} }: Pick<PodNetworkRequest, "cni">): AskedEnv {
  return {
    env: { ...toEnv(POD_NETWORK_SETTINGS, "aws-node"), ...cni.env },
    initEnv: { ...toEnv(POD_NETWORK_SETTINGS, "aws-vpc-cni-init"), ...cni.initEnv },
  };
}

/**
 * Puts the settings of a pod network and those of the request together, and holds them against what is there: what
 * somebody set on the DaemonSet is in force before the add-on is told of it, and stays in force afterwards.
 *
 * @param eniConfigNames those that the pod network makes.
 */
export function planCni(
  facts: ClusterFacts,
  { cni = {}, podGroups = [] }: PodNetworkRequest,
  eniConfigNames: readonly string[],
): CniPlan {
  const { vpcCni, awsNode } = facts;
  const asked = askedOfCni({ cni });
  const problems = [
    ...ownLabelProblems(cni.env ?? {}),
    ...(podGroups.length > 0 ? versionProblems(cniVersionIn(facts)) : []),
    ...askedEnvProblems(asked, cni.addOnVersion ?? vpcCni?.version).map(at("cni")),
  ];
  try {
    const current = vpcCni?.configurationValues;
    const configured = mergeConfigurationValues(current, { env: {}, initEnv: {} });
    const now: AskedEnv = {
      env: { ...configured.env, ...awsNode?.env },
      initEnv: { ...configured.initEnv, ...awsNode?.initEnv },
    };
    return {
      ...asked,
      settings: fromEnv({ ...now.env, ...asked.env }, { ...now.initEnv, ...asked.initEnv }).settings,
      problems: [
        ...problems,
        ...togetherProblems(now, asked, awsNode !== undefined).map(at("cni")),
        ...rivalProblems(current, eniConfigNames).map(at("vpcCni")),
      ],
    };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { ...asked, settings: {}, problems: [...problems, ...error.problems.map(at("vpcCni"))] };
  }
}

function at(prefix: string) {
  return (problem: Problem): Problem => ({ ...problem, path: `${prefix}.${problem.path}` });
}

function ownLabelProblems(env: Env): Problem[] {
  return Object.entries(OWN_LABEL)
    .filter(([name, value]) => Object.hasOwn(env, name) && env[name] !== value)
    .map(([name, value]) => ({
      path: `cni.env.${name}`,
      reason: `the ENIConfigs here are named after their zones, which nodes find by ${value}.`,
      fix: "Leave it out. Nodes with ENIConfigs of their own are podGroups; anything else is made of the components by themselves.",
    }));
}

function versionProblems(cniVersion: string | undefined): Problem[] {
  const version = coerce(cniVersion);
  if (version === null || !lt(version, FIRST_WITH_POD_GROUPS)) return [];
  return [
    {
      path: "podGroups",
      reason: `CNI ${cniVersion ?? ""} does not know the node label by which named groups are chosen; ${FIRST_WITH_POD_GROUPS} is the first that does.`,
      fix: "Update the CNI first, one minor version at a time.",
    },
  ];
}
