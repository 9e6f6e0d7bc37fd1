import type { ClusterNode } from "./observation";

/** Which marks of nodes name their ENIConfig. */
export interface EniConfigKeys {
  /** Key of the node label: ENI_CONFIG_LABEL_DEF. */
  readonly eniConfigLabel: string;
  /** Key of the node annotation, which wins over the label: ENI_CONFIG_ANNOTATION_DEF. */
  readonly eniConfigAnnotation: string;
}

/** The ENIConfig that ipamd takes on a node, and what names it. */
export interface EniConfigChoice {
  readonly name: string;
  readonly rule: "label" | "annotation" | "default";
  /** Of the label or the annotation. */
  readonly key?: string;
}

/** Beats every other mark of a node. */
const EXTERNAL_LABEL = "vpc.amazonaws.com/externalEniConfig";

/**
 * Which ENIConfig ipamd takes on a node, and by which rule; the first mark that is set wins (aws/amazon-vpc-cni-k8s,
 * pkg/eniconfig/eniconfig.go).
 */
export function eniConfigChoice(
  { labels, annotations }: Pick<ClusterNode, "labels" | "annotations">,
  { eniConfigLabel, eniConfigAnnotation }: EniConfigKeys,
): EniConfigChoice {
  const marks = [
    { rule: "label", key: EXTERNAL_LABEL, name: labels[EXTERNAL_LABEL] },
    { rule: "annotation", key: eniConfigAnnotation, name: annotations[eniConfigAnnotation] },
    { rule: "label", key: eniConfigLabel, name: labels[eniConfigLabel] },
  ] as const;
  for (const { rule, key, name } of marks) if (name !== undefined) return { name, rule, key };
  return { name: "default", rule: "default" };
}
