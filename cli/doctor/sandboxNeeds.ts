import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { motoPython } from "../../sandbox/aws/installMoto";
import { cacheFolder } from "../../sandbox/cacheFolder";
import { requireGo } from "../../sandbox/controlPlane/buildProgram";
import { locatePrograms } from "../../sandbox/controlPlane/programs";
import { PROGRAMS, type ProgramName } from "../../sandbox/controlPlane/programTable";
import { freeBytes, inMegabytes } from "../../sandbox/diskSpace";
import { SandboxError } from "../../sandbox/sandboxError";
import { explained } from "../../sandbox/waysOut";
import { askProgram, onPath } from "./executables";
import type { Finding } from "./finding";
import { folderSizes } from "./folderSizes";

const GIB = 1024 ** 3;
/** A sandbox with a world in it, and room for its logs. */
const RUNS_IN = GIB;
/** Go's cache and what comes out of it. */
const BUILDS_IN = 8 * GIB;

/** What a sandbox needs of this computer. */
export async function sandboxNeeds(path: string): Promise<Finding[]> {
  const programs = await locatePrograms();
  const isComplete = Object.keys(PROGRAMS).every((name) => programs[name as ProgramName] !== undefined);
  return [
    ...programFindings(programs),
    await goFinding(path, isComplete),
    await pythonFinding(path),
    cacheFinding(),
    ...cacheSizes(),
    diskFinding(isComplete),
  ];
}

function programFindings(paths: Awaited<ReturnType<typeof locatePrograms>>): Finding[] {
  return (Object.keys(PROGRAMS) as ProgramName[]).map((what) => {
    const path = paths[what];
    if (path === undefined) {
      return {
        what,
        state: "note",
        found: "is built at the first start; all six take about 6 minutes on 2 cores",
      };
    }
    const isBuilt = path.startsWith(cacheFolder());
    return { what, state: "ok", found: `${isBuilt ? "built" : "on PATH"}: ${path}` };
  });
}

async function goFinding(path: string, isComplete: boolean): Promise<Finding> {
  const go = onPath("go", path);
  if (isComplete) {
    return {
      what: "go",
      state: "note",
      found: `${go ?? "none on PATH"}; not needed, the programs are there`,
    };
  }
  try {
    await requireGo();
    return { what: "go", state: "ok", found: go ?? "" };
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { what: "go", state: "missing", found: error.message, fix: error.fix };
  }
}

async function pythonFinding(path: string): Promise<Finding> {
  const moto = motoPython();
  if (existsSync(moto)) return { what: "moto", state: "ok", found: `installed: ${moto}` };
  const python = onPath("python3", path);
  const fix = "Install Python 3.10 or newer with venv and pip.";
  if (python === undefined)
    return { what: "moto", state: "missing", found: "no python3 on PATH to install it with", fix };
  const asks =
    "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.version.split()[0])";
  const answer = await askProgram(python, ["-c", asks]);
  if ("failure" in answer) {
    const found = `${python} is older than 3.10, or lacks venv or ensurepip`;
    return { what: "moto", state: "missing", found, fix };
  }
  return {
    what: "moto",
    state: "note",
    found: `is installed at the first start with ${python} ${answer.said}; about a minute`,
  };
}

function cacheFinding(): Finding {
  const what = "cache folder";
  try {
    const folder = cacheFolder();
    const probe = join(folder, `.probe-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(probe, "");
    rmSync(probe);
    return { what, state: "ok", found: folder };
  } catch (error) {
    const told = explained(error);
    if (!(told instanceof SandboxError)) throw error;
    return { what, state: "missing", found: told.message, fix: told.fix };
  }
}

function cacheSizes(): Finding[] {
  return folderSizes(cacheFolder()).map(({ name, bytes }) => ({
    what: "",
    state: "note",
    found: `${name}  ${inMegabytes(bytes)}`,
  }));
}

function diskFinding(isComplete: boolean): Finding {
  const what = "disk space";
  const free = freeBytes(cacheFolder());
  const needed = isComplete ? RUNS_IN : BUILDS_IN;
  const found = `${inMegabytes(free)} free for the cache folder`;
  if (free >= needed) return { what, state: "ok", found };
  return {
    what,
    state: "missing",
    found: `${found}; ${inMegabytes(needed)} are needed`,
    fix: "Free some space, or name a folder on another disk in XDG_CACHE_HOME.",
  };
}
