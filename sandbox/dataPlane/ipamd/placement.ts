import { eniConfigName, type NodeNames } from "./eniConfigName";
import type { IpamdSettings } from "./settings";

/** The ENIConfig of a name, if there is one. */
export type FindEniConfig = (
  name: string,
) => { readonly subnetId: string | undefined; readonly securityGroups: readonly string[] } | undefined;

/** Where an ENI is, or is to be, and which rules apply to it. */
export interface Placement {
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
}

/**
 * Where a node's next ENI goes: beside its primary one or, under custom networking, where its ENIConfig says. Without
 * security groups of the ENIConfig's own they are those of the primary ENI; before 1.8.0 none was asked for, and EC2 took
 * the default one of the VPC.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go (createENI).
 *
 * @throws Error when the ENIConfig that the node names is not there, or names no subnet.
 */
export function placementOf(
  primary: Placement,
  node: NodeNames,
  settings: Pick<
    IpamdSettings,
    "customNetworking" | "eniConfigLabel" | "eniConfigAnnotation" | "copiesPrimaryGroups"
  >,
  eniConfig: FindEniConfig,
): Placement {
  const { subnetId, securityGroups } = primary;
  if (!settings.customNetworking) return { subnetId, securityGroups };
  const name = eniConfigName(node, settings);
  const config = eniConfig(name);
  if (config === undefined) throw new Error(`eniconfig is not available: ENIConfig ${name}`);
  if (config.subnetId === undefined) throw new Error(`ENIConfig ${name} names no subnet`);
  const otherwise = settings.copiesPrimaryGroups ? securityGroups : [];
  return {
    subnetId: config.subnetId,
    securityGroups: config.securityGroups.length === 0 ? otherwise : config.securityGroups,
  };
}
