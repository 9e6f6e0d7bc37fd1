import type { ResourceChange } from "../../planning/stack/resourceChange";

/** A change of a resource, of which a test says what matters. */
export function changeOf(
  operation: string,
  type: string,
  name: string,
  given: Partial<ResourceChange> = {},
): ResourceChange {
  return {
    operation,
    type,
    name,
    urn: `urn:pulumi:prod::eks-pod-network::eks-pod-network:index:PodNetwork$${type}::${name}`,
    changedProperties: [],
    isBookkeeping: false,
    ...given,
  };
}

export const SUBNET = "aws:ec2/subnet:Subnet";
