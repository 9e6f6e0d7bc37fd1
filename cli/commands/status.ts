import { systemClock } from "../../automation/clock";
import type { EnvironmentStatus } from "../../automation/status/readStatus";
import { command, type Answer } from "../command";
import { documentOf, eachEnvironment, exitCodeOf, type EnvironmentRun } from "../eachEnvironment";
import {
  environmentFlagOf,
  environmentFlags,
  environmentPositional,
  environmentsOf,
} from "../environmentCommand";
import { isObject } from "../../planning/isObject";
import { sharedRanges } from "../../planning/sharedRanges";
import { argumentsOf, concurrencyOf, manyFlags } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { describeStatus, statusFoundAt, type StatusRow } from "../statusText";
import { withRunner } from "../withRunner";
import { terminalColumns } from "../wrapped";

const flags = { ...environmentFlags, pulumiRoot: pulumiRootFlag, ...manyFlags };

/** `podnet status [ENVIRONMENT...]` */
export const status = command({
  positional: { ...environmentPositional, many: true, optional: true },
  flags,
  help: `Examples:
  podnet status
  podnet status prod
  podnet status --json

Says for each environment how far it is, what was done last and what is to be done next; all of them where none is named.
Changes nothing. Exit code 0 wherever they are. Where one could not be looked at, the others are shown all the same, and
it is 2 because of what its settings say, 3 because of AWS, Kubernetes or Pulumi.`,

  flagOf: environmentFlagOf,

  async run(names, { all, concurrency, ...own }, io): Promise<Answer> {
    const [first] = names;
    const environments = environmentsOf(names, { ...own, all: all ?? first === undefined }, io);
    const [environment] = environments;
    if (names.length === 1 && environment !== undefined) {
      const seen = await withRunner(
        `Looking at ${environment.name}`,
        own,
        io,
        (runner) => runner.status(environment).result,
      );
      const found = statusFoundAt(seen, own);
      return { json: found, text: describeStatus([found], systemClock.now(), terminalColumns()) };
    }
    const runs = await eachEnvironment(
      {
        command: "status",
        args: [...argumentsOf(own), "--json"],
        environments,
        isChange: false,
        concurrency: concurrencyOf({ concurrency }, false),
      },
      io,
    );
    const rows = runs.map(rowOf);
    return {
      json: {
        environments: rows,
        sharedRanges: sharedRanges(rows.flatMap((row) => ("network" in row ? [row.network] : []))),
      },
      text: describeStatus(rows, systemClock.now(), terminalColumns()),
      exitCode: exitCodeOf(runs),
    };
  },
});

/** What the process of an environment printed: its status, which is as it was made here, or its failure. */
function rowOf(run: EnvironmentRun): StatusRow {
  const { environment, outcome } = run;
  const document = documentOf(run);
  if (outcome === "done") return document as EnvironmentStatus;
  const { error } = isObject(document) ? document : {};
  const { problems, ...whole } = isObject(error) ? error : {};
  const first: unknown = Array.isArray(problems) ? problems[0] : undefined;
  const { path, reason, fix } = isObject(first) ? first : { ...whole, reason: whole.message };
  const failure = [path, reason].filter((part) => typeof part === "string").join(": ");
  return {
    environment,
    failure: failure === "" ? outcome : failure,
    ...(typeof fix === "string" && { fix }),
  };
}
