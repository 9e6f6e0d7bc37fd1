/** A release of the VPC CNI: major, minor and patch. */
export type CniVersion = readonly [major: number, minor: number, patch: number];

/** The release whose rules are played where an image's tag names none. */
export const NEWEST_CNI: CniVersion = [1, 23, 1];

/** The release of an image of aws-node, such as `REGISTRY/amazon-k8s-cni:v1.12.6-eksbuild.2`. */
export function cniVersionOf(image: string): CniVersion {
  const [, major, minor, patch] = /:v?(\d+)\.(\d+)\.(\d+)/.exec(image) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return NEWEST_CNI;
  return [Number(major), Number(minor), Number(patch)];
}

/** Whether a release has what came with another one. */
export function isSince(version: CniVersion, since: CniVersion): boolean {
  for (const [index, part] of since.entries()) {
    const own = version[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}
