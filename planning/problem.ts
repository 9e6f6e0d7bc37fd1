import { withoutUrlCredentials } from "./urlCredentials";

/**
 * What is wrong with an input, and the way out of it.
 *
 * Every check of this project collects problems and goes on, so that a person sees all of them at once.
 */
export interface Problem {
  /** Where the value stands, as in `zones[2].prefixLength`, or the name of a flag. */
  readonly path: string;
  /** What was given and what it conflicts with. */
  readonly reason: string;
  /** What to do about it. */
  readonly fix: string;
}

/** A value as it stands in a message: in quotes where it is a text, never long, and without passwords of URLs. */
export function shown(value: unknown): string {
  if (typeof value === "number") return String(value);
  const written = JSON.stringify(value) as string | undefined;
  const text = withoutUrlCredentials(written ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** An input that can't be used, with everything that is wrong with it. */
export class InvalidInputError extends Error {
  override readonly name = "InvalidInputError";

  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(({ path, reason, fix }) => `${path}: ${reason} ${fix}`).join("\n"));
  }
}

/**
 * Ends a check: nothing happens without problems.
 *
 * @throws InvalidInputError with all of them.
 */
export function throwIfAny(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new InvalidInputError(problems);
}
