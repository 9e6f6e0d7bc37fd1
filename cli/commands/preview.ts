import { previewMarkdown } from "../../automation/comment/previewMarkdown";
import type { Environment } from "../../automation/environments";
import { isObject } from "../../planning/isObject";
import type { EnvironmentPreview, PreviewOutcome } from "../../planning/preview/environmentPreview";
import { command, type Answer } from "../command";
import { documentOf, eachEnvironment, exitCodeOf, type EnvironmentRun } from "../eachEnvironment";
import {
  environmentFlagOf,
  environmentFlags,
  environmentPositional,
  environmentsOf,
} from "../environmentCommand";
import { errorIn } from "../errorDocument";
import { exitCode } from "../exitCode";
import { choice, type FlagValues } from "../flag";
import type { Io } from "../io";
import { assertOneFormat } from "../oneFormat";
import { OutsideError } from "../outsideError";
import { argumentsOf, concurrencyOf, manyFlags } from "../overEnvironments";
import { describePosted, postingFlags, postingPlace, postPreviews } from "../previewPosting";
import { describePreviews } from "../previewText";
import { pulumiRootFlag } from "../pulumiCommand";
import { told, withRunner } from "../withRunner";

const ownFlags = { ...environmentFlags, pulumiRoot: pulumiRootFlag };

const flagSet = {
  ...ownFlags,
  ...manyFlags,
  format: choice("how it is printed; text by default", ["text", "markdown", "json"]),
  ...postingFlags,
};

/** `podnet preview ENVIRONMENT...` */
export const preview = command({
  positional: { ...environmentPositional, many: true, optional: true },
  flags: flagSet,
  help: `Examples:
  podnet preview prod
  podnet preview --all --format markdown
  podnet preview --all --post

Says what podnet up would change, and what that means: addresses for pods and pods per node before and after, the nodes
to rotate and about how long, budgets in the way, pods in what would be deleted. Secrets are left out. Changes nothing in
AWS nor in the cluster. Of an environment that was never brought up, an empty stack is made, as pulumi needs one to look
from. Exit code 0 whether something would change or not.

--post takes GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_REF and GITHUB_API_URL as GitHub Actions gives
them. Where the token is missing or may not write, as for a fork's pull request, it is added to GITHUB_STEP_SUMMARY.`,

  flagOf: environmentFlagOf,

  async run(names, flags, io, asked): Promise<Answer> {
    assertOneFormat(flags.format, asked);
    const environments = environmentsOf(names, flags, io);
    const place = flags.post === true ? postingPlace(flags, process.env, io) : undefined;
    const [only] = environments;
    const previewed =
      only !== undefined && environments.length === 1
        ? await previewAlone(only, flags, io, place !== undefined)
        : await previewMany(environments, flags, io);
    const { outcomes } = previewed;
    const posted = place === undefined ? undefined : await postPreviews(outcomes, place, io.signal);

    const [first] = outcomes;
    const documents = outcomes.length === 1 ? first : { environments: outcomes };
    const json = { ...documents, ...(posted !== undefined && { posted }) };
    return {
      json,
      // --format json is --json by another name.
      text: flags.format === "markdown" ? previewMarkdown(outcomes, Infinity) : describePreviews(outcomes),
      notes: posted === undefined ? [] : [describePosted(posted)],
      exitCode: previewed.exitCode,
    };
  },
});

interface Previewed {
  readonly outcomes: readonly PreviewOutcome[];
  readonly exitCode: number;
}

type Flags = FlagValues<typeof flagSet>;

/** @param isPosted whether somebody reads of a failure in the pull request, who sees nothing of this process. */
async function previewAlone(
  environment: Environment,
  flags: Flags,
  io: Io,
  isPosted: boolean,
): Promise<Previewed> {
  const title = `Previewing ${environment.name}`;
  try {
    const preview = await withRunner(title, flags, io, (runner) =>
      told(title, runner.preview(environment), io),
    );
    return { outcomes: [preview], exitCode: exitCode.done };
  } catch (error) {
    if (!isPosted || !(error instanceof OutsideError) || io.signal.aborted) throw error;
    const { message, fix } = error;
    const failed = { environment: environment.name, error: { message, fix } };
    return { outcomes: [failed], exitCode: error.exitCode };
  }
}

async function previewMany(environments: readonly Environment[], flags: Flags, io: Io): Promise<Previewed> {
  const { file, workDir, pulumiRoot, concurrency } = flags;
  const runs = await eachEnvironment(
    {
      command: "preview",
      args: [...argumentsOf({ file, workDir, pulumiRoot }), "--json"],
      environments,
      isChange: false,
      concurrency: concurrencyOf({ concurrency }, false),
    },
    io,
  );
  io.signal.throwIfAborted();
  return { outcomes: runs.map(outcomeOf), exitCode: exitCodeOf(runs) };
}

/** What the process of an environment printed: its preview, or why there is none. */
function outcomeOf(run: EnvironmentRun): PreviewOutcome {
  const { environment } = run;
  const document = documentOf(run);
  if (isObject(document) && "changes" in document) return document as unknown as EnvironmentPreview;
  return { environment, error: errorIn(document) };
}
