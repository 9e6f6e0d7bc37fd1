import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { downSandbox, upSandbox, type SandboxRecord, type WorldName } from "../sandbox/sandbox";
import { line } from "./measure";

interface Start {
  readonly world: WorldName;
  readonly nodes?: number;
  /** Builds it anew, although it was kept. */
  readonly fresh?: boolean;
}

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
  return processes.map(({ name, pid }) => {
    const [, peak = "?"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    const megabytes = (Number(peak) / 1024).toFixed(0);
    return { name, figures: `${megabytes} MB at most, ${cpuSeconds(pid).toFixed(1)} s of a core` };
  });
}

/** Linux counts in hundredths of a second; what comes before the closing bracket may hold spaces. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
