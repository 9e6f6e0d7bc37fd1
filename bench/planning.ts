import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { line, milliseconds, timeProcess } from "./measure";

const podnet = join(__dirname, "..", "dist", "cli", "podnet.js");

/** Planning at the scale that is planned for, and podnet as people start it. */
export function planning(): void {
  for (const [name, file] of [
    ["plan 1,000 environments of 3 zones", "planEnvironments.mjs"],
    ["size a fleet of 500 rows", "sizeFleet.mjs"],
  ] as const) {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(__dirname, "cases", file)], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`${file} failed: ${stderr}`);
    const { ms, peakMegabytes } = JSON.parse(stdout) as { ms: number; peakMegabytes: number };
    line(name, `${ms.toFixed(0)} ms, ${peakMegabytes.toFixed(0)} MB at most`);
  }
  line(
    "podnet max-pods m5.large, whole process",
    milliseconds(timeProcess(process.execPath, [podnet, "max-pods", "m5.large"])),
  );

  // What people use today, where it is there: AWS's script, which asks EC2 each time.
  const script = "max-pods-calculator.sh";
  if (spawnSync("which", [script]).status === 0) {
    const args = ["--instance-type", "m5.large", "--cni-version", "1.18.0"];
    line(`${script}, whole process`, milliseconds(timeProcess(script, args)));
  } else {
    line(script, "not on PATH, not compared");
  }
}
