import type { ResourceState } from "./resourceState";
import type { Urn } from "./urn";
import type { DetailedDiff } from "./valueDiff";

/** What is done with a resource; the names of Pulumi. */
export type Operation =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "read"
  | "read-replacement"
  | "discard"
  | "discard-replaced"
  | "refresh"
  | "import"
  | "import-replacement"
  | "remove-pending-replace";

/** One thing to do with one resource. */
export interface Step {
  readonly op: Operation;
  readonly urn: Urn;
  readonly type: string;
  /** `URN::ID` of the provider that does it; empty for components and providers. */
  readonly provider: string;
  /** Before; what is taken over was not there before, and is shown as it was found. */
  old?: ResourceState | undefined;
  /** After; filled in while it is done. */
  new?: ResourceState | undefined;
  /** What makes a replacement necessary. */
  readonly keys?: readonly string[] | undefined;
  /** What differs. */
  readonly diffs?: readonly string[] | undefined;
  detailedDiff?: DetailedDiff | undefined;
  /** Whether it is what people asked for, rather than a part of it: replacing is, the deleting in it isn't. */
  readonly logical: boolean;
}

/** The state that a step is about: the new one, or the old one where there is no new one. */
export function stateOf(step: Step): ResourceState {
  const state = step.new ?? step.old;
  if (state === undefined) throw new Error(`a step without a resource: ${step.op} ${step.urn}`);
  return state;
}
