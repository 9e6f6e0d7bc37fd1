/** Whether a finding stops the migration, or is to be known. */
export type FindingLevel = "stop" | "warn";

/** Something that would go wrong, or that people should know, before anything is changed. */
export interface Finding {
  /** Names its kind for good, so that an environment can accept it: `PDB-NEVER`. */
  readonly id: string;
  readonly level: FindingLevel;
  /** Who and what, in one line, by names that can be pasted into kubectl or aws. */
  readonly title: string;
  /** What was seen, a line each. */
  readonly evidence: readonly string[];
  /** What to do about it. */
  readonly wayOut: string;
}

/** A part of the picture that could not be looked at. */
export interface NotSeen {
  readonly notSeen: string;
}

/** Whether a part of the picture could not be looked at. */
export function isNotSeen(part: unknown): part is NotSeen {
  return typeof part === "object" && part !== null && "notSeen" in part;
}
