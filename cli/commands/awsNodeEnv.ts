import { stringify } from "yaml";
import { z } from "zod";
import { decodeSetting, fromEnv, toEnv, type Env } from "../../planning/awsNode/env";
import { AWS_NODE_SETTINGS, ENV_TABLE, type EnvRow } from "../../planning/awsNode/envTable";
import {
  mergeConfigurationValues,
  mergeEnvList,
  type EnvChange,
  type EnvVar,
} from "../../planning/awsNode/merge";
import { reviewSettings } from "../../planning/awsNode/rules";
import type { AwsNodeSetting, AwsNodeSettings } from "../../planning/awsNode/settings";
import { throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import { choice, text, type Flag } from "../flag";
import { readInputFile } from "../inputFile";
import type { Io } from "../io";
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
    const merged = merge(flags.current === undefined ? undefined : readCurrent(io, flags.current), desired);
    const { settings, problems } = fromEnv(merged.env, merged.initEnv);
    const review = reviewSettings(settings, flags.cniVersion);
    throwIfAny(review.problems);
    const notes = [
      ...review.notes,
      // Not ours to correct: they are what somebody set, and the CNI takes its default in their place.
      ...problems.map(({ path, reason }) => `${path}: ${reason} The CNI takes its default instead.`),
    ];
    return { json: { ...merged, notes }, text: describe(merged, flags.output ?? "env"), notes };
  },
});

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

/** What a cluster has: the add-on's configuration values, or the DaemonSet's variables. */
type Current =
  | { readonly kind: "addOn"; readonly configurationValues: string }
  | { readonly kind: "daemonSet"; readonly main: readonly EnvVar[]; readonly init: readonly EnvVar[] };

function merge(current: Current | undefined, desired: AwsNodeSettings): Merged {
  const env = toEnv(desired, "aws-node");
  const initEnv = toEnv(desired, "aws-vpc-cni-init");
  if (current?.kind === "daemonSet") {
    const main = mergeEnvList(current.main, env);
    const init = mergeEnvList(current.init, initEnv);
    return {
      env: valuesOf(main.env),
      initEnv: valuesOf(init.env),
      changes: [
        ...main.changes,
        ...init.changes.map((change) => ({ ...change, name: `init.${change.name}` })),
      ],
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

const envVars = z
  .array(z.looseObject({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() }))
  .optional();
const containers = z.array(z.looseObject({ name: z.string(), env: envVars })).optional();
const daemonSet = z.object({
  kind: z.literal("DaemonSet"),
  spec: z.object({ template: z.object({ spec: z.object({ containers, initContainers: containers }) }) }),
});
const describedAddOn = z.object({ addon: z.object({ configurationValues: z.string().default("") }) });

function readCurrent(io: Io, file: string): Current {
  return readInputFile(io, file).use((value): Current => {
    const asDaemonSet = daemonSet.safeParse(value);
    if (asDaemonSet.success) {
      const { containers: main = [], initContainers: init = [] } = asDaemonSet.data.spec.template.spec;
      const envOf = (list: typeof main, name: string) => list.find((one) => one.name === name)?.env ?? [];
      return { kind: "daemonSet", main: envOf(main, "aws-node"), init: envOf(init, "aws-vpc-cni-init") };
    }
    const asAddOn = describedAddOn.safeParse(value);
    if (asAddOn.success)
      return { kind: "addOn", configurationValues: asAddOn.data.addon.configurationValues };
    return { kind: "addOn", configurationValues: stringify(value) };
  });
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
      const lines = (env: Env) => Object.entries(env).map(([name, value]) => `${name}=${value}`);
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
        : stringify(merged.daemonSetPatch);
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
    read: (texts) => {
      const reading = decodeSetting(name, row.encoding.kind === "tags" ? tagsText(texts) : texts.join(","));
      return "value" in reading ? reading : { refusals: [reading] };
    },
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
