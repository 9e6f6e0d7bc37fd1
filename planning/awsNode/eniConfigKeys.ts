import type { AwsNodeSettings } from "./settings";

/**
 * The marks of a node by which ipamd picks its ENIConfig: first the label `ENI_CONFIG_LABEL`, then an annotation, then
 * a label, whose keys aws-node is told; and the ENIConfig `default` where a node has none of them.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/eniconfig/eniconfig.go; the label that is asked first, since 1.11.0.
 */
export const ENI_CONFIG_LABEL = "vpc.amazonaws.com/externalEniConfig";

/** The key of the annotation and of the label where aws-node is told none. */
const DEFAULT_KEY = "k8s.amazonaws.com/eniConfig";

/** The key of the node label that names an ENIConfig; an empty ENI_CONFIG_LABEL_DEF is the same as none. */
export function eniConfigLabelKey({ eniConfigLabelDef = "" }: AwsNodeSettings): string {
  return eniConfigLabelDef === "" ? DEFAULT_KEY : eniConfigLabelDef;
}

/** The key of the node annotation that names an ENIConfig; an empty ENI_CONFIG_ANNOTATION_DEF is the same as none. */
export function eniConfigAnnotationKey({ eniConfigAnnotationDef = "" }: AwsNodeSettings): string {
  return eniConfigAnnotationDef === "" ? DEFAULT_KEY : eniConfigAnnotationDef;
}
