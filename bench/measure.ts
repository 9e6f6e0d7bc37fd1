import { spawnSync } from "node:child_process";

/** Figures of something that was done several times. */
export interface Figures {
  /** Milliseconds from start to end. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/**
 * Times a command as a whole process, after one run that does not count.
 *
 * @throws Error when it can't be started or fails.
 */
export function timeProcess(program: string, args: readonly string[], runs = 11): Figures {
  const once = () => {
    const start = performance.now();
    const { status, error, stderr } = spawnSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    if (error) throw error;
    if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${stderr.toString()}`);
    return performance.now() - start;
  };
  once();
  return figuresOf(Array.from({ length: runs }, once));
}

/** Figures of times in milliseconds, an odd number of them. */
export function figuresOf(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  const [min = 0] = sorted;
  return { min, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** A line of figures under a name. */
export function line(name: string, figures: string): void {
  console.log(`  ${name.padEnd(52)}${figures}`);
}

/** Milliseconds as people read them. */
export function milliseconds({ median, min, max }: Figures): string {
  return `${median.toFixed(0)} ms (${min.toFixed(0)} to ${max.toFixed(0)})`;
}
