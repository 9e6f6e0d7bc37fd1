import { isObject } from "../isObject";
import { InvalidInputError, type Problem } from "../problem";
import { parseYaml, whyNoYaml } from "../yamlText";
import type { Env } from "./env";

/** One variable whose value is another after a merge. */
export interface EnvChange {
  readonly name: string;
  /** `undefined` where it was not set. */
  readonly from: string | undefined;
  readonly to: string;
}

/** A variable of a container as Kubernetes has it: with a value, or taken from somewhere. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string | undefined;
  readonly valueFrom?: unknown;
}

/**
 * Sets variables in an environment and leaves all others as they are, in their order; new ones come last.
 */
export function mergeEnv(current: Env, desired: Env): { env: Env; changes: EnvChange[] } {
  const changes = Object.entries(desired).flatMap(([name, to]) => {
    const from = Object.hasOwn(current, name) ? current[name] : undefined;
    return from === to ? [] : [{ name, from, to }];
  });
  const entries = new Map([...Object.entries(current), ...Object.entries(desired)]);
  return { env: Object.fromEntries(entries), changes };
}

/**
 * Sets variables in the `env` list of a container. Every entry of the list stays, in its order, entries with
 * `valueFrom` included: a patch that names only some entries never converges.
 *
 * @throws InvalidInputError where a variable takes its value from somewhere else today.
 */
export function mergeEnvList(
  current: readonly EnvVar[],
  desired: Env,
): { env: EnvVar[]; changes: EnvChange[] } {
  const elsewhere = current.filter(
    (entry) => entry.valueFrom !== undefined && Object.hasOwn(desired, entry.name),
  );
  if (elsewhere.length > 0) {
    throw new InvalidInputError(
      elsewhere.map(({ name }) => ({
        path: `env.${name}`,
        reason: "takes its value from elsewhere (valueFrom) today.",
        fix: "Remove that entry first, or leave this setting out.",
      })),
    );
  }
  const live = new Map(current.map(({ name, value = "" }) => [name, value]));
  const changes = Object.entries(desired).flatMap(([name, to]) => {
    const from = live.get(name);
    return from === to ? [] : [{ name, from, to }];
  });
  return {
    env: [
      ...current.map((entry) =>
        Object.hasOwn(desired, entry.name) ? { ...entry, value: desired[entry.name] } : entry,
      ),
      ...Object.entries(desired).flatMap(([name, value]) => (live.has(name) ? [] : [{ name, value }])),
    ],
    changes,
  };
}

/** What the managed add-on vpc-cni is to be configured with. */
export interface DesiredConfiguration {
  /** Of the container aws-node. */
  readonly env: Env;
  /** Of the init container. */
  readonly initEnv: Env;
  /** ENIConfigs that the add-on makes, by name. */
  readonly eniConfig?: AddOnEniConfig | undefined;
}

/** `eniConfig` of the add-on's schema: one ENIConfig for each key of `subnets`. */
export interface AddOnEniConfig {
  readonly region: string;
  readonly subnets: Readonly<
    Record<string, { readonly id: string; readonly securityGroups?: readonly string[] }>
  >;
}

/** An add-on's configuration values, as a document and as the string that EKS takes. */
export interface ConfigurationValues {
  readonly values: Readonly<Record<string, unknown>>;
  /** JSON. */
  readonly text: string;
  /** What of them is the environment of aws-node, and of its init container. */
  readonly env: Env;
  readonly initEnv: Env;
  readonly changes: readonly EnvChange[];
}

/**
 * Sets values in the configuration of the add-on vpc-cni and keeps everything else that is in it.
 *
 * UpdateAddon *replaces* the whole string (EKS user guide, "Update the Amazon VPC CNI"), so what is not given again is
 * gone: hence the merge.
 *
 * @param current the add-on's `configurationValues` today, JSON or YAML; nothing when it has none.
 * @throws InvalidInputError when it is not a document that EKS could have taken.
 */
export function mergeConfigurationValues(
  current: string | undefined,
  desired: DesiredConfiguration,
): ConfigurationValues {
  const document = readConfigurationValues(current);
  const init = section(document, "init");
  const main = mergeEnv(envOf(document, "env"), desired.env);
  const initial = mergeEnv(envOf(init, "init.env"), desired.initEnv);
  const eniConfig = mergeEniConfig(section(document, "eniConfig"), desired.eniConfig);
  const values = Object.fromEntries([
    ...Object.entries(document),
    ...(Object.keys(main.env).length > 0 ? [["env", main.env] as const] : []),
    ...(Object.keys(initial.env).length > 0
      ? [["init", Object.fromEntries([...Object.entries(init), ["env", initial.env]])] as const]
      : []),
    ...(desired.eniConfig ? [["eniConfig", eniConfig.values] as const] : []),
  ]);
  return {
    values,
    text: JSON.stringify(values),
    env: main.env,
    initEnv: initial.env,
    changes: [...main.changes, ...initial.changes.map(ofInit), ...eniConfig.changes],
  };
}

/** A change of the init container's environment, told apart from the main one's. */
export function ofInit(change: EnvChange): EnvChange {
  return { ...change, name: `init.${change.name}` };
}

/** Sets ENIConfigs by their names; those of other names stay. */
function mergeEniConfig(
  current: Readonly<Record<string, unknown>>,
  desired: AddOnEniConfig | undefined,
): { values: Readonly<Record<string, unknown>>; changes: EnvChange[] } {
  if (desired === undefined) return { values: current, changes: [] };
  const subnets = section(current, "subnets", "eniConfig.subnets");
  const changes = Object.entries(desired.subnets).flatMap(([name, subnet]) => {
    const from = Object.hasOwn(subnets, name) ? JSON.stringify(subnets[name]) : undefined;
    const to = JSON.stringify(subnet);
    return from === to ? [] : [{ name: `eniConfig.subnets.${name}`, from, to }];
  });
  const merged = new Map([...Object.entries(subnets), ...Object.entries(desired.subnets)]);
  return {
    values: { ...current, create: true, region: desired.region, subnets: Object.fromEntries(merged) },
    changes,
  };
}

function readConfigurationValues(text: string | undefined): Readonly<Record<string, unknown>> {
  if (text === undefined || text.trim() === "") return {};
  let value: unknown;
  try {
    // No alias is needed here, and one could point at itself; unknown tags are read as what stands behind them.
    value = parseYaml(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new InvalidInputError([
      {
        path: "configurationValues",
        reason: `is neither JSON nor YAML: ${whyNoYaml(error)}.`,
        fix: "Give the string that aws eks describe-addon prints.",
      },
    ]);
  }
  if (isObject(value)) return value;
  throw new InvalidInputError([notADocument("configurationValues")]);
}

function section(
  document: Readonly<Record<string, unknown>>,
  key: string,
  path = key,
): Readonly<Record<string, unknown>> {
  const value = Object.hasOwn(document, key) ? document[key] : {};
  if (isObject(value)) return value;
  throw new InvalidInputError([notADocument(`configurationValues.${path}`)]);
}

function envOf(document: Readonly<Record<string, unknown>>, path: string): Env {
  const entries = Object.entries(section(document, "env", path));
  const odd = entries.filter(([, value]) => typeof value !== "string");
  if (odd.length > 0) {
    throw new InvalidInputError(
      odd.map(([name, value]) => ({
        path: `configurationValues.${path}.${name}`,
        reason: `${JSON.stringify(value)} is not a string; the add-on's schema takes strings only.`,
        fix: `Put quotes around it.`,
      })),
    );
  }
  return Object.fromEntries(entries) as Env;
}

function notADocument(path: string): Problem {
  return { path, reason: "is not an object.", fix: "Give the string that aws eks describe-addon prints." };
}
