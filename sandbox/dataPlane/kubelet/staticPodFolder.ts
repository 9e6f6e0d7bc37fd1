import { createHash } from "node:crypto";
import type { KubernetesObject, V1ConfigMap, V1Pod } from "@kubernetes/client-node";
import { parse } from "yaml";

/**
 * ConfigMaps with this label stand for the folder /etc/kubernetes/manifests of nodes: every value is the manifest of a
 * static pod.
 */
export const STATIC_PODS_LABEL = "sandbox/static-pods=true";
/** Their annotation that says on which nodes: labels, such as `workload=edge`. All nodes without it. */
const NODES_ANNOTATION = "sandbox/static-pods-on";
/** The annotation of a mirror pod, whose value is the hash of the manifest. */
export const MIRROR_ANNOTATION = "kubernetes.io/config.mirror";

/** A static pod, as its manifest has it. */
export interface StaticPod {
  /** Of the manifest. */
  readonly hash: string;
  readonly pod: V1Pod;
}

/** The static pods of a ConfigMap. */
export interface StaticPodFolder {
  readonly name: string;
  /** Which nodes have them: those with all these labels. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly pods: readonly StaticPod[];
}

/** Reads a ConfigMap; what is no manifest of a pod is passed over, as a kubelet does it with a line in its log. */
export function staticPodsOf(object: KubernetesObject): StaticPodFolder {
  const { metadata, data } = object as V1ConfigMap;
  return {
    name: `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
    nodeLabels: labelsOf(metadata?.annotations?.[NODES_ANNOTATION] ?? ""),
    pods: Object.values(data ?? {}).flatMap(staticPod),
  };
}

/** Whether a node has a folder's pods. */
export function isOnNode({ nodeLabels }: StaticPodFolder, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(nodeLabels).every(([key, value]) => labels[key] === value);
}

function staticPod(manifest: string): StaticPod[] {
  let pod: V1Pod;
  try {
    pod = parse(manifest) as V1Pod;
  } catch {
    return [];
  }
  if (pod.kind !== "Pod" || pod.metadata?.name === undefined || pod.spec === undefined) return [];
  return [{ hash: createHash("md5").update(manifest).digest("hex"), pod }];
}

function labelsOf(selector: string): Record<string, string> {
  const pairs = selector.split(",").filter((item) => item.includes("="));
  return Object.fromEntries(
    pairs.map((item) => [item.slice(0, item.indexOf("=")).trim(), item.slice(item.indexOf("=") + 1).trim()]),
  );
}
