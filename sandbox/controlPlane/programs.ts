import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cacheFolder";
import { withLock } from "../lock";
import type { SandboxProgress } from "../progress";
import { SandboxError } from "../sandboxError";
import { buildProgram, builtProgram, requireGo } from "./buildProgram";
import { PROGRAMS, type ProgramName } from "./programTable";
import { findOnPath } from "./programOnPath";

/** Where each program is. */
export type ProgramPaths = Readonly<Record<ProgramName, string>>;

/**
 * Sees to it that every program of a control plane is there: from PATH where it is of the right minor version, else
 * built from its Go module, once, into the user's cache folder.
 *
 * Building all of them takes about 7 minutes on two cores, and needs Go and a module proxy.
 *
 * @throws SandboxError when one can't be built, with what Go said.
 */
export async function ensurePrograms(options: {
  readonly progress: SandboxProgress;
  readonly signal?: AbortSignal | undefined;
}): Promise<ProgramPaths> {
  const paths = await locatePrograms();
  const missing = (Object.keys(PROGRAMS) as ProgramName[]).filter((name) => paths[name] === undefined);
  if (missing.length > 0) {
    const { progress, signal } = options;
    progress.step(`building ${missing.join(", ")} from Go modules, once`);
    await requireGo();
    const onWait = (holder: number) => {
      progress.show([`waiting for process ${holder}, which builds them`]);
    };
    await withLock(
      join(cacheFolder(), "programs.lock"),
      async () => {
        for (const [index, name] of missing.entries()) {
          await buildUnlessBuilt(name, missing.slice(index + 1), options);
          paths[name] = builtProgram(name);
        }
      },
      { onWait, signal },
    );
  }
  return complete(paths);
}

/** Where each program is that needs not be built. */
export async function locatePrograms(): Promise<Partial<Record<ProgramName, string>>> {
  const paths: Partial<Record<ProgramName, string>> = {};
  await Promise.all(
    (Object.keys(PROGRAMS) as ProgramName[]).map(async (name) => {
      const built = builtProgram(name);
      // Looked for there first, because what is on PATH has to be run to know what it is.
      const path = existsSync(built) ? built : await findOnPath(name);
      if (path !== undefined) paths[name] = path;
    }),
  );
  return paths;
}

async function buildUnlessBuilt(
  name: ProgramName,
  next: readonly ProgramName[],
  options: { readonly progress: SandboxProgress; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  // Another process may have been faster while we waited for the lock.
  if (existsSync(builtProgram(name))) return;
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  const then = next.length === 0 ? "the last one" : `then ${next.join(", ")}`;
  const tell = () => {
    options.progress.show([`${name}: building for ${seconds()} s, ${then}`]);
  };
  tell();
  const timer = setInterval(tell, 1000);
  try {
    await buildProgram(name, options.signal);
  } finally {
    clearInterval(timer);
  }
  options.progress.say(`${name} built in ${seconds()} s`);
}

function complete(paths: Partial<Record<ProgramName, string>>): ProgramPaths {
  for (const name of Object.keys(PROGRAMS) as ProgramName[]) {
    if (paths[name] === undefined) throw new SandboxError(`${name} is missing`, "Try again.");
  }
  return paths as ProgramPaths;
}
