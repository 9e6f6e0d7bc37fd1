import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
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

/** A preview of prod that changes nothing and is seen whole. */
export const quietPreview: EnvironmentPreview = {
  environment: "prod",
  stack: "prod",
  region: "us-west-2",
  cluster: "prod-main",
  changes: [],
  counts: { same: 27 },
  warnings: [],
  dangers: [],
  losses: [],
  addresses: { before: 24_561, after: 24_561 },
  podsPerNode: [{ instanceType: "m5.large", before: 20, after: 20 }],
  rotation: { nodes: 6, oldNodes: 0, pods: 0, seconds: 0, waitsFor: [], undrainable: [] },
  notSeen: [],
  lookAt: [],
};
