import type { Finding, FindingLevel, NotSeen } from "./finding";
import { isNotSeen } from "./finding";
import type { Picture } from "./picture";

/** The parts of a picture that a check looks at, all of them seen. */
export type Seen<K extends keyof Picture> = { readonly [P in K]: Exclude<Picture[P], NotSeen> };

/** A finding as a check makes it; whose it is, is known already. */
export type Found = Omit<Finding, "id" | "level"> & {
  /** @default the check's */
  readonly level?: FindingLevel;
};

/** One thing that preflight looks for. */
export interface Check {
  /** Of its findings, and for good: people accept findings by it. */
  readonly id: string;
  /** What it is about, in one line. */
  readonly about: string;
  /** The parts of the picture that it needs. */
  readonly looksAt: readonly (keyof Picture)[];
  /** @returns what it found; or why it could not look. */
  readonly run: (picture: Picture) => readonly Finding[] | NotSeen;
}

/** Makes a check of a function over those parts of the picture that it needs; it may say what it still did not see. */
export function check<K extends keyof Picture>(
  { id, level, about, looksAt }: { id: string; level: FindingLevel; about: string; looksAt: readonly K[] },
  look: (seen: Seen<K>) => readonly Found[] | NotSeen,
): Check {
  return {
    id,
    about,
    looksAt,
    run: (picture) => {
      const unseen = looksAt.map((part): unknown => picture[part]).find(isNotSeen);
      if (unseen !== undefined) return unseen;
      // None of the parts is unseen, which the type of a picture cannot say.
      const result = look(picture as unknown as Seen<K>);
      return isNotSeen(result) ? result : result.map((found) => ({ level, ...found, id }));
    },
  };
}
