import type { IpamdSettings } from "./settings";

/** What of a Node names its ENIConfig. */
export interface NodeNames {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The name of the ENIConfig by which a node's next ENI is made; it is asked for anew for every ENI.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/eniconfig/eniconfig.go (GetNodeSpecificENIConfigName).
 */
export function eniConfigName(
  { labels, annotations }: NodeNames,
  { eniConfigLabel, eniConfigAnnotation }: Pick<IpamdSettings, "eniConfigLabel" | "eniConfigAnnotation">,
): string {
  return (
    labels["vpc.amazonaws.com/externalEniConfig"] ??
    annotations[eniConfigAnnotation] ??
    labels[eniConfigLabel] ??
    "default"
  );
}
