import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { SandboxError } from "./sandboxError";

/**
 * Where programs that are built or installed once are kept, for all checkouts of a user, and the sandboxes.
 *
 * @throws SandboxError when the user has no home folder and XDG_CACHE_HOME says no other place.
 */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME = "" } = process.env;
  // The XDG specification: one that is not absolute counts as none.
  if (isAbsolute(XDG_CACHE_HOME)) return join(XDG_CACHE_HOME, "eks-pod-network");
  const home = homedir();
  if (isAbsolute(home)) return join(home, ".cache", "eks-pod-network");
  throw new SandboxError(
    `there is no folder to keep programs and sandboxes in: HOME is ${JSON.stringify(home)}`,
    "Set HOME, or XDG_CACHE_HOME to a folder in which you may write.",
  );
}
