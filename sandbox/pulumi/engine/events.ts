import type { PropertyMap } from "./propertyValues";
import { blinding, sealed } from "./secrets";
import type { ResourceState } from "./resourceState";
import type { Operation, Step } from "./step";
import type { DetailedDiff } from "./valueDiff";

/** What happens, in the shape in which Pulumi's Automation API reads it. Exactly one of the events is there. */
export interface EngineEvent {
  readonly sequence: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly cancelEvent?: Record<string, never>;
  readonly stdoutEvent?: { readonly message: string; readonly color: string };
  readonly diagnosticEvent?: DiagnosticEvent;
  readonly preludeEvent?: { readonly config: Readonly<Record<string, string>> };
  readonly summaryEvent?: SummaryEvent;
  readonly resourcePreEvent?: StepEvent;
  readonly resOutputsEvent?: StepEvent;
  readonly resOpFailedEvent?: {
    readonly metadata: StepMetadata;
    readonly status: number;
    readonly steps: number;
  };
}

export type Severity = "debug" | "info" | "info#err" | "warning" | "error";

export interface DiagnosticEvent {
  readonly urn?: string;
  readonly prefix?: string;
  readonly message: string;
  readonly color: string;
  readonly severity: Severity;
  readonly streamID?: number;
  readonly ephemeral?: boolean;
}

export interface SummaryEvent {
  readonly maybeCorrupt: boolean;
  readonly durationSeconds: number;
  readonly resourceChanges: Readonly<Record<string, number>>;
  readonly PolicyPacks: Readonly<Record<string, string>>;
  readonly isPreview: boolean;
  readonly result: "succeeded" | "failed";
}

export interface StepEvent {
  readonly metadata: StepMetadata;
  readonly planning?: boolean;
}

export interface StepMetadata {
  readonly op: Operation;
  readonly urn: string;
  readonly type: string;
  readonly old: StateMetadata | null;
  readonly new: StateMetadata | null;
  readonly keys?: readonly string[];
  readonly diffs?: readonly string[];
  readonly detailedDiff: DetailedDiff | null;
  readonly logical?: boolean;
  readonly provider: string;
}

export interface StateMetadata {
  readonly type: string;
  readonly urn: string;
  readonly custom?: boolean;
  readonly delete?: boolean;
  readonly id: string;
  readonly parent: string;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly retainOnDelete?: boolean;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
  readonly provider: string;
  readonly initErrors?: readonly string[];
}

/** What events say of a step. Secrets can't be read in it. */
export function stepMetadata(step: Step, op: Operation = step.op): StepMetadata {
  return {
    op,
    urn: step.urn,
    type: step.type,
    old: step.old === undefined ? null : stateMetadata(step.old),
    new: step.new === undefined ? null : stateMetadata(step.new),
    ...(step.keys !== undefined && step.keys.length > 0 && { keys: step.keys }),
    ...(step.diffs !== undefined && step.diffs.length > 0 && { diffs: step.diffs }),
    detailedDiff: step.detailedDiff ?? null,
    ...(step.logical && { logical: true }),
    provider: step.provider,
  };
}

function stateMetadata(state: ResourceState): StateMetadata {
  return {
    type: state.type,
    urn: state.urn,
    ...(state.custom && { custom: true }),
    ...(state.delete && { delete: true }),
    id: state.id,
    parent: state.parent ?? "",
    ...(state.protect && { protect: true }),
    ...(state.external && { external: true }),
    ...(state.retainOnDelete && { retainOnDelete: true }),
    inputs: sealed(state.inputs, blinding),
    outputs: sealed(state.outputs, blinding),
    provider: state.provider,
    ...(state.initErrors.length > 0 && { initErrors: state.initErrors }),
  };
}
