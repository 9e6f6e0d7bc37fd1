import type { WorldBuilder } from "./worlds/world";

/** What a sandbox may start with. */
export interface World {
  /** What is in it, as lists of worlds say it. */
  readonly summary: string;
  /** The EKS cluster that is in it, or that may be made in it. */
  readonly clusterName: string;
  /** Loads what builds it, when it is built; none where there is nothing to build. */
  readonly load?: () => WorldBuilder;
}

/* eslint-disable @typescript-eslint/no-require-imports -- loads the AWS SDK, which only a start needs */

/** Every world, by its name. */
export const worlds = {
  small: {
    summary: "6 nodes in 3 zones whose pods take the addresses of their subnets, and a dozen workloads",
    clusterName: "small",
    load: () => (require("./worlds/small") as typeof import("./worlds/small")).buildSmallWorld,
  },
  bare: {
    summary: "the same with 3 nodes and no workloads, quick to start",
    clusterName: "bare",
    load: () => (require("./worlds/bare") as typeof import("./worlds/bare")).buildBareWorld,
  },
  scattered: {
    summary: "nodes in other subnets than the control plane, one route table, an aws-node that is no add-on",
    clusterName: "orders-prod",
    load: () => (require("./worlds/scattered") as typeof import("./worlds/scattered")).buildScatteredWorld,
  },
  prefixes: {
    summary: "prefix delegation, external SNAT and security groups for pods",
    clusterName: "telemetry",
    load: () => (require("./worlds/prefixes") as typeof import("./worlds/prefixes")).buildPrefixesWorld,
  },
  empty: {
    summary: "a control plane and an AWS with nothing in them",
    clusterName: "sandbox",
  },
} as const satisfies Record<string, World>;

/** A name of one of them. */
export type WorldName = keyof typeof worlds;
