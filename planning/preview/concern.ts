import type { Danger } from "../guard/danger";

/** Something that a reviewer should look at. */
export interface Concern {
  /** In one line. */
  readonly line: string;
  /** Set where the guard of `podnet up` would refuse it: by this id it is allowed, for this resource. */
  readonly danger?: Pick<Danger, "id" | "resource">;
  /** What was seen and what follows, a line each. */
  readonly evidence: readonly string[];
  /** What to do about it; none where it goes without saying. */
  readonly wayOut?: string;
}
