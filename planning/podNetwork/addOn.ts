import type { KnownVariables } from "../awsNode/addOnSchema";
import type { AskedEnv } from "../awsNode/askedEnv";
import { foldValues } from "../awsNode/foldedValues";
import { foreignValues, settingsOn, type ForeignValue } from "../awsNode/foreignValues";
import type { LiveDaemonSet } from "../awsNode/liveDaemonSet";
import { mergeConfigurationValues } from "../awsNode/merge";
import { isObject } from "../isObject";
import { throwIfAny, type Problem } from "../problem";

/** What the add-on has to be told. */
export interface AddOnRequest {
  /** What it is configured with today; undefined where it is yet to be made, in the place of a self-managed CNI. */
  readonly current: string | undefined;
  readonly live: LiveDaemonSet;
  readonly asked: AskedEnv;
}

/** What the add-on is told, and which variables must then be in force. */
export interface AddOnConfiguration {
  /** Left out where there is nothing to say. */
  readonly configurationValues?: string;
  readonly inForce: AskedEnv;
}

/** Values on the DaemonSet that would be lost if the add-on's configuration did not name them. */
export function valuesToFold({ current, live, asked }: AddOnRequest): ForeignValue[] {
  return current === undefined ? settingsOn(live, asked) : foreignValues(live, asked);
}

/**
 * What the add-on is told: what it is configured with today, the values of the DaemonSet, and what is asked for, the
 * latter winning. The text stays as it is where nothing of it changes.
 *
 * @param knows which variables the schema of the add-on's version takes.
 * @throws InvalidInputError where the schema does not take a value, or today's text can't be read.
 */
export function configureAddOn(request: AddOnRequest, knows: KnownVariables): AddOnConfiguration {
  const { current, asked } = request;
  const { folded, problems } = foldValues(valuesToFold(request), knows);
  throwIfAny(problems);
  const { text, changes, env, initEnv } = mergeConfigurationValues(current, {
    env: { ...folded.env, ...asked.env },
    initEnv: { ...folded.initEnv, ...asked.initEnv },
  });
  const configurationValues = changes.length === 0 ? (current ?? "") : text;
  return {
    ...(configurationValues !== "" && { configurationValues }),
    inForce: { env, initEnv },
  };
}

/** The ENIConfigs that the add-on makes itself, by what it is configured with. */
export function eniConfigsOfAddOn(configurationValues: string | undefined): string[] {
  const { values } = mergeConfigurationValues(configurationValues, { env: {}, initEnv: {} });
  const { eniConfig } = values;
  if (!isObject(eniConfig) || eniConfig.create !== true || !isObject(eniConfig.subnets)) return [];
  return Object.keys(eniConfig.subnets);
}

/** ENIConfigs that both make: EKS would write its own over ours, and we ours over EKS's, for ever. */
export function rivalProblems(
  configurationValues: string | undefined,
  eniConfigNames: readonly string[],
): Problem[] {
  const both = eniConfigsOfAddOn(configurationValues).filter((name) => eniConfigNames.includes(name));
  if (both.length === 0) return [];
  return [
    {
      path: "configurationValues.eniConfig",
      reason: `the add-on makes the ENIConfigs ${both.join(", ")} itself, from its own configuration.`,
      fix: "Remove eniConfig from the add-on's configuration values; the ENIConfigs are made here.",
    },
  ];
}
