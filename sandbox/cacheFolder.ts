import { homedir } from "node:os";
import { join } from "node:path";

/** Where programs that are built or installed once are kept, for all checkouts of a user. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "eks-pod-network");
}
