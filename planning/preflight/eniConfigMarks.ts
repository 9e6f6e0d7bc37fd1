import { ENI_CONFIG_LABEL } from "../awsNode/eniConfigKeys";
import { eniConfigName } from "../podNetwork/eniConfigPlan";
import type { ClusterNode } from "../rotation/observation";
import { check, type Found } from "./check";
import type { CniPlan } from "./picture";

/**
 * Marks on nodes that name another ENIConfig than the node's zone does: ipamd asks the label
 * `vpc.amazonaws.com/externalEniConfig` first, then the annotation, then the label of ENI_CONFIG_LABEL_DEF. Workers of
 * a group of `podGroups` carry the first of them on purpose.
 */
export const strayEniConfigMarks = check(
  {
    id: "ENI-ANNOTATION",
    level: "stop",
    about: "no node carries a mark that beats the label by which it takes its ENIConfig",
    looksAt: ["cluster", "cni", "wanted"],
  },
  ({ cluster, cni, wanted: { podGroups = [] } }) =>
    strayMarks(cluster.nodes, cni, ({ availabilityZone }) =>
      podGroups.map(({ name: group }) => eniConfigName({ availabilityZone, group })),
    ),
);

/**
 * What of nodes beats the label by which they take their ENIConfigs.
 *
 * @param ofGroupsOn the ENIConfigs of named groups that a node's label `vpc.amazonaws.com/externalEniConfig` may name.
 */
export function strayMarks(
  nodes: readonly ClusterNode[],
  cni: Pick<CniPlan, "eniConfigLabel" | "eniConfigAnnotation" | "eniConfigs">,
  ofGroupsOn: (node: ClusterNode) => readonly string[],
): Found[] {
  return nodes.flatMap((node) => {
    const { name, labels, annotations } = node;
    const byLabel = labels[cni.eniConfigLabel];
    const marks = [
      { kind: "label", key: ENI_CONFIG_LABEL, value: labels[ENI_CONFIG_LABEL] },
      { kind: "annotation", key: cni.eniConfigAnnotation, value: annotations[cni.eniConfigAnnotation] },
    ].filter(({ key }) => key !== cni.eniConfigLabel);
    const mark = marks.find(({ value }) => value !== undefined && value !== "");
    if (mark?.value === undefined || mark.value === byLabel) return [];
    if (mark.key === ENI_CONFIG_LABEL && ofGroupsOn(node).includes(mark.value)) return [];
    const exists = cni.eniConfigs.includes(mark.value);
    return [
      {
        title: `node ${name} carries the ${mark.kind} ${mark.key}=${mark.value}, which beats ${cni.eniConfigLabel}`,
        evidence: [
          `New ENIs on it would ask for ENIConfig ${mark.value}${exists ? "" : "; none of that name exists or is planned"}.`,
        ],
        wayOut: `kubectl ${mark.kind === "label" ? "label" : "annotate"} node ${name} ${mark.key}-`,
      },
    ];
  });
}
