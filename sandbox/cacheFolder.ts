import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where programs that are built or installed once are kept, for all checkouts of a user. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME = "" } = process.env;
  // The XDG specification: one that is not absolute counts as none.
  return join(isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache"), "eks-pod-network");
}
