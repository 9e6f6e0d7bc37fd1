import { counted, listed } from "../amounts";
import { zonesOf } from "../podNetwork/nodeSubnets";
import { check, type Found } from "./check";
import type { SecurityGroupFacts } from "./networkFacts";
import { describeTraffic } from "./traffic";

/** Security groups of nodes that not all nodes of a zone have, or that tomorrow's pods would not have. */
export const nodeSecurityGroups = check(
  {
    id: "SG-NODES",
    level: "warn",
    about: "the nodes of a zone have the same security groups, and tomorrow's pods have them too",
    looksAt: ["facts", "attachment", "securityGroups"],
  },
  ({ facts: { instances }, attachment: { groupsToday, groupsTomorrow }, securityGroups }) => {
    const named = (id: string) => {
      const name = securityGroups.find(({ groupId }) => groupId === id)?.name;
      return name === undefined ? id : `${id} (${name})`;
    };
    const mixed = zonesOf(instances).flatMap((zone): Found[] => {
      const sets = new Map<string, string[]>();
      for (const { instanceId, securityGroupIds } of instances.filter(
        (one) => one.availabilityZone === zone,
      )) {
        const key = [...securityGroupIds].sort().map(named).join(", ");
        sets.set(key, [...(sets.get(key) ?? []), instanceId]);
      }
      if (sets.size < 2) return [];
      return [
        {
          title: `the nodes of ${zone} have different security groups`,
          evidence: [...sets].map(
            ([groups, nodes]) => `${groups}: ${counted(nodes.length, "node")} (${listed(nodes)})`,
          ),
          wayOut:
            "An ENIConfig without security groups gives pods those of their own node. Where one is to name groups, make named groups of nodes (podGroups).",
        },
      ];
    });
    const lost = groupsToday.filter((id) => !groupsTomorrow.includes(id));
    if (lost.length === 0) return mixed;
    return [
      ...mixed,
      {
        title: `pods have ${lost.map(named).join(", ")} today, and not tomorrow`,
        evidence: [
          `Tomorrow they have ${groupsTomorrow.map(named).join(", ")}.`,
          ...namedBy(lost, securityGroups, named),
        ],
        wayOut:
          "Give new workers the groups of the old ones (securityGroupIds of their worker group), or ENIConfigs all of them (securityGroupIds).",
      },
    ];
  },
);

/** Rules that mean pods of today by a group; SG-INGRESS tells of those that matter to an interface of this VPC. */
function namedBy(
  lost: readonly string[],
  securityGroups: readonly SecurityGroupFacts[],
  named: (id: string) => string,
): string[] {
  const rules = securityGroups.flatMap((group) =>
    group.rules
      .filter(({ direction, groupId }) => direction === "ingress" && lost.includes(groupId ?? ""))
      .map(
        ({ traffic, groupId }) =>
          `${named(group.groupId)} admits ${describeTraffic(traffic)} from ${named(groupId ?? "")}`,
      ),
  );
  return rules.length === 0 ? [] : [`${listed(rules)}.`];
}
