import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../sandbox/cacheFolder";

/** Makes a folder a cache that has what the user's has, of programs and moto, and sandboxes of its own. */
export function lendPrograms(xdgCacheHome: string): void {
  const user = cacheFolder();
  const own = join(xdgCacheHome, "eks-pod-network");
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(user)) {
    if (/^(programs|moto-[0-9a-f]+)$/.test(name)) symlinkSync(join(user, name), join(own, name));
  }
}
