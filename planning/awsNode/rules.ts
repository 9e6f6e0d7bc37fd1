import { coerce, lt, type SemVer } from "semver";
import { shown, type Problem } from "../problem";
import { decodeSetting, encodeSetting } from "./env";
import { AWS_NODE_SETTINGS, ENV_TABLE } from "./envTable";
import { impossible } from "./impossibleSettings";
import type { Reviewed, Rule } from "./rule";
import { effects } from "./settingEffects";
import type { AwsNodeSettings } from "./settings";

/** What the settings of aws-node mean together. */
export interface SettingsReview {
  /** What can't be: refused by the CNI, or sure to leave pods without addresses. */
  readonly problems: readonly Problem[];
  /** What is overridden, without effect, or good to know. Each names its settings. */
  readonly notes: readonly string[];
}

/** What is known besides the settings. */
export interface ReviewOptions {
  /** The version in use, such as `1.18.3` or `v1.18.3-eksbuild.1`. @default unknown, versions are not checked */
  readonly cniVersion?: string | undefined;
  /**
   * Whether these are all settings that the DaemonSet has. What is missing then has the default of the CNI's code, and
   * not the value with which AWS's manifest and add-on ship it. @default false
   */
  readonly isComplete?: boolean | undefined;
}

/** Reviews settings by the rules of the CNI. */
export function reviewSettings(
  settings: AwsNodeSettings,
  { cniVersion, isComplete = false }: ReviewOptions = {},
): SettingsReview {
  const reviewed: Reviewed = {
    ...settings,
    ipv4: settings.ipv4 ?? true,
    warmPrefixTargetInForce: settings.warmPrefixTarget ?? (isComplete ? 0 : 1),
    hasIpTarget: (settings.warmIpTarget ?? 0) > 0 || (settings.minimumIpTarget ?? 0) > 0,
  };
  const hold = <T>(rules: readonly Rule<T>[]) =>
    rules.flatMap((rule) => {
      const finding = rule(reviewed);
      return finding === undefined ? [] : [finding];
    });
  return {
    problems: [...valueProblems(settings), ...hold(impossible), ...versionProblems(settings, cniVersion)],
    notes: [...hold(effects), ...versionNotes(settings, cniVersion)],
  };
}

/** Numbers and lists that their own encoding does not take. */
function valueProblems(settings: AwsNodeSettings): Problem[] {
  return AWS_NODE_SETTINGS.flatMap((name) => {
    const value = settings[name];
    const { env } = ENV_TABLE[name];
    if (value === undefined) return [];
    const decoded = decodeSetting(name, encodeSetting(value));
    if ("value" in decoded) return [];
    return [asProblem(name, `(${env}) ${decoded.reason}`, decoded.fix)];
  });
}

function versionProblems(settings: AwsNodeSettings, cniVersion: string | undefined): Problem[] {
  if (cniVersion === undefined) return [];
  const version = readVersion(cniVersion);
  if (version === null) {
    return [
      asProblem("cniVersion", `${shown(cniVersion)} is not a version.`, "Give it as v1.18.3-eksbuild.1."),
    ];
  }
  return AWS_NODE_SETTINGS.flatMap((name) => {
    const { since, env } = ENV_TABLE[name];
    if (settings[name] === undefined || since === undefined || !lt(version, since)) return [];
    return [
      asProblem(
        name,
        `CNI ${version.version} does not know ${env}; ${since} is the first that does.`,
        "Update the CNI first.",
      ),
    ];
  });
}

function versionNotes(settings: AwsNodeSettings, cniVersion: string | undefined): string[] {
  const version = cniVersion === undefined ? null : readVersion(cniVersion);
  if (version === null || settings.customNetworking !== true) return [];
  const notes: string[] = [];
  if (lt(version, "1.8.0")) {
    notes.push(
      `CNI ${version.version}: an ENIConfig without securityGroups gets the default group of the VPC; from 1.8.0 on, those of the node.`,
    );
  }
  if (lt(version, "1.13.0")) {
    notes.push(
      `CNI ${version.version}: a node without its ENIConfig still becomes Ready, and its pods hang in ContainerCreating; from 1.13.0 on, it stays NotReady.`,
    );
  }
  return notes;
}

/** The version of the CNI in an add-on's version or an image's tag: `v1.18.3-eksbuild.1` is 1.18.3. */
function readVersion(text: string): SemVer | null {
  return /^v?\d+\.\d+(\.\d+)?(-eksbuild\.\d+)?$/.test(text) ? coerce(text) : null;
}

function asProblem(path: string, reason: string, fix: string): Problem {
  return { path, reason, fix };
}
