import type { AcceptedFinding } from "../automation/environments";
import type { Finding } from "../planning/preflight/finding";
import type { Preflight } from "../planning/preflight/preflight";
import { TEXT_COLUMNS, wordsOfAdvice, wrapped } from "./wrapped";

/** What a preflight was about. */
export interface PreflightSubject {
  /** Of the environment, or of the cluster where there is none. */
  readonly name: string;
  readonly cluster: string;
  readonly region: string;
  /** The VPC and its blocks, where they were seen: `vpc-0c1d (10.8.0.0/16)`. */
  readonly vpc: string | undefined;
  readonly podCidrs: readonly string[];
  /** @default nothing */
  readonly accepted?: readonly AcceptedFinding[] | undefined;
}

/**
 * What a preflight found, as people read it: the verdict, then each finding with its evidence and its way out.
 *
 * @param columns how wide lines may be, but for names and commands, which stay in one piece.
 */
export function describePreflight(
  subject: PreflightSubject,
  { findings, accepted, passed, notRun, acceptedInVain }: Preflight,
  columns = TEXT_COLUMNS,
): string {
  const stops = findings.filter(({ level }) => level === "stop").length;
  const verdict = `${stops} stop, ${findings.length - stops} warn, ${passed.length} ok`;
  const width = Math.max(0, ...findings.map(({ id }) => id.length));
  const withPlace = (ids: readonly string[]) =>
    [...new Set(ids)].map((id) => inPlace(id, subject.accepted ?? [])).join(", ");
  return [
    inParts([...heading(subject), verdict], columns),
    ...(findings.length === 0
      ? []
      : [findings.map((finding) => describeFinding(finding, width, columns)).join("\n\n")]),
    [
      ...(notRun.length === 0
        ? ["Not run: nothing."]
        : ["Not run:", ...notSeenTogether(notRun).map(({ ids, why }) => `  ${ids}: not seen: ${why}`)]),
      ...(accepted.length === 0 ? [] : [`Accepted earlier: ${withPlace(accepted.map(({ id }) => id))}.`]),
      ...(acceptedInVain.length === 0
        ? []
        : [`Accepted, and not found any more: ${withPlace(acceptedInVain)}.`]),
      `Exit ${stops === 0 ? 0 : 1}.`,
    ]
      .map((line) => wrapped(line, columns, line.startsWith(" ") ? "    " : "  ", wordsOfAdvice))
      .join("\n"),
  ].join("\n\n");
}

function heading({ name, cluster, region, vpc, podCidrs }: PreflightSubject): string[] {
  return [
    ...(name === cluster ? [] : [name]),
    `eks/${cluster}`,
    region,
    ...(vpc === undefined ? [] : [`VPC ${vpc}`]),
    `pods in ${podCidrs.join(", ")}`,
  ];
}

/** Parts of a line, each of them whole, with those below for which it has no room. */
function inParts(parts: readonly string[], columns: number): string {
  return parts.reduce((text, part) => {
    const line = text.slice(text.lastIndexOf("\n") + 1);
    return `${text}${line.length + 2 + part.length <= columns ? "  " : "\n      "}${part}`;
  });
}

/** An accepted id, with the place where that is written. */
function inPlace(id: string, accepted: readonly AcceptedFinding[]): string {
  const place = accepted.find((one) => one.id === id)?.where;
  return place === undefined ? id : `${id} (${place})`;
}

/** Checks that could not look for the same reason, in one line. */
function notSeenTogether(notRun: Preflight["notRun"]): { readonly ids: string; readonly why: string }[] {
  const reasons = [...new Set(notRun.map(({ why }) => why))];
  return reasons.map((why) => ({
    why,
    ids: notRun
      .filter((one) => one.why === why)
      .map(({ id }) => id)
      .join(", "),
  }));
}

function describeFinding(
  { id, level, title, evidence, wayOut }: Finding,
  width: number,
  columns: number,
): string {
  const margin = " ".repeat("STOP  ".length + width + 2);
  const line = (text: string, indent: string) => wrapped(text, columns, indent, wordsOfAdvice);
  return [
    line(`${level === "stop" ? "STOP" : "warn"}  ${id.padEnd(width)}  ${title}`, margin),
    ...evidence.map((text) => line(`${margin}${text}`, margin)),
    line(`${margin}-> ${wayOut}`, `${margin}   `),
  ].join("\n");
}
