import { fromEnv, toEnv } from "../awsNode/env";
import { mergeConfigurationValues, type EnvChange } from "../awsNode/merge";
import { reviewSettings } from "../awsNode/rules";
import type { AwsNodeSettings } from "../awsNode/settings";
import { isObject } from "../isObject";
import { throwIfAny, type Problem } from "../problem";
import { POD_NETWORK_SETTINGS } from "./awsNodeSettings";
import type { VpcCniFacts } from "./clusterFacts";

/** How the add-on vpc-cni is to be configured. */
export interface AddOnPlan {
  /** JSON: what the cluster has today, with our settings in it. */
  readonly configurationValues: string;
  readonly changes: readonly EnvChange[];
  /** All settings that aws-node then has from the add-on. */
  readonly settings: AwsNodeSettings;
}

/**
 * Puts the settings of a pod network into what the add-on is configured with today.
 *
 * @param zones those that get an ENIConfig.
 * @throws InvalidInputError where the outcome can't work, or the add-on makes ENIConfigs of the same names itself.
 */
export function planAddOn(vpcCni: VpcCniFacts, zones: readonly string[]): AddOnPlan {
  const merged = mergeConfigurationValues(vpcCni.configurationValues, {
    env: toEnv(POD_NETWORK_SETTINGS, "aws-node"),
    initEnv: toEnv(POD_NETWORK_SETTINGS, "aws-vpc-cni-init"),
  });
  const { settings } = fromEnv(merged.env, merged.initEnv);
  const { problems } = reviewSettings(settings, { cniVersion: vpcCni.version });
  throwIfAny([
    ...problems.map((problem) => ({ ...problem, path: `vpcCni.${problem.path}` })),
    ...rivalProblems(merged.values, zones),
  ]);
  return { configurationValues: merged.text, changes: merged.changes, settings };
}

/** EKS would write its ENIConfigs over ours, and we ours over EKS's, for ever. */
function rivalProblems(values: Readonly<Record<string, unknown>>, zones: readonly string[]): Problem[] {
  const { eniConfig } = values;
  if (!isObject(eniConfig) || eniConfig.create !== true || !isObject(eniConfig.subnets)) return [];
  const { subnets } = eniConfig;
  const both = zones.filter((zone) => Object.hasOwn(subnets, zone));
  if (both.length === 0) return [];
  return [
    {
      path: "vpcCni.configurationValues.eniConfig",
      reason: `the add-on makes the ENIConfigs ${both.join(", ")} itself, from its own configuration.`,
      fix: "Remove eniConfig from the add-on's configuration values; the ENIConfigs are made here.",
    },
  ];
}
