import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";

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
