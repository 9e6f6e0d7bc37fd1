import {
  isFailedPreview,
  isPreviewed,
  type EnvironmentPreview,
  type PreviewOutcome,
} from "../planning/preview/environmentPreview";
import { addressesInWords, podsPerNodeInWords, rotationInWords } from "../planning/preview/figures";
import type { Concern } from "../planning/preview/concern";
import { verdict } from "../planning/preview/verdict";
import { describeChanges } from "./changesText";

/** Budgets that are shown; the others are counted. */
const SHOWN_WAITS = 5;

/** Previews as people read them: the answer of all first where there are several, then each. */
export function describePreviews(outcomes: readonly PreviewOutcome[]): string {
  const [only, ...others] = outcomes;
  if (only !== undefined && others.length === 0 && isPreviewed(only)) return describePreview(only);
  return [
    `Pod network: ${verdict(outcomes)}.`,
    ...outcomes.map((one) => (isFailedPreview(one) ? describeFailure(one) : describePreview(one))),
  ].join("\n\n");
}

/** One preview: what Pulumi would do, what it means, and what to look at. */
function describePreview(preview: EnvironmentPreview): string {
  const { environment, region, stack, changes, warnings, notSeen } = preview;
  return [
    describeChanges({ name: environment, region, stack }, "would change", changes),
    meaning(preview),
    ...paragraph("Look at", preview.lookAt.flatMap(describeConcern)),
    ...paragraph("Pulumi warns", warnings),
    ...paragraph("Not seen", notSeen),
  ].join("\n\n");
}

function describeFailure({ environment, error }: Exclude<PreviewOutcome, EnvironmentPreview>): string {
  const { message, fix } = error;
  return `${environment}: could not be previewed: ${message}${fix === undefined ? "" : `\n  -> ${fix}`}`;
}

function meaning(preview: EnvironmentPreview): string {
  const waits = (preview.rotation?.waitsFor ?? []).map(
    ({ budget, atOnce, pods }) => `${budget} (${pods} pods, ${atOnce} at a time)`,
  );
  const rows = [
    ["Addresses for pods", addressesInWords(preview)],
    ["Pods per node", podsPerNodeInWords(preview)],
    ["Nodes to rotate", rotationInWords(preview)],
    ...waits.slice(0, SHOWN_WAITS).map((wait, index) => [index === 0 ? "Waits for" : "", wait]),
    ...(waits.length > SHOWN_WAITS ? [["", `and ${waits.length - SHOWN_WAITS} more`]] : []),
  ];
  return rows.map(([title = "", value = ""]) => `${title.padEnd(20)}${value}`).join("\n");
}

function paragraph(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n")];
}

function describeConcern({ line, danger, evidence, wayOut }: Concern): string[] {
  const allowed = danger === undefined ? "" : ` (${danger.id}, ${danger.resource})`;
  return [
    `${line}${allowed}`,
    ...evidence.map((text) => `  ${text}`),
    ...(wayOut === undefined ? [] : [`  -> ${wayOut}`]),
  ];
}
