import { deserialize, serialize } from "node:v8";
import type { ScalingGroup } from "./autoScaling/scalingGroup";
import type { Cluster } from "./eks/eksState";
import { nameReservation } from "./nameReservation";

/**
 * What the front knows and moto does not, as far as a snapshot keeps it: EKS, Auto Scaling, and the attachments and groups
 * of ENIs. Prefixes, reservations, faults, quotas and associations under way are not in it.
 */
export interface FrontMemory {
  readonly clusters: Map<string, Cluster>;
  readonly scalingGroups: Map<string, ScalingGroup>;
  /** ENIs that go with their instance. */
  readonly deletedWithInstance: Set<string>;
  /** Security groups of ENIs as they were given. */
  readonly groupsOf: Map<string, readonly string[]>;
}

/** The memory of a front to which nothing has happened. */
export function frontMemory(): FrontMemory {
  return {
    clusters: new Map(),
    scalingGroups: new Map(),
    deletedWithInstance: new Set(),
    groupsOf: new Map(),
  };
}

/**
 * Writes a memory down.
 *
 * @param server of the control plane, to which clusters may have another one when they are read.
 * @throws Error where something is under way in EKS or Auto Scaling: nobody would end it.
 */
export function writeMemory(memory: FrontMemory, server: string): Buffer {
  const clusters = [...memory.clusters.values()];
  for (const { name, status, nodeGroups, addOns } of clusters) {
    const restless = [{ name, status }, ...nodeGroups.values(), ...addOns.values()].find(
      (one) => one.status !== "ACTIVE",
    );
    if (restless !== undefined) throw new Error(`${restless.name} is ${restless.status}`);
  }
  return serialize({
    server,
    ...memory,
    // What can't be written is a queue that is empty now.
    clusters: clusters.map((cluster) => ({ ...cluster, reserveNodeGroup: undefined })),
  });
}

/** Reads what {@link writeMemory} wrote, for a control plane that may be elsewhere by now. */
export function readMemory(bytes: Buffer, server: string): FrontMemory {
  const { server: before, ...written } = deserialize(bytes) as Omit<FrontMemory, "clusters"> & {
    readonly server: string;
    readonly clusters: readonly Cluster[];
  };
  const clusters = written.clusters.map((cluster): Cluster => ({
    ...cluster,
    endpoint: cluster.endpoint === before ? server : cluster.endpoint,
    reserveNodeGroup: nameReservation(),
  }));
  return { ...written, clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])) };
}
