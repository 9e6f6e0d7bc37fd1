import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation";
import type { ResourceChange } from "../planning/stack/resourceChange";
import { plainProperties } from "./engineValues";

export type { ResourceChange };

/** Something that Pulumi, a plugin or the program said. */
export interface Diagnostic {
  readonly severity: "info" | "warning" | "error";
  readonly message: string;
  /** The resource that it is about. */
  readonly urn?: string;
}

/** What happens while a stack is previewed or brought up. */
export type StackEvent =
  | {
      readonly kind: "resource";
      /** Whether it would happen, in a preview, and does not happen. */
      readonly isPlanned: boolean;
      /** Stopped where it ended unfinished once somebody had asked the operation to end. */
      readonly state: "started" | "done" | "failed" | "stopped";
      readonly change: ResourceChange;
    }
  | { readonly kind: "diagnostic"; readonly diagnostic: Diagnostic };

/** What a preview says, or what an update did. */
export interface StackResult {
  /** Resources that are not the same, in the order in which they began. A replacement is one entry. */
  readonly changes: readonly ResourceChange[];
  /** How many resources of each operation, unchanged ones (`same`) included. */
  readonly counts: Readonly<Partial<Record<OpType, number>>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads engine events as they come. */
export interface EventReader {
  readonly read: (event: EngineEvent) => void;
  readonly result: () => StackResult;
}

/** Operations that change nothing outside. */
const QUIET = new Set<string>(["same", "read", "refresh", "read-discard", "discard-replaced"]);

/** The parts of a replacement, of which Pulumi tells one by one. */
const PARTS_OF_REPLACE = new Set<OpType>(["create-replacement", "delete-replaced", "import-replacement"]);

/**
 * Makes a reader of engine events that hands on what people want to know.
 *
 * @param operation.isPlanned whether they are of a preview.
 * @param operation.signal is aborted when the operation is asked to end.
 */
export function eventReader(
  onEvent: (event: StackEvent) => void,
  { isPlanned, signal }: { readonly isPlanned: boolean; readonly signal: AbortSignal },
): EventReader {
  const changes = new Map<string, ResourceChange>();
  const diagnostics: Diagnostic[] = [];
  let counts: Partial<Record<OpType, number>> = {};

  // A refresh ends in the name of what it found: `update` for what has drifted, `delete` for what is gone. It changes
  // the state alone; what is done about it comes as a step of its own.
  const refreshing = new Set<string>();

  const step = (state: "started" | "done" | "failed" | "stopped", metadata: StepEventMetadata) => {
    const { op, urn } = metadata;
    if (state === "started" && op === "refresh") refreshing.add(urn);
    else if (refreshing.delete(urn)) return;
    if (QUIET.has(op)) return;
    const change = changeOf(metadata);
    changes.set(change.urn, together(changes.get(change.urn), change));
    onEvent({ kind: "resource", isPlanned, state, change });
  };

  return {
    read: ({ resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent }) => {
      if (resourcePreEvent !== undefined) step("started", resourcePreEvent.metadata);
      if (resOutputsEvent !== undefined) step("done", resOutputsEvent.metadata);
      if (resOpFailedEvent !== undefined)
        step(signal.aborted ? "stopped" : "failed", resOpFailedEvent.metadata);
      if (summaryEvent !== undefined) counts = summaryEvent.resourceChanges;
      if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true) {
        const { severity, urn } = diagnosticEvent;
        // What Pulumi tells of itself has no type, and is for nobody else: it names every value that passes by.
        if ((severity as string) === "debug") return;
        const message = withoutColour(diagnosticEvent.message).trim();
        if (message === "") return;
        const diagnostic: Diagnostic = {
          severity: severity === "info#err" ? "info" : severity,
          message,
          ...(urn !== undefined && urn !== "" && { urn }),
        };
        diagnostics.push(diagnostic);
        onEvent({ kind: "diagnostic", diagnostic });
      }
    },
    result: () => ({ changes: [...changes.values()], counts, diagnostics }),
  };
}

/**
 * What several steps of one resource come to: what is taken over (`import`) may be updated in the same run, and of a
 * replacement one step carries the properties.
 */
function together(known: ResourceChange | undefined, change: ResourceChange): ResourceChange {
  if (known === undefined) return change;
  const properties = new Set([...known.changedProperties, ...change.changedProperties]);
  // The first that says how it was, the last that says how it is.
  return {
    ...change,
    ...known,
    ...(change.after && { after: change.after }),
    changedProperties: [...properties].sort(),
  };
}

function changeOf(metadata: StepEventMetadata): ResourceChange {
  const { op, urn, type, detailedDiff, diffs, keys } = metadata;
  // Plugins tell of differences in up to three ways, the most exact of which is wanted. Absent ones may be null.
  const detailed = Object.keys(detailedDiff ?? {});
  const [changed = []] = [detailed, diffs ?? [], keys ?? []].filter((paths) => paths.length > 0);
  return {
    operation: PARTS_OF_REPLACE.has(op) ? "replace" : op,
    urn,
    type,
    name: urn.split("::").at(-1) ?? urn,
    changedProperties: [...changed].sort(),
    // Absent ones may be null here too.
    ...(metadata.old && { before: plainProperties(metadata.old.inputs) }),
    ...(metadata.new && { after: plainProperties(metadata.new.inputs) }),
    ...((metadata.old ?? metadata.new)?.protect === true && { isProtected: true }),
    isBookkeeping: type.startsWith("pulumi:") || (metadata.new ?? metadata.old)?.custom !== true,
  };
}

/** Messages carry marks such as <{%reset%}> where a terminal would change its colour. */
function withoutColour(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}
