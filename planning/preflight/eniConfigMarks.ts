import type { ClusterNode } from "../rotation/observation";
import { check, type Found } from "./check";
import type { CniPlan } from "./picture";

/** Beats every other mark of a node (aws/amazon-vpc-cni-k8s, pkg/eniconfig/eniconfig.go). */
const EXTERNAL_LABEL = "vpc.amazonaws.com/externalEniConfig";

/**
 * Marks on nodes that name another ENIConfig than the node's zone does: ipamd asks the label
 * `vpc.amazonaws.com/externalEniConfig` first, then the annotation, then the label of ENI_CONFIG_LABEL_DEF.
 */
export const strayEniConfigMarks = check(
  {
    id: "ENI-ANNOTATION",
    level: "stop",
    about: "no node carries a mark that beats the label by which it takes its ENIConfig",
    looksAt: ["cluster", "cni"],
  },
  ({ cluster, cni }) => strayMarks(cluster.nodes, cni),
);

/** What of nodes beats the label by which they take their ENIConfigs. */
export function strayMarks(
  nodes: readonly Pick<ClusterNode, "name" | "labels" | "annotations">[],
  cni: Pick<CniPlan, "eniConfigLabel" | "eniConfigAnnotation" | "eniConfigs">,
): Found[] {
  return nodes.flatMap(({ name, labels, annotations }) => {
    const byLabel = labels[cni.eniConfigLabel];
    const marks = [
      { kind: "label", key: EXTERNAL_LABEL, value: labels[EXTERNAL_LABEL] },
      { kind: "annotation", key: cni.eniConfigAnnotation, value: annotations[cni.eniConfigAnnotation] },
    ].filter(({ key }) => key !== cni.eniConfigLabel);
    const mark = marks.find(({ value }) => value !== undefined && value !== "");
    if (mark?.value === undefined || mark.value === byLabel) return [];
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
