import { stringify } from "yaml";
import { decodeSetting, fromEnv, toEnv, type Env } from "../../planning/awsNode/env";
import { AWS_NODE_SETTINGS, ENV_TABLE, type EnvEncoding, type EnvRow } from "../../planning/awsNode/envTable";
import {
  mergeConfigurationValues,
  mergeEnvList,
  ofInit,
  type EnvChange,
  type EnvVar,
} from "../../planning/awsNode/merge";
import { reviewSettings } from "../../planning/awsNode/rules";
import type { AwsNodeSetting, AwsNodeSettings } from "../../planning/awsNode/settings";
import { readCidr } from "../../planning/cidrBlock";
import { shown, throwIfAny, type Problem } from "../../planning/problem";
import { command, type Answer } from "../command";
import { readCurrentAwsNode, type CurrentAwsNode } from "../currentAwsNode";
import { choice, splitAtCommas, text, type Flag, type Reading, type Refusal } from "../flag";
import { readInputFile } from "../inputFile";
import { flagName } from "../readFlags";
import { UsageError } from "../usageError";

/** `podnet aws-node-env` */
export const awsNodeEnv = command({
  flags: {
    ...settingFlags(),
    current: text(
      "<file>",
      "what the cluster has, to be kept but for these settings: the output of aws eks describe-addon or of kubectl get daemonset aws-node -o json, or the add-on's configuration values",
    ),
    cniVersion: text(
      "<version>",
      "the version of the CNI, such as v1.18.3-eksbuild.1; names settings it does not know",
    ),
    output: choice("how text is written; env by default", ["env", "configuration-values", "daemonset-patch"]),
  },
  flagsFile: true,
  help: `Examples:
  podnet aws-node-env --custom-networking --eni-config-label-def topology.kubernetes.io/zone
  podnet aws-node-env --custom-networking --prefix-delegation --output configuration-values
  aws eks describe-addon --cluster-name prod-main --addon-name vpc-cni > addon.json
  podnet aws-node-env --custom-networking --current addon.json --output configuration-values
  kubectl -n kube-system get daemonset aws-node -o json > aws-node.json
  podnet aws-node-env --warm-ip-target 2 --minimum-ip-target 12 --current aws-node.json --json

UpdateAddon replaces all configuration values: give --current, or what is set today is lost.`,

  run(_args, flags, io): Answer {
    const desired = Object.fromEntries(
      AWS_NODE_SETTINGS.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]]])),
    ) as AwsNodeSettings;
    throwIfAny(
      Object.keys(desired).length > 0
        ? []
        : [
            {
              path: "(settings)",
              reason: "none was given.",
              fix: "Give at least one, such as --custom-networking.",
            },
          ],
    );
    const current =
      flags.current === undefined
        ? undefined
        : readInputFile(io, flags.current).use((document) => {
            const read = readCurrentAwsNode(document);
            // What can't be merged is a problem of the file.
            return { ...read, merged: merge(read, desired) };
          });
    const merged = current?.merged ?? merge(undefined, desired);
    const { settings, problems } = fromEnv(merged.env, merged.initEnv);
    const review = reviewSettings(settings, {
      cniVersion: flags.cniVersion ?? current?.version,
      isComplete: current?.kind === "daemonSet",
    });
    throwIfAny(review.problems.map((problem) => inWordsOfFlags(problem, desired)));
    const notes = [
      ...review.notes.filter((note) => isAbout(note, desired)).map(withFlagNames),
      // Not ours to correct: they are what somebody set, and the CNI passes over them.
      ...problems.map(({ path, reason }) => `${path}: ${reason}`),
    ];
    return { json: { ...merged, notes }, text: describe(merged, flags.output ?? "env"), notes };
  },
});

/** A problem of settings by the flags that gave them; one of a setting that the cluster has, by its variable. */
function inWordsOfFlags({ path, reason, fix }: Problem, desired: AwsNodeSettings): Problem {
  const setting = AWS_NODE_SETTINGS.find((name) => name === path);
  const isOfCluster = setting !== undefined && desired[setting] === undefined;
  return {
    path: isOfCluster ? `${ENV_TABLE[setting].env} of --current` : path,
    reason: withFlagNames(reason),
    fix: withFlagNames(fix),
  };
}

/** Whether a note names one of the settings that were asked for; what else a cluster has set is not the question. */
function isAbout(note: string, desired: AwsNodeSettings): boolean {
  return AWS_NODE_SETTINGS.some(
    (name) => desired[name] !== undefined && new RegExp(`\\b${name}\\b`).test(note),
  );
}

function withFlagNames(text: string): string {
  return text.replace(/\b[a-z]+[A-Z]\w*\b/g, (word) =>
    AWS_NODE_SETTINGS.some((name) => name === word) ? flagName(word) : word,
  );
}

/** Settings in the forms in which a cluster takes them. */
interface Merged {
  /** Of the container aws-node: everything, changed or not. */
  readonly env: Env;
  /** Of its init container. */
  readonly initEnv: Env;
  readonly changes: readonly EnvChange[];
  /** The add-on's configuration values, as the JSON that EKS takes; none where a DaemonSet was given. */
  readonly configurationValues: string | null;
  /** A strategic merge patch of the DaemonSet with every entry in its order; none where an add-on was given. */
  readonly daemonSetPatch: unknown;
}

function merge(current: CurrentAwsNode | undefined, desired: AwsNodeSettings): Merged {
  const env = toEnv(desired, "aws-node");
  const initEnv = toEnv(desired, "aws-vpc-cni-init");
  if (current?.kind === "daemonSet") {
    const main = mergeEnvList(current.main, env);
    const init = mergeEnvList(current.init, initEnv);
    return {
      env: valuesOf(main.env),
      initEnv: valuesOf(init.env),
      changes: [...main.changes, ...init.changes.map(ofInit)],
      configurationValues: null,
      daemonSetPatch: patchOf(main.env, init.env),
    };
  }
  const addOn = mergeConfigurationValues(current?.configurationValues, { env, initEnv });
  return {
    env: addOn.env,
    initEnv: addOn.initEnv,
    changes: addOn.changes,
    configurationValues: addOn.text,
    daemonSetPatch: current === undefined ? patchOf(listOf(env), listOf(initEnv)) : null,
  };
}

function patchOf(main: readonly EnvVar[], init: readonly EnvVar[]) {
  const spec = {
    ...(main.length > 0 && { containers: [{ name: "aws-node", env: main }] }),
    ...(init.length > 0 && { initContainers: [{ name: "aws-vpc-cni-init", env: init }] }),
  };
  return { spec: { template: { spec } } };
}

function listOf(env: Env): EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

function valuesOf(list: readonly EnvVar[]): Env {
  return Object.fromEntries(list.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

function describe(merged: Merged, output: "env" | "configuration-values" | "daemonset-patch"): string {
  switch (output) {
    case "env": {
      const lines = (env: Env) =>
        Object.entries(env).map(
          ([name, value]) => `${name}=${/[\r\n]/.test(value) ? JSON.stringify(value) : value}`,
        );
      const init = lines(merged.initEnv);
      return [
        ...lines(merged.env),
        ...(init.length > 0 ? ["# of the init container aws-vpc-cni-init", ...init] : []),
      ].join("\n");
    }
    case "configuration-values":
      return merged.configurationValues ?? notFrom(output, "of aws eks describe-addon");
    case "daemonset-patch":
      return merged.daemonSetPatch === null
        ? notFrom(output, "of kubectl get daemonset aws-node -o json")
        : stringify(merged.daemonSetPatch, { lineWidth: 0, compat: "yaml-1.1" });
  }
}

function notFrom(output: string, needed: string): never {
  throw new UsageError([
    {
      path: "--output",
      reason: `${output} can't be made from what --current gave: settings of the other form would be lost.`,
      fix: `Give the output ${needed} as --current.`,
    },
  ]);
}

type SettingFlags = { readonly [K in AwsNodeSetting]: Flag<AwsNodeSettings[K]> };

/** A flag for each setting of the table. */
function settingFlags(): SettingFlags {
  const flags = AWS_NODE_SETTINGS.map((name) => [name, settingFlag(name)] as const);
  return Object.fromEntries(flags) as SettingFlags;
}

function settingFlag(name: AwsNodeSetting): Flag {
  const row = ENV_TABLE[name];
  const isBoolean = row.encoding.kind === "boolean";
  return {
    placeholder: placeholderOf(row),
    help: `${row.env}: ${row.help}`,
    ...(isBoolean && { preset: "true" }),
    many: row.encoding.kind === "cidrs" || row.encoding.kind === "tags",
    required: false,
    kind: row.encoding.kind === "integer" ? "number" : isBoolean ? "boolean" : "text",
    read: (texts) => readSetting(name, row.encoding.kind, texts),
  };
}

function placeholderOf({ encoding }: EnvRow): string {
  switch (encoding.kind) {
    case "boolean":
      return "[true|false]";
    case "integer":
      return `<${encoding.unit}>`;
    case "text":
      return "<text>";
    case "choice":
      return `<${encoding.of.join("|")}>`;
    case "cidrs":
      return "<cidr...>";
    case "tags":
      return "<key=value...>";
  }
}

function readSetting(
  name: AwsNodeSetting,
  kind: EnvEncoding["kind"],
  texts: readonly string[],
): Reading<unknown> {
  const refusals = kind === "cidrs" ? hostBitsOf(texts) : kind === "tags" ? notTags(texts) : [];
  if (refusals.length > 0) return { refusals };
  const reading = decodeSetting(name, kind === "tags" ? tagsText(texts) : texts.join(","));
  return "value" in reading ? reading : { refusals: [reading] };
}

/** The CNI would read a block with host bits as the one around it; whoever gives one may mean another. */
function hostBitsOf(texts: readonly string[]): Refusal[] {
  return splitAtCommas(texts).flatMap((text) => {
    const reading = readCidr(text);
    if (reading.kind !== "hostBits") return [];
    return [{ reason: `${text} has bits set behind its prefix.`, fix: `Write ${reading.enclosing.cidr}.` }];
  });
}

function notTags(items: readonly string[]): Refusal[] {
  return items.flatMap((item) => {
    if (!item.includes("="))
      return [{ reason: `${shown(item)} is not a tag.`, fix: "Write it as team=platform." }];
    if (!/,[^,=]+=/.test(item)) return [];
    return [
      {
        reason: `${shown(item)} looks like several tags.`,
        fix: "Put spaces between them: team=platform env=prod.",
      },
    ];
  });
}

/** Tags as JSON, from `key=value` items. */
function tagsText(items: readonly string[]): string {
  return JSON.stringify(
    Object.fromEntries(
      items.map((item) => {
        const [key = "", ...value] = item.split("=");
        return [key, value.join("=")];
      }),
    ),
  );
}
