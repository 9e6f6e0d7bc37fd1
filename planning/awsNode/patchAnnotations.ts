/**
 * What the patch of a self-managed aws-node says to Pulumi's Kubernetes plugin, which leaves it on the DaemonSet
 * (https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/).
 */
export const PATCH_ANNOTATIONS = {
  /** A name that stays: the plugin's own is another one in every stack. */
  "pulumi.com/patchFieldManager": "eks-pod-network",
  /** The manifest's manager holds the values that are changed. */
  "pulumi.com/patchForce": "true",
} as const;

/** Annotations of an object. */
export type Annotations = Readonly<Record<string, string>>;

/** Those of the patch that are on the DaemonSet, whoever has put them there. */
export function patchAnnotationsIn(live: Annotations = {}): Annotations {
  return Object.fromEntries(Object.entries(live).filter(([key]) => Object.hasOwn(PATCH_ANNOTATIONS, key)));
}
