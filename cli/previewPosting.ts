import { appendFileSync } from "node:fs";
import { systemClock } from "../automation/clock";
import { GithubError } from "../automation/comment/githubError";
import { postComment, roomBeside, type PostedComment } from "../automation/comment/postComment";
import { previewMarkdown } from "../automation/comment/previewMarkdown";
import { pullRequestOf, type PullRequest } from "../automation/comment/pullRequest";
import type { PreviewOutcome } from "../planning/preview/environmentPreview";
import { refuse, text, wholeNumber, yes, type Flag, type FlagValues } from "./flag";
import type { Io } from "./io";
import { OutsideError } from "./outsideError";
import { UsageError } from "./usageError";

/** A number of a pull request is no larger than this (GitHub's GraphQL gives it as a 32 bit Int). */
const LARGEST_NUMBER = 2 ** 31 - 1;
const DEFAULT_MARKER = "preview";
const MARKER = /^[A-Za-z0-9._-]{1,60}$/;

const marker: Flag<string> = {
  ...text("<name>", `tells comments of several jobs apart; ${DEFAULT_MARKER} by default`),
  read: ([given = ""]) =>
    MARKER.test(given)
      ? { value: given }
      : {
          refusals: [
            refuse("it is no name of up to 60 letters, digits, ., _ and -.", "Give one such as network.")
              .refusal,
          ],
        },
};

/** How a preview gets into a pull request. */
export const postingFlags = {
  post: yes("write it into the pull request on GitHub: one comment, which later runs write anew"),
  repository: text("<owner/name>", "the repository of the pull request; GITHUB_REPOSITORY by default"),
  pullRequest: wholeNumber("its number; that of the job's event by default", 1, LARGEST_NUMBER),
  marker,
};

/** Where a preview is written to. */
export type PostingPlace =
  | {
      readonly kind: "comment";
      readonly pullRequest: PullRequest;
      readonly token: string;
      readonly apiUrl: string;
      readonly marker: string;
      /** Where it goes if the token turns out not to be allowed to write. */
      readonly summary: string | undefined;
    }
  | { readonly kind: "summary"; readonly summary: string; readonly because: string };

/** What became of it. */
export type Posted = PostedComment | { readonly kind: "summary"; readonly because: string };

/**
 * Where a preview is to be written to: as a comment; without a token, as in a job that a fork's pull request sets off,
 * into the summary of the job.
 *
 * @param env GitHub's own variables; https://docs.github.com/actions/reference/variables-reference
 * @throws UsageError, InvalidInputError with what is missing.
 */
export function postingPlace(
  { repository, pullRequest, marker: name = DEFAULT_MARKER }: FlagValues<typeof postingFlags>,
  env: Readonly<Record<string, string | undefined>>,
  io: Pick<Io, "readFile">,
): PostingPlace {
  const set = (variable: string) => (env[variable] === "" ? undefined : env[variable]);
  const token = set("GITHUB_TOKEN");
  const summary = set("GITHUB_STEP_SUMMARY");
  if (token === undefined) {
    if (summary !== undefined) return { kind: "summary", summary, because: "GITHUB_TOKEN is not set" };
    const reason = "GITHUB_TOKEN is not set.";
    const fix = "Give a token that may write into the pull request; in GitHub Actions ${{ github.token }}.";
    throw new UsageError([{ path: "--post", reason, fix }]);
  }
  const context = {
    repository: set("GITHUB_REPOSITORY"),
    ref: set("GITHUB_REF"),
    event: eventOf(set("GITHUB_EVENT_PATH"), io),
  };
  return {
    kind: "comment",
    pullRequest: pullRequestOf({ repository, pullRequest }, context),
    token,
    apiUrl: set("GITHUB_API_URL") ?? "https://api.github.com",
    marker: name,
    summary,
  };
}

function eventOf(path: string | undefined, io: Pick<Io, "readFile">): string | undefined {
  if (path === undefined) return undefined;
  try {
    return io.readFile(path);
  } catch {
    // Flags or GITHUB_REF may tell the same.
    return undefined;
  }
}

/** GitHub takes 1 MiB from a step; a UTF-16 unit is up to three bytes. */
const LONGEST_SUMMARY = Math.floor(2 ** 20 / 3);

/** Writes previews where they are to be. @throws OutsideError when GitHub does not take them. */
export async function postPreviews(
  outcomes: readonly PreviewOutcome[],
  place: PostingPlace,
  signal: AbortSignal,
): Promise<Posted> {
  if (place.kind === "summary") return writeSummary(outcomes, place.summary, place.because);
  const { pullRequest, marker: name, summary } = place;
  const body = previewMarkdown(outcomes, roomBeside(name));
  try {
    return await postComment(pullRequest, name, body, { ...place, clock: systemClock, signal });
  } catch (error) {
    if (!(error instanceof GithubError)) throw error;
    if (error.mayNotWrite && summary !== undefined) return writeSummary(outcomes, summary, error.message);
    throw new OutsideError("Posting the preview", error, error.fix);
  }
}

function writeSummary(outcomes: readonly PreviewOutcome[], path: string, because: string): Posted {
  appendFileSync(path, `${previewMarkdown(outcomes, LONGEST_SUMMARY)}\n`);
  return { kind: "summary", because };
}

/** What became of a preview, in a line. */
export function describePosted(posted: Posted): string {
  return posted.kind === "summary"
    ? `the preview is in the summary of the job, as it could not be a comment: ${posted.because}`
    : `the comment was ${posted.kind === "unchanged" ? "right already" : posted.kind}: ${posted.url}`;
}
