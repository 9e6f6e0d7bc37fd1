/** What ipamd looks at on a node. */
export interface SimulatedNode {
  /** ENIs that may carry pods. */
  readonly enis: number;
  /** Addresses, or prefixes, that one ENI takes besides its own. */
  readonly slotsPerEni: number;
  readonly prefixDelegation: boolean;
  /** status.capacity.pods. */
  readonly maxPods: number;
}

/** The targets, each given: WARM_ENI_TARGET, WARM_IP_TARGET, MINIMUM_IP_TARGET, WARM_PREFIX_TARGET. */
export interface SimulatedTargets {
  readonly warmEniTarget: number;
  readonly warmIpTarget: number;
  readonly minimumIpTarget: number;
  readonly warmPrefixTarget: number;
}

/**
 * Plays ipamd's pool manager while pods come one after the other, and says what is attached at the end.
 *
 * A transcript of the decisions in amazon-vpc-cni-k8s, pkg/ipamd/ipamd.go (isDatastorePoolTooLow,
 * datastoreTargetState, increaseDatastorePool, getPrefixesNeeded), as a loop and not as a formula, so that the formula
 * has something to be held against.
 */
export function playIpamd(
  node: SimulatedNode,
  pods: number,
  targets: SimulatedTargets,
): { enis: number; units: number } {
  const perUnit = node.prefixDelegation ? 16 : 1;
  const ipTargets = targets.warmIpTarget !== 0 || targets.minimumIpTarget !== 0;
  const onEnis: number[] = [];
  const units = () => onEnis.reduce((sum, held) => sum + held, 0);

  /** How many units ipamd asks for now; none when the pool is not low. */
  const needed = (assigned: number): number => {
    const total = units() * perUnit;
    const available = total - assigned;
    if (total >= node.maxPods) return 0;
    if (ipTargets) {
      const short = Math.max(targets.warmIpTarget - available, targets.minimumIpTarget - total, 0);
      return Math.ceil(short / perUnit);
    }
    const [warm, each] = node.prefixDelegation
      ? [targets.warmPrefixTarget, perUnit]
      : [targets.warmEniTarget, node.slotsPerEni];
    const low = available < each * warm || (warm === 0 && available === 0);
    if (!low) return 0;
    if (!node.prefixDelegation) return node.slotsPerEni;
    const freePrefixes = units() - Math.ceil(assigned / perUnit);
    return Math.max(1, warm - freePrefixes);
  };

  for (let assigned = 0; assigned <= pods; assigned++) {
    for (let asked = needed(assigned); asked > 0; asked = needed(assigned)) {
      const room = onEnis.findIndex((held) => held < node.slotsPerEni);
      if (room >= 0) {
        onEnis[room] = Math.min(node.slotsPerEni, (onEnis[room] ?? 0) + asked);
      } else if (onEnis.length < node.enis) {
        onEnis.push(Math.min(node.slotsPerEni, asked));
      } else {
        break;
      }
    }
  }
  return { enis: Math.max(1, onEnis.length), units: units() };
}
