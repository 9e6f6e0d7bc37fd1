import { eniConfigName } from "../podNetwork/eniConfigPlan";
import type { EniConfigFacts } from "../preflight/picture";
import { oldReasons } from "../rotation/oldNode";
import { podsByNode, type ClusterNode, type Observation, type PodSubnet } from "../rotation/observation";
import type { Deviation } from "./deviation";

/** The ENIConfigs of a cluster, and those that its stack made. */
export interface DeployedEniConfigs {
  /** Those that there are. */
  readonly found: readonly EniConfigFacts[];
  /** Names of those of the stack. */
  readonly made: readonly string[];
  readonly podSubnets: readonly (PodSubnet & { readonly group?: string | undefined })[];
  /** The name of the ENIConfig that a node takes. */
  readonly takenBy: (node: ClusterNode) => string;
}

/**
 * Finds ENIConfigs of the stack that are gone or name another subnet than its own, and new nodes that take one which the
 * stack did not make; those that are old take the right one when they are replaced.
 *
 * @param environment its name: for commands.
 */
export function eniConfigDeviations(
  deployed: DeployedEniConfigs,
  { nodes, pods, target }: Observation,
  environment: string,
): Deviation[] {
  const { found, made, podSubnets, takenBy } = deployed;
  const again = `podnet up ${environment} puts it back`;
  const own = made.flatMap((name): Deviation[] => {
    const eniConfig = found.find((one) => one.name === name);
    if (eniConfig === undefined)
      return [{ about: "eniConfigs", title: `ENIConfig ${name} is not there`, wayOut: again }];
    const subnet = podSubnets.find(
      ({ availabilityZone, group }) =>
        eniConfigName({ availabilityZone, ...(group !== undefined && { group }) }) === name,
    );
    if (subnet === undefined || subnet.subnetId === eniConfig.subnetId) return [];
    const title = `ENIConfig ${name} names ${eniConfig.subnetId || "no subnet"}, its stack says ${subnet.subnetId}`;
    return [{ about: "eniConfigs", title, wayOut: again }];
  });
  const byNode = podsByNode(pods);
  const strayed = nodes.flatMap((node): Deviation[] => {
    const name = takenBy(node);
    if (node.owner.kind === "fargate" || made.includes(name)) return [];
    if (oldReasons(node, byNode.get(node.name) ?? [], target).length > 0) return [];
    return [
      {
        about: "eniConfigs",
        title: `node ${node.name} takes ENIConfig ${name}, which its stack did not make`,
        wayOut: "put right the label or the annotation of the node that chooses it",
      },
    ];
  });
  return [...own, ...strayed];
}
