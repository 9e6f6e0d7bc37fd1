import { shown } from "../planning/problem";
import type { Asked } from "./command";
import { UsageError } from "./usageError";

/**
 * Makes sure that no other format than JSON is asked for together with --json. `--format json` is --json by another name,
 * and taken for it before a command runs.
 *
 * @param format that --format names; none where it is not given.
 * @throws UsageError
 */
export function assertOneFormat(format: unknown, asked: Asked | undefined): void {
  if (asked?.asJson !== true || format === undefined || format === "json") return;
  const reason = `${shown(format)} and --json can't both be printed.`;
  throw new UsageError([{ path: "--format", reason, fix: "Give one of them." }]);
}
