import { coerce } from "semver";
import { fromEnv } from "../awsNode/env";
import { ENV_TABLE } from "../awsNode/envTable";
import { foreignValues, type ForeignValue } from "../awsNode/foreignValues";
import { cniVersionOf, envOf } from "../awsNode/liveDaemonSet";
import { valueManagers } from "../awsNode/fieldManagers";
import { reviewSettings } from "../awsNode/rules";
import { mergeConfigurationValues } from "../awsNode/merge";
import { versionStepProblems } from "../awsNode/versionStep";
import { askedOfCni } from "../podNetwork/cniSettings";
import { cniVersionIn, type ClusterFacts } from "../podNetwork/clusterFacts";
import type { PodNetworkRequest } from "../podNetwork/request";
import { shown } from "../problem";
import { check, type Found } from "./check";

/** Versions of the CNI that lack something which the pod network needs, and steps that EKS advises against. */
export const cniVersion = check(
  {
    id: "CNI-VERSION",
    level: "warn",
    about: "the CNI is new enough, and changes by one minor version at a time",
    looksAt: ["facts", "vpcCni", "wanted"],
  },
  ({ facts, vpcCni: { newestVersion }, wanted }) => {
    const version = cniVersionIn(facts);
    if (version === undefined) {
      return [
        {
          title: "the version of the CNI is not known",
          evidence: ["There is no managed add-on, and the tag of aws-node's image is no version."],
          wayOut: "Find it out: custom networking as it is set up here needs 1.13.0 or newer.",
        },
      ];
    }
    return [...tooOld(version, newestVersion, facts, wanted), ...bigSteps(version, wanted)];
  },
);

function tooOld(
  version: string,
  newestVersion: string | undefined,
  { awsNode, vpcCni }: ClusterFacts,
  wanted: PodNetworkRequest,
): Found[] {
  const asked = askedOfCni(wanted);
  const { settings } = fromEnv({ ...awsNode?.env, ...asked.env }, { ...awsNode?.initEnv, ...asked.initEnv });
  const known = reviewSettings(settings, { cniVersion: version });
  const timeless = reviewSettings(settings);
  const without = (all: readonly string[], others: readonly string[]) =>
    all.filter((one) => !others.includes(one));
  const problems = without(
    known.problems.map(({ reason }) => reason),
    timeless.problems.map(({ reason }) => reason),
  );
  const notes = without(known.notes, timeless.notes);
  if (problems.length + notes.length === 0) return [];
  const steps = newestVersion === undefined ? [] : minorsBetween(version, newestVersion);
  return [
    {
      level: problems.length > 0 ? "stop" : "warn",
      title: `CNI ${version} is older than what a pod network is made for`,
      evidence: [...problems, ...notes],
      wayOut:
        steps.length === 0
          ? "Update the CNI first, by one minor version at a time."
          : `Update the CNI first, by one minor version at a time: ${steps.join(", then ")}${vpcCni === undefined ? "" : " (aws eks update-addon --addon-name vpc-cni)"}.`,
    },
  ];
}

function bigSteps(version: string, { cni }: PodNetworkRequest): Found[] {
  if (cni?.addOnVersion === undefined) return [];
  return versionStepProblems(version, cni.addOnVersion).map(({ reason, fix }) => ({
    level: "stop",
    title: `the add-on can't go to ${shown(cni.addOnVersion)} at once`,
    evidence: [reason],
    wayOut: fix,
  }));
}

/** The minor versions from one to another, the last one included; none where they are not in that order. */
function minorsBetween(from: string, to: string): string[] {
  const a = coerce(from);
  const b = coerce(to);
  if (a === null || b === null || a.major !== b.major) return [];
  return Array.from(
    { length: Math.max(0, b.minor - a.minor) },
    (_, step) => `${a.major}.${a.minor + step + 1}`,
  );
}

/** An aws-node that is no add-on: EKS neither sets nor updates it. */
export const selfManagedCni = check(
  {
    id: "CNI-SELF-MANAGED",
    level: "warn",
    about: "the CNI is the managed add-on vpc-cni",
    looksAt: ["vpcCni"],
  },
  ({ vpcCni: { addOn } }) =>
    addOn !== undefined
      ? []
      : [
          {
            title: "aws-node is self-managed: EKS neither sets nor updates it",
            evidence: ["The cluster has no managed add-on vpc-cni."],
            wayOut:
              "Nothing has to be done: podnet up patches the DaemonSet, variable by variable. Tell whoever applies its manifest, or the next apply takes the settings back.",
          },
        ],
);

/** Values on the DaemonSet of the add-on that EKS does not hold, by who does. */
export const heldSettings = check(
  {
    id: "CNI-HELD",
    level: "warn",
    about: "EKS holds every setting of the managed add-on",
    looksAt: ["awsNode", "vpcCni", "wanted"],
  },
  ({ awsNode, vpcCni: { addOn }, wanted }) => {
    if (addOn === undefined) return [];
    const byHolder = new Map<string, ForeignValue[]>();
    for (const value of foreignValues(awsNode, askedOfCni(wanted))) {
      const holder = value.managers.join(" and ");
      byHolder.set(holder, [...(byHolder.get(holder) ?? []), value]);
    }
    return [...byHolder].map(([holder, values]) => ({
      title: `${holder} holds ${values.map(({ name }) => name).join(", ")} on aws-node, and EKS does not`,
      evidence: values.map((value) => heldBy(value, addOn.configurationValues)),
      wayOut: `Tell whoever set them: podnet up writes them into the add-on's configuration, where they stay; what is set as ${holder} afterwards, EKS takes back.`,
    }));
  },
);

function heldBy({ container, name, value }: ForeignValue, configurationValues: string): string {
  const { env, initEnv } = mergeConfigurationValues(configurationValues, { env: {}, initEnv: {} });
  const configured = (container === "aws-node" ? env : initEnv)[name];
  const where = container === "aws-node" ? "" : ` of ${container}`;
  const now = value === undefined ? "takes its value from elsewhere (valueFrom)" : `is ${shown(value)}`;
  return `${name}${where} ${now}; the add-on's configuration ${configured === undefined ? "does not name it" : `says ${shown(configured)}`}.`;
}

/** Settings that somebody has chosen and that a pod network sets otherwise. */
export const changedSettings = check(
  {
    id: "CNI-CHANGES",
    level: "warn",
    about: "no setting that somebody has chosen changes",
    looksAt: ["awsNode", "wanted"],
  },
  ({ awsNode, wanted }) => {
    const asked = askedOfCni(wanted);
    const live = envOf(awsNode, "aws-node");
    const managers = valueManagers(awsNode, "aws-node");
    const isOn = fromEnv(live).settings.customNetworking === true;
    // That the flag is turned on is what a pod network is.
    return Object.entries(asked.env)
      .filter(([name]) => name !== ENV_TABLE.customNetworking.env)
      .flatMap(([name, to]): Found[] => {
        const from = live[name] ?? "";
        if (from === "" || from === to) return [];
        const holders = managers.get(name) ?? [];
        return [
          {
            level: isOn && name === ENV_TABLE.eniConfigLabelDef.env ? "stop" : "warn",
            title: `${name} goes from ${shown(from)} to ${shown(to)}`,
            evidence: [
              `The field manager ${holders.length === 0 ? "is not known" : `${holders.join(" and ")} holds it`}; CNI ${cniVersionOf(awsNode) ?? "of an unknown version"}.`,
              ...(isOn ? ["Custom networking is on: the next ENI of each node goes by the new value."] : []),
            ],
            wayOut: cniHas(wanted, name)
              ? "Leave it out of cni.env where that is not meant."
              : `Look whether anybody needs ${shown(from)}; the pod network goes by ${shown(to)}.`,
          },
        ];
      });
  },
);

function cniHas({ cni }: PodNetworkRequest, name: string): boolean {
  return cni?.env !== undefined && Object.hasOwn(cni.env, name);
}
