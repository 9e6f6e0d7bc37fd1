import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { CliRun } from "./pulumiCli";

/** What of a run must be the same whichever engine it was. */
export interface Outcome {
  readonly exitCode: number;
  /** Each as `update URN: properties`, sorted: independent steps have no order. */
  readonly steps: readonly string[];
  /** Steps that failed, in the same words. */
  readonly failed: readonly string[];
  /** What people were warned of, in its words. */
  readonly warnings?: readonly string[];
  /**
   * How many of each operation the summary counts; none where a run ended before. Of one that fails without what stays,
   * for it is chance how much of that it came to see.
   */
  readonly summary: Readonly<Record<string, number>>;
}

/** Steps that nobody sees: what stays, and what is only read. */
const SILENT = new Set(["same", "read", "refresh"]);

/** Pulumi's warning that a plugin is found on PATH, where its own folder has none. */
const WHICH_PLUGIN = /^using pulumi-resource-\S+ from \$PATH at /;

/** What a run came to, without what a cloud or a clock makes up. */
export function outcomeOf({ exitCode, events }: CliRun): Outcome {
  const warnings = events.flatMap(({ diagnosticEvent: said }) =>
    said?.severity === "warning" && !WHICH_PLUGIN.test(said.message) ? [said.message] : [],
  );
  const told = (event: EngineEvent) => event.resOutputsEvent?.metadata ?? [];
  const summary = events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {};
  return {
    exitCode,
    steps: inWords(events.flatMap(told)),
    failed: inWords(events.flatMap(({ resOpFailedEvent }) => resOpFailedEvent?.metadata ?? [])),
    ...(warnings.length > 0 && { warnings }),
    summary: exitCode === 0 ? summary : changesOf(summary),
  };
}

function changesOf(summary: Outcome["summary"]): Outcome["summary"] {
  return Object.fromEntries(Object.entries(summary).filter(([op]) => !SILENT.has(op)));
}

function inWords(steps: readonly StepEventMetadata[]): string[] {
  return steps
    .filter(({ op }) => !SILENT.has(op))
    .map((step) => withoutIds(stepInWords(step)))
    .sort();
}

function stepInWords({ op, urn, keys = [], detailedDiff }: StepEventMetadata): string {
  const changed = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => `${path} ${diffKind}`);
  const why = [...keys.map((key) => `replaced by ${key}`), ...changed].sort();
  return [`${op} ${urn}`, why.join(", ")].filter((part) => part !== "").join(": ");
}

/** A text without the ids that AWS and Kubernetes make up. */
export function withoutIds(text: string): string {
  return text
    .replace(/\b(vpc|subnet|sg|rtb|rtbassoc|lt|i|eni|nat|eipalloc|vpc-cidr-assoc)-[0-9a-f]{8,17}\b/g, "$1-ID")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UUID")
    .replace(/https?:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:PORT");
}
