import type { Finding } from "../planning/preflight/finding";
import type { Preflight } from "../planning/preflight/preflight";

/** What a preflight found, as people read it: the verdict, then each finding with its evidence and its way out. */
export function describePreflight(
  subject: string,
  { findings, accepted, passed, notRun, acceptedInVain }: Preflight,
): string {
  const stops = findings.filter(({ level }) => level === "stop").length;
  const verdict = `${stops} stop, ${findings.length - stops} warn, ${passed.length} ok`;
  const width = Math.max(0, ...findings.map(({ id }) => id.length));
  return [
    `${subject}  ${verdict}`,
    ...(findings.length === 0
      ? []
      : [findings.map((finding) => describeFinding(finding, width)).join("\n\n")]),
    [
      ...(notRun.length === 0
        ? ["Not run: nothing."]
        : ["Not run:", ...notRun.map(({ id, why }) => `  ${id}: not seen: ${why}`)]),
      ...(accepted.length === 0
        ? []
        : [`Accepted earlier: ${[...new Set(accepted.map(({ id }) => id))].join(", ")}.`]),
      ...(acceptedInVain.length === 0
        ? []
        : [`Accepted, and not found any more: ${acceptedInVain.join(", ")}.`]),
    ].join("\n"),
  ].join("\n\n");
}

function describeFinding({ id, level, title, evidence, wayOut }: Finding, width: number): string {
  const margin = " ".repeat("STOP  ".length + width + 2);
  const head = `${level === "stop" ? "STOP" : "warn"}  ${id.padEnd(width)}  ${title}`;
  return [head, ...evidence.map((line) => `${margin}${line}`), `${margin}-> ${wayOut}`].join("\n");
}
