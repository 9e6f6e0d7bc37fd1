import { FORCE } from "../podNetwork/request";
import type { Problem } from "../problem";

/** Labels that hold the zone of a node. The second is deprecated, and still on every node. */
const ZONE_LABELS: ReadonlySet<string> = new Set([
  "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/zone",
]);

/** The name that ipamd takes when a node names no ENIConfig. */
const CATCH_ALL = "default";

/** What decides which ENIConfig a node takes. */
export interface EniConfigChoice {
  /** Zones in which nodes run. */
  readonly zonesWithNodes: readonly string[];
  /** All ENIConfigs that the cluster will have, whoever makes them. */
  readonly eniConfigNames: readonly string[];
  /** ENI_CONFIG_LABEL_DEF as it will be in force. */
  readonly labelKey: string;
}

/**
 * Zones whose nodes would find no ENIConfig: none of them could give a pod an address.
 *
 * Under a zone label the ENIConfig has the name of the zone, and one named `default` is never asked for. Under another
 * label, which nodes may have or not, an ENIConfig serves a zone when it has its name or ends with it, as those of named
 * groups do (`batch-us-west-2a`); `default` serves where all nodes are in one zone, because its subnet is in one.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/eniconfig/eniconfig.go.
 */
export function zonesWithoutEniConfig({
  zonesWithNodes,
  eniConfigNames,
  labelKey,
}: EniConfigChoice): string[] {
  if (ZONE_LABELS.has(labelKey)) return zonesWithNodes.filter((zone) => !eniConfigNames.includes(zone));
  if (zonesWithNodes.length <= 1 && eniConfigNames.includes(CATCH_ALL)) return [];
  return zonesWithNodes.filter(
    (zone) => !eniConfigNames.some((name) => name === zone || name.endsWith(`-${zone}`)),
  );
}

/** Those zones as problems of the flag. */
export function coverageProblems(choice: EniConfigChoice): Problem[] {
  return zonesWithoutEniConfig(choice).map((zone) => ({
    path: "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    reason:
      `nodes run in ${zone}, and no ENIConfig is theirs by the label ${choice.labelKey} ` +
      `(there ${choice.eniConfigNames.length === 0 ? "are none" : `is ${choice.eniConfigNames.join(", ")}`}): ` +
      "new nodes there would never become Ready.",
    fix: `Make an ENIConfig for the zone first, or say force: ["${FORCE.ZoneWithoutEniConfig}"].`,
  }));
}
