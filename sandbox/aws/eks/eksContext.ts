import type { AwsRequest } from "../protocol/awsRequest";
import { notFound } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster, NodeGroup } from "./eksState";

/** A call with the names in its path. */
export interface EksCall {
  readonly request: AwsRequest;
  readonly names: readonly string[];
}

/** A method, a path, and what answers them. @throws AwsError for what EKS refuses. */
export type EksRoute = readonly [method: string, path: RegExp, answer: (call: EksCall) => unknown];

/** What the parts of EKS share. */
export interface EksContext {
  readonly outside: EksOutside;
  readonly clusters: Map<string, Cluster>;
  /** The cluster that the path names first. @throws AwsError ResourceNotFoundException */
  readonly clusterOf: (call: EksCall) => Cluster;
  /** @param name @default the second name of the path */
  readonly nodeGroupOf: (call: EksCall, name?: string) => NodeGroup;
  /** @param name @default the second name of the path */
  readonly addOnOf: (call: EksCall, name?: string) => AddOn;
  /** Work that goes on after the answer; its failure is told, unless the front ends. */
  readonly inBackground: (what: string, work: Promise<void>, failed: (message: string) => void) => void;
}

/** What the parts of an EKS share. @param clusters those that are there from the start, and change. @default none */
export function eksContext(outside: EksOutside, clusters = new Map<string, Cluster>()): EksContext {
  const clusterOf = ({ names: [name = ""] }: EksCall): Cluster => {
    const cluster = clusters.get(name);
    if (cluster === undefined) throw notFound(`No cluster found for name: ${name}.`, { clusterName: name });
    return cluster;
  };
  return {
    outside,
    clusters,
    clusterOf,
    nodeGroupOf: (call, name = call.names[1] ?? "") => {
      const cluster = clusterOf(call);
      const group = cluster.nodeGroups.get(name);
      if (group !== undefined) return group;
      const members = { clusterName: cluster.name, nodegroupName: name };
      throw notFound(`No node group found for name: ${name}.`, members);
    },
    addOnOf: (call, name = call.names[1] ?? "") => {
      const cluster = clusterOf(call);
      const addOn = cluster.addOns.get(name);
      if (addOn !== undefined) return addOn;
      const members = { clusterName: cluster.name, addonName: name };
      throw notFound(`No addon: ${name} found in cluster: ${cluster.name}`, members);
    },
    inBackground: (what, work, failed) => {
      work.catch((error: unknown) => {
        if (outside.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        outside.log(`${what} failed: ${message}`);
        failed(message);
        outside.changed();
      });
    },
  };
}
