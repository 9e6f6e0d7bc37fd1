import { isObject } from "../planning/isObject";

/** Why podnet has no answer. */
export interface ToldError {
  readonly message: string;
  readonly fix?: string;
}

/**
 * Why a process of podnet that was asked with --json has no answer: its message, or all problems of what it was given.
 *
 * @param document that it printed; none where it ended before it could.
 */
export function errorIn(document: unknown): ToldError {
  const error = isObject(document) && isObject(document.error) ? document.error : {};
  const { message, fix, problems } = error as Partial<ToldError> & {
    readonly problems?: readonly { readonly path: string; readonly reason: string }[];
  };
  const told = problems?.map(({ path, reason }) => `${path}: ${reason}`).join(" ");
  return {
    message: message ?? told ?? "podnet ended without an answer",
    ...(fix !== undefined && { fix }),
  };
}
