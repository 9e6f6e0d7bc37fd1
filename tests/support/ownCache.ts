import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { installMoto } from "../../sandbox/aws/installMoto";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { ensurePrograms, type ProgramPaths } from "../../sandbox/controlPlane/programs";
import { withLock } from "../../sandbox/lock";
import { printedProgress } from "./sandbox";

/** Sees to it that the user's cache has what {@link lendPrograms} lends; the first time on a machine that takes minutes. */
export async function ensureLentPrograms(): Promise<ProgramPaths> {
  const programs = await ensurePrograms({ progress: printedProgress });
  await withLock(join(cacheFolder(), "moto.lock"), () =>
    installMoto((line) => {
      printedProgress.step(line);
    }),
  );
  return programs;
}

/** Makes a folder a cache that has what the user's has, of programs and moto, and sandboxes of its own. */
export function lendPrograms(xdgCacheHome: string): void {
  const user = cacheFolder();
  const own = join(xdgCacheHome, "eks-pod-network");
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(user)) {
    if (/^(programs|moto-[0-9a-f]+)$/.test(name)) symlinkSync(join(user, name), join(own, name));
  }
}
