import type { WorldBuilder } from "./worlds/world";

/** What a sandbox may start with. */
export interface World {
  /** The EKS cluster that is in it, or that may be made in it. */
  readonly clusterName: string;
  /** Loads what builds it, when it is built; none where there is nothing to build. */
  readonly load?: () => WorldBuilder;
}

/* eslint-disable @typescript-eslint/no-require-imports -- loads the AWS SDK, which only a start needs */

/** Every world, by its name. */
export const worlds = {
  /** An ordinary cluster before its migration. */
  small: {
    clusterName: "small",
    load: () => (require("./worlds/small") as typeof import("./worlds/small")).buildSmallWorld,
  },
  /** The same without workloads: quick to start. */
  bare: {
    clusterName: "bare",
    load: () => (require("./worlds/bare") as typeof import("./worlds/bare")).buildBareWorld,
  },
  /** Nodes where the control plane is not, one route table, a self-managed CNI. */
  scattered: {
    clusterName: "orders-prod",
    load: () => (require("./worlds/scattered") as typeof import("./worlds/scattered")).buildScatteredWorld,
  },
  /** Prefix delegation, external SNAT, security groups for pods. */
  prefixes: {
    clusterName: "telemetry",
    load: () => (require("./worlds/prefixes") as typeof import("./worlds/prefixes")).buildPrefixesWorld,
  },
  /** A control plane and an AWS with nothing in them. */
  empty: { clusterName: "sandbox" },
} as const satisfies Record<string, World>;

/** A name of one of them. */
export type WorldName = keyof typeof worlds;
