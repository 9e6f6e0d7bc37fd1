import type { Concern } from "../../planning/preview/concern";
import {
  isFailedPreview,
  isPreviewed,
  type EnvironmentPreview,
  type FailedPreview,
  type PreviewOutcome,
} from "../../planning/preview/environmentPreview";
import {
  addressesInWords,
  podsPerNodeInWords,
  resourcesInWords,
  rotationInWords,
} from "../../planning/preview/figures";
import { changedPaths } from "../../planning/preview/propertyDiffs";
import { verdict } from "../../planning/preview/verdict";
import { shortType } from "../../planning/stack/shortType";
import { fit, type Section } from "./fit";
import { code, fenceFor, rawLine, sentence } from "./markdownText";
import { rawDiff } from "./rawDiff";

/** Room for the line that says what was cut. */
const ROOM_FOR_NOTE = 1_000;
/** Environments that have a row; the others are counted. */
const SHOWN_ROWS = 60;
/** Lines in a cell, properties of a resource, and sections named in a note; the others are counted. */
const SHOWN_LINES = 3;
const SHOWN_PROPERTIES = 6;
const SHOWN_CUTS = 5;
/** Characters of a line in the details. */
const LONGEST_LINE = 2_000;

/**
 * Previews of environments as a comment in GitHub's Markdown: the verdict first, a row for each environment, then the
 * details, folded, and the raw diffs last. What does not fit is left out from the end, and said.
 *
 * Every name that somebody else chose is escaped: of it comes no markup, no mention and no link.
 *
 * @param longest how many characters it may have.
 */
export function previewMarkdown(outcomes: readonly PreviewOutcome[], longest: number): string {
  const head = [
    `### Pod network: ${verdict(outcomes, code)}`,
    "",
    "| environment | resources | addresses for pods | pods per node | nodes to rotate | look at |",
    "| --- | --- | --- | --- | --- | --- |",
    "",
  ].join("\n");
  // Those that need a look first, as they must not be what is cut.
  const inOrder = [...outcomes].sort((a, b) => weight(b) - weight(a));
  const shown = new Set(inOrder.slice(0, SHOWN_ROWS));
  const sections: Section[] = [
    {
      what: "the table",
      open: "",
      lines: outcomes.filter((outcome) => shown.has(outcome)).map(row),
      close: "\n",
    },
    ...inOrder.flatMap(details),
    ...inOrder.filter(isPreviewed).flatMap(diffSection),
  ];
  const { text, cut } = fit(sections, longest - head.length - ROOM_FOR_NOTE);
  const left = [
    ...(outcomes.length > SHOWN_ROWS ? [`${outcomes.length - SHOWN_ROWS} rows of the table`] : []),
    ...cut,
  ];
  return `${head}${text}${noteOf(left, outcomes)}`;
}

function weight(outcome: PreviewOutcome): number {
  if (isFailedPreview(outcome)) return 2;
  if (outcome.lookAt.length > 0) return 3;
  return outcome.changes.length > 0 ? 1 : 0;
}

function noteOf(cut: readonly string[], outcomes: readonly PreviewOutcome[]): string {
  if (cut.length === 0) return "";
  const [first] = outcomes;
  const shown = cut.slice(0, SHOWN_CUTS).map((what) => sentence(what).slice(0, 120));
  const rest = cut.length - SHOWN_CUTS;
  const all = [...shown, ...(rest > 0 ? [`${rest} more parts`] : [])].join(", ");
  const command = `podnet preview ${outcomes.length === 1 && first !== undefined ? first.environment : "--all"}`;
  return `\n**Left out, for a comment has no more room:** ${all}. ${code(command)} prints everything.\n`;
}

function row(outcome: PreviewOutcome): string {
  const cells = isFailedPreview(outcome)
    ? ["not previewed", "", "", "", sentence(outcome.error.message)]
    : [
        resourcesInWords(outcome),
        addressesInWords(outcome),
        sentence(podsPerNodeInWords(outcome)),
        rotationInWords(outcome),
        someLines(outcome.lookAt.map(({ line }) => line)),
      ];
  return `| ${[code(outcome.environment), ...cells].join(" | ")} |`;
}

function someLines(lines: readonly string[]): string {
  const rest = lines.length - SHOWN_LINES;
  return [
    ...lines.slice(0, SHOWN_LINES).map((line) => sentence(line)),
    ...(rest > 0 ? [`and ${rest} more`] : []),
  ].join("<br>");
}

function folded(title: string, what: string, lines: readonly string[]): Section {
  return {
    what,
    open: `\n<details>\n<summary>${title}</summary>\n\n`,
    lines,
    close: "\n\n</details>\n",
  };
}

function details(outcome: PreviewOutcome): Section[] {
  const { environment } = outcome;
  // In a line of HTML, which knows no backticks.
  const name = htmlCode(environment);
  if (isFailedPreview(outcome)) {
    return [folded(`${name}: why it could not be previewed`, `why ${environment} failed`, failure(outcome))];
  }
  const { notSeen, warnings } = outcome;
  const lines = [
    ...bullets("Look at", outcome.lookAt.map(concernInWords)),
    ...bullets("Not seen", notSeen),
    ...bullets("Pulumi warns", warnings),
    ...bullets("What it means", meaning(outcome)),
    ...resourceTable(outcome),
  ];
  return lines.length === 0
    ? []
    : [folded(`${name}: what changes and what it means`, `the details of ${environment}`, lines)];
}

function htmlCode(name: string): string {
  const shown = code(name);
  return shown.startsWith("`") ? `<code>${shown.slice(1, -1)}</code>` : shown;
}

function failure({ error: { message, fix } }: FailedPreview): string[] {
  return [sentence(message), ...(fix === undefined ? [] : ["", sentence(fix)])];
}

function concernInWords({ line, danger, evidence, wayOut }: Concern): string {
  const allowed = danger === undefined ? "" : ` (${danger.id}, ${danger.resource})`;
  const way = wayOut === undefined ? [] : [`Way out: ${wayOut}`];
  return [`${line}${allowed}.`, ...evidence, ...way].join(" ");
}

function bullets(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? []
    : [`**${title}**`, "", ...lines.map((line) => `* ${sentence(line, LONGEST_LINE)}`), ""];
}

/** What the figures of the table come from. */
function meaning(preview: EnvironmentPreview): string[] {
  const { changes, cluster, rotation } = preview;
  if (changes.length === 0 && (rotation?.oldNodes ?? 0) === 0) return [];
  return [
    `Cluster ${cluster} in ${preview.region}, stack ${preview.stack}`,
    `Addresses for pods: ${addressesInWords(preview)}`,
    `Pods per node: ${podsPerNodeInWords(preview)}`,
    `Nodes to rotate: ${rotationInWords(preview)}`,
    ...(rotation?.waitsFor ?? []).map(
      ({ budget, atOnce, pods }) => `Waits for ${budget}: ${pods} pods, ${atOnce} at a time`,
    ),
  ];
}

function resourceTable({ changes }: EnvironmentPreview): string[] {
  if (changes.length === 0) return [];
  return [
    "| operation | type | name | properties |",
    "| --- | --- | --- | --- |",
    ...changes.map((change) => {
      const { operation, type, name } = change;
      const properties = somePaths(changedPaths(change));
      return `| ${[sentence(operation), sentence(shortType(type)), code(name), properties].join(" | ")} |`;
    }),
  ];
}

function somePaths(paths: readonly string[]): string {
  const rest = paths.length - SHOWN_PROPERTIES;
  const shown = paths.slice(0, SHOWN_PROPERTIES).map((path) => code(path));
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(", ");
}

function diffSection(preview: EnvironmentPreview): Section[] {
  const { environment } = preview;
  const lines = rawDiff(preview).map(rawLine);
  if (lines.length === 0) return [];
  const fence = fenceFor(lines);
  const section = folded(`${htmlCode(environment)}: the raw diff`, `the diff of ${environment}`, lines);
  return [{ ...section, open: `${section.open}${fence}diff\n`, close: `\n${fence}${section.close}` }];
}
