import { RequestError } from "@octokit/request-error";
import { Octokit } from "@octokit/rest";
import type { Clock } from "../clock";
import { githubError, limitError, waitBefore } from "./githubError";
import type { PullRequest } from "./pullRequest";

/** What posting a comment needs of the outside. */
export interface GithubOutside {
  /** Such as `https://api.github.com`, or `https://HOST/api/v3` of an own server. */
  readonly apiUrl: string;
  readonly token: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A comment as it is now. */
export interface PostedComment {
  /** `unchanged`: it said the same already. */
  readonly kind: "created" | "updated" | "unchanged";
  /** Where people read it. */
  readonly url: string;
}

/** One request; without a limit of its own, a connection that was forgotten on the way would be waited for. */
const REQUEST_TIMEOUT_MS = 30_000;
/** A limit that lasts longer is said, and not waited for. */
const PATIENCE_MS = 10 * 60_000;

/**
 * Writes a comment into a pull request: one for each marker, which the next call finds by it and writes anew.
 *
 * The marker is a comment of HTML on the first line. Comments of others that carry it stay as they are, so that nobody
 * makes another one's words ours. Where two jobs have made one each at the same time, the next call keeps the first.
 *
 * A request that failed may have been carried out all the same: what is there is read again before it is repeated.
 * Needs the permission pull-requests: write.
 *
 * @param marker tells comments of different purposes apart: letters, digits, `.`, `_` and `-`.
 * @throws GithubError; the signal's reason when it is aborted.
 */
export async function postComment(
  pullRequest: PullRequest,
  marker: string,
  text: string,
  outside: GithubOutside,
): Promise<PostedComment> {
  const { clock, signal } = outside;
  const octokit = connect(outside);
  const body = `${markerLine(marker)}\n${text}`;
  const what = `writing a comment into ${pullRequest.owner}/${pullRequest.repository}#${pullRequest.number}`;
  const untilMs = clock.now() + PATIENCE_MS;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      return await bringUpToDate(octokit, pullRequest, marker, body);
    } catch (error) {
      signal.throwIfAborted();
      const wait = waitBefore(error, attempt, clock.now());
      const isTooLong = wait === undefined || clock.now() + wait.waitMs > untilMs;
      if (isTooLong) throw wait?.isLimit === true ? limitError(what, error, wait) : githubError(what, error);
      await clock.sleep(wait.waitMs, signal);
    }
  }
}

/** Hidden in what people read. */
function markerLine(marker: string): string {
  return `<!-- podnet: ${marker} -->`;
}

/** GitHub refuses a comment with more characters: "body is too long (maximum is 65536 characters)". */
const LONGEST_COMMENT = 65_536;

/** How many characters the text of a comment may have beside its marker. */
export function roomBeside(marker: string): number {
  return LONGEST_COMMENT - markerLine(marker).length - 1;
}

function connect({ apiUrl, token, signal }: GithubOutside): Octokit {
  const quiet = () => undefined;
  return new Octokit({
    auth: token,
    baseUrl: apiUrl.replace(/\/$/, ""),
    userAgent: "podnet",
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    request: {
      fetch: (url: string, init: RequestInit) =>
        fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]) }),
    },
  });
}

async function bringUpToDate(
  octokit: Octokit,
  { owner, repository: repo, number: issue_number }: PullRequest,
  marker: string,
  body: string,
): Promise<PostedComment> {
  const [ours, ...others] = await ourComments(octokit, { owner, repo, issue_number }, marker);
  if (ours === undefined) {
    const { data } = await octokit.issues.createComment({ owner, repo, issue_number, body });
    return { kind: "created", url: data.html_url };
  }
  for (const { id } of others) await octokit.issues.deleteComment({ owner, repo, comment_id: id });
  if (ours.body === body) return { kind: "unchanged", url: ours.html_url };
  const { data } = await octokit.issues.updateComment({ owner, repo, comment_id: ours.id, body });
  return { kind: "updated", url: data.html_url };
}

interface Comment {
  readonly id: number;
  readonly html_url: string;
  readonly body?: string | undefined;
  readonly user: { readonly login: string } | null;
}

/** Those with the marker that this token's own user has written, the oldest first. */
async function ourComments(
  octokit: Octokit,
  place: { readonly owner: string; readonly repo: string; readonly issue_number: number },
  marker: string,
): Promise<Comment[]> {
  const login = await ownLogin(octokit);
  const comments: Comment[] = await octokit.paginate(octokit.issues.listComments, {
    ...place,
    per_page: 100,
  });
  return comments.filter(
    ({ body = "", user }) =>
      body.startsWith(`${markerLine(marker)}\n`) && (login === undefined || user?.login === login),
  );
}

/**
 * Whose token it is. The token of a job may not ask GET /user, but GraphQL. Servers that only speak GitHub's REST API, as
 * Gitea and Forgejo do, have no GraphQL; where they tell nobody's name either, the marker alone says whose comment it is.
 */
async function ownLogin(octokit: Octokit): Promise<string | undefined> {
  try {
    return (await octokit.graphql<{ viewer: { login: string } }>("query { viewer { login } }")).viewer.login;
  } catch (error) {
    if (!isNotThere(error)) throw error;
  }
  try {
    return (await octokit.users.getAuthenticated()).data.login;
  } catch (error) {
    if (!isNotThere(error)) throw error;
    return undefined;
  }
}

function isNotThere(error: unknown): boolean {
  return error instanceof RequestError && error.status === 404;
}
