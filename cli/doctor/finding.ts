/** What podnet may be used for, each with needs of its own. */
export const USES = ["sandbox", "clusters"] as const;

/** The sandbox on this computer, or clusters in an AWS. */
export type Use = (typeof USES)[number];

/** Something that was looked for. */
export interface Finding {
  readonly what: string;
  /** `missing` is needed and not there; `note` is not needed, or is there at the first use. */
  readonly state: "ok" | "missing" | "note";
  /** What was found, as people read it: where, which version, real or stand-in. */
  readonly found: string;
  /** What a person can do; of what is missing alone. */
  readonly fix?: string;
}
