import { GraphqlResponseError } from "@octokit/graphql";
import { RequestError } from "@octokit/request-error";

/** GitHub refused, or did not answer. */
export class GithubError extends Error {
  override readonly name = "GithubError";

  constructor(
    message: string,
    readonly fix: string,
    /** Whether the token may not write here, as in a job that a fork's pull request sets off. */
    readonly mayNotWrite: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** GitHub's own advice for a limit that does not say for how long: a minute at the least. */
const UNTOLD_LIMIT_MS = 60_000;

/**
 * When the same may be asked again; none where that would not help.
 *
 * By https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api ("Exceeding the rate limit"): first
 * retry-after, then the time at which the limit is over, else a minute and longer each time.
 *
 * @param attempt how often it was asked, from 1.
 * @param nowMs milliseconds since 1970.
 */
export function waitBefore(error: unknown, attempt: number, nowMs: number): Wait | undefined {
  const refusal = refusalIn(error);
  if (refusal === undefined) return undefined;
  const { status, headers, message } = refusal;
  const isLimited =
    status === 429 ||
    (status === 403 &&
      (headers["retry-after"] !== undefined ||
        headers["x-ratelimit-remaining"] === "0" ||
        /secondary rate limit/i.test(message)));
  if (!isLimited) {
    const passes = status === 0 || status >= 500;
    return passes ? { waitMs: 1_000 * 2 ** (attempt - 1), isLimit: false } : undefined;
  }
  return { waitMs: limitLeftMs(headers, attempt, nowMs), isLimit: true };
}

/** A time to wait, and whether it is because too much was asked. */
export interface Wait {
  readonly waitMs: number;
  readonly isLimit: boolean;
}

function limitLeftMs(headers: Refusal["headers"], attempt: number, nowMs: number): number {
  const retryAfter = Number(headers["retry-after"] ?? NaN);
  if (Number.isFinite(retryAfter)) return retryAfter * 1_000;
  if (headers["x-ratelimit-remaining"] === "0") {
    const resetMs = Number(headers["x-ratelimit-reset"]) * 1_000;
    if (Number.isFinite(resetMs)) return Math.max(1_000, resetMs - nowMs + 1_000);
  }
  return UNTOLD_LIMIT_MS * 2 ** (attempt - 1);
}

/** What GitHub answered in the place of what was asked for. */
interface Refusal {
  /** Of HTTP; 0 where there was no answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly message: string;
}

function refusalIn(error: unknown): Refusal | undefined {
  if (error instanceof RequestError) {
    const { status, message, response } = error;
    return { status: response === undefined ? 0 : status, headers: response?.headers ?? {}, message };
  }
  // GraphQL answers 200 also where it refuses.
  if (error instanceof GraphqlResponseError) {
    const isLimited = error.errors?.some(({ type }) => type === "RATE_LIMITED") === true;
    return { status: isLimited ? 429 : 200, headers: error.headers, message: error.message };
  }
  return undefined;
}

/** What GitHub answered, as an error with a way out. */
export function githubError(what: string, error: unknown): unknown {
  const refusal = refusalIn(error);
  if (refusal === undefined) return error;
  const { status, message } = refusal;
  const said = status === 0 ? `GitHub can't be reached: ${message}` : `${status} ${message}`;
  // A private repository is not found by those who may not see it.
  const mayNotWrite = status === 403 || status === 404;
  return new GithubError(`${what}: ${said}`, fixOf(status), mayNotWrite, { cause: error });
}

/** A limit that is not waited for. */
export function limitError(what: string, error: unknown, { waitMs }: Wait): GithubError {
  const said = error instanceof Error ? error.message : String(error);
  const minutes = Math.ceil(waitMs / 60_000);
  const fix = `Try again in ${minutes} min; others may use the same token too often.`;
  return new GithubError(`${what}: ${said}`, fix, false, { cause: error });
}

function fixOf(status: number): string {
  if (status === 401) return "Give a token that is valid, in GITHUB_TOKEN.";
  if (status === 403 || status === 404) {
    return "Give the job the permission pull-requests: write; a fork's pull request never has it. Check the repository's name.";
  }
  if (status === 422) return "The comment was not taken; see what GitHub says of it.";
  return "Try again later; https://www.githubstatus.com tells what is wrong there.";
}
