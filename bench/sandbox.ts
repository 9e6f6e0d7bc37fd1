import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SandboxRecord, WorldName } from "../sandbox/sandbox";
import { line } from "./measure";

interface Start {
  readonly world: WorldName;
  readonly nodes?: number;
  /** Builds it anew, although it was kept. */
  readonly fresh?: boolean;
}

/** As people run it: from its sources all of it would be compiled at every start. */
const compiled = pathToFileURL(join(__dirname, "..", "dist", "sandbox", "sandbox.js")).href;

/** How long a sandbox takes to start, once its programs are built, and what it takes of the computer. */
export async function sandbox(): Promise<void> {
  // Whatever is there for the first time, such as what the disk has not read yet, is not counted.
  await start({ world: "bare" });
  await measure("bare: 3 nodes", { world: "bare" });
  await measure("small: 6 nodes, 61 pods", { world: "small" });
  await measure("large: 200 nodes, 4,000 pods, built", { world: "large", fresh: true });
  await measure("large: 200 nodes, 4,000 pods, as it was kept", { world: "large" });
}

/** The same with 1,000 nodes. */
export async function sandboxOfThousand(): Promise<void> {
  await measure("large: 1,000 nodes, 20,000 pods, built", { world: "large", nodes: 1_000, fresh: true });
  await measure("large: 1,000 nodes, 20,000 pods, as it was kept", { world: "large", nodes: 1_000 });
}

async function measure(name: string, what: Start): Promise<void> {
  const { seconds, parts } = await start(what);
  line(name, `${seconds.toFixed(1)} s`);
  for (const part of parts) line(`  ${part.name}`, part.figures);
}

async function start(
  what: Start,
): Promise<{ readonly seconds: number; readonly parts: readonly { name: string; figures: string }[] }> {
  const { downSandbox, upSandbox } = (await import(compiled)) as typeof import("../sandbox/sandbox");
  const folder = mkdtempSync(join(tmpdir(), "podnet-bench-"));
  const place = { folder: join(folder, "sandbox") };
  const progress = { step: () => undefined, say: () => undefined, show: () => undefined };
  try {
    const from = performance.now();
    const record = await upSandbox({ ...place, ...what, progress });
    const seconds = (performance.now() - from) / 1000;
    return { seconds, parts: partsOf(record) };
  } finally {
    await downSandbox(place);
    rmSync(folder, { recursive: true });
  }
}

/** What each process has taken so far, where the system tells. */
function partsOf({ processes }: SandboxRecord): { name: string; figures: string }[] {
  if (process.platform !== "linux") return [];
  const taken = processes.map(({ name, pid }) => ({
    name,
    megabytes: peakOf(pid),
    seconds: cpuSeconds(pid),
  }));
  const total = {
    name: "all of them",
    megabytes: taken.reduce((sum, one) => sum + one.megabytes, 0),
    seconds: taken.reduce((sum, one) => sum + one.seconds, 0),
  };
  return [...taken, total].map(({ name, megabytes, seconds }) => ({
    name,
    figures: `${megabytes.toFixed(0)} MB at most, ${seconds.toFixed(1)} s of a core`,
  }));
}

/** Memory in megabytes. */
function peakOf(pid: number): number {
  const [, kilobytes = "NaN"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

/** Linux counts in hundredths of a second; what comes before the closing bracket may hold spaces. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
