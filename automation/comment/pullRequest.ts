import { isObject } from "../../planning/isObject";
import type { Problem } from "../../planning/problem";
import { InvalidInputError, shown } from "../../planning/problem";

/** A pull request on GitHub. */
export interface PullRequest {
  readonly owner: string;
  readonly repository: string;
  readonly number: number;
}

/** What a job of GitHub Actions says of itself; https://docs.github.com/actions/reference/variables-reference */
export interface ActionsContext {
  /** GITHUB_REPOSITORY: `owner/repository`. */
  readonly repository?: string | undefined;
  /** GITHUB_REF: `refs/pull/12/merge` for events of a pull request. */
  readonly ref?: string | undefined;
  /** The content of the file at GITHUB_EVENT_PATH: what set the job off. */
  readonly event?: string | undefined;
}

/** What a person says instead. */
export interface GivenPullRequest {
  /** `owner/repository`. */
  readonly repository?: string | undefined;
  readonly pullRequest?: number | undefined;
}

/**
 * The pull request that a job is about: what a person says, else what the job says of itself.
 *
 * @throws InvalidInputError with what is missing.
 */
export function pullRequestOf(given: GivenPullRequest, context: ActionsContext): PullRequest {
  const name = given.repository ?? context.repository ?? "";
  const [, owner = "", repository = ""] = /^([\w.-]+)\/([\w.-]+)$/.exec(name) ?? [];
  const number = given.pullRequest ?? numberIn(context);
  const problems: Problem[] = [
    ...(repository === ""
      ? [
          {
            path: "repository",
            reason: name === "" ? "is missing, and GITHUB_REPOSITORY is not set." : `${shown(name)} is none.`,
            fix: "Give it as owner/name.",
          },
        ]
      : []),
    ...(number === undefined
      ? [
          {
            path: "pullRequest",
            reason: "is missing, and neither GITHUB_EVENT_PATH nor GITHUB_REF names one.",
            fix: "Give its number; or run podnet in a job that a pull request sets off.",
          },
        ]
      : []),
  ];
  if (problems.length > 0 || number === undefined) throw new InvalidInputError(problems);
  return { owner, repository, number };
}

function numberIn({ event, ref = "" }: ActionsContext): number | undefined {
  const [, ofRef] = /^refs\/pull\/(\d+)\//.exec(ref) ?? [];
  return numberOfEvent(event) ?? (ofRef === undefined ? undefined : Number(ofRef));
}

/** Of an event of a pull request, or of a comment on one. */
function numberOfEvent(event: string | undefined): number | undefined {
  const document: unknown = parsed(event ?? "");
  if (!isObject(document)) return undefined;
  const { pull_request: pullRequest, issue } = document;
  const subject = isObject(pullRequest)
    ? pullRequest
    : isObject(issue) && issue.pull_request !== undefined
      ? issue
      : {};
  return typeof subject.number === "number" ? subject.number : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
