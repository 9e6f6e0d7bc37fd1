import { FORCE } from "../podNetwork/request";
import type { Problem } from "../problem";
import { fromEnv, type Env } from "./env";
import { coverageProblems } from "./eniConfigCoverage";
import { eniConfigLabelKey } from "./eniConfigKeys";
import { ENV_TABLE } from "./envTable";

/** What decides whether the flag of custom networking may be set as it is asked for. */
export interface CustomNetworkingChange {
  /** Of the container aws-node, as it is in force. */
  readonly live: Env;
  /** Of the container aws-node, as it is asked for. */
  readonly asked: Env;
  readonly zonesWithNodes: readonly string[];
  /** All ENIConfigs that the cluster will have, whoever makes them. */
  readonly eniConfigNames: readonly string[];
  /** What is forced, by name. */
  readonly force: readonly string[];
}

const FLAG = ENV_TABLE.customNetworking.env;

/** Whether the flag of custom networking is on in an environment. */
export function isOn(env: Env): boolean {
  return fromEnv(env).settings.customNetworking === true;
}

/**
 * What forbids the flag as it is asked for: on, while nodes run where no ENIConfig is theirs; off, while it is on.
 */
export function customNetworkingProblems({
  live,
  asked,
  zonesWithNodes,
  eniConfigNames,
  force,
}: CustomNetworkingChange): Problem[] {
  if (isOn(asked)) {
    if (force.includes(FORCE.ZoneWithoutEniConfig)) return [];
    const labelKey = eniConfigLabelKey(fromEnv({ ...live, ...asked }).settings);
    return coverageProblems({ zonesWithNodes, eniConfigNames, labelKey });
  }
  if (!Object.hasOwn(asked, FLAG) || !isOn(live) || force.includes(FORCE.CustomNetworkingOff)) return [];
  return [
    {
      path: `env.${FLAG}`,
      reason:
        "custom networking is on. Off, the next addresses of pods come from the subnets of the nodes, which may be full, " +
        "and nodes keep both kinds until they are replaced.",
      fix: `Leave it on. To go back, see that the nodes' own subnets have room for all pods, say force: ["${FORCE.CustomNetworkingOff}"], and replace the nodes right after.`,
    },
  ];
}
