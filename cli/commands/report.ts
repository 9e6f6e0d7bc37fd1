import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { environmentNamed } from "../../automation/environments";
import { reportHtml } from "../../automation/report/html/reportHtml";
import { throwIfAny } from "../../planning/problem";
import { command, type Answer } from "../command";
import {
  allEnvironments,
  environmentFlagOf,
  environmentFlags,
  environmentPositional,
} from "../environmentCommand";
import { text } from "../flag";
import { reportFileProblems } from "../migrate/reportFile";
import { pulumiRootFlag } from "../pulumiCommand";
import { UsageError } from "../usageError";
import { withRunner } from "../withRunner";

/** `podnet report ENVIRONMENT` */
export const report = command({
  positional: environmentPositional,
  flags: {
    ...environmentFlags,
    pulumiRoot: pulumiRootFlag,
    output: {
      ...text(
        "<file>",
        "the file to be written, - for standard output; podnet-report-ENVIRONMENT.html by default",
      ),
      short: "o",
    },
  },
  help: `Examples:
  podnet report prod
  podnet report prod -o prod.html
  podnet report prod --json > prod.json

Writes one HTML file: what came of it in one sentence, the address space before and now, the rotation node by node, pods by
range over time, pods per node, findings, and what was changed, with a table for everything drawn. It opens from a file,
prints on paper, and asks nothing of any network. With --json what it shows is printed instead, and no file is written
unless -o names one. Changes nothing else. Exit code 0 however far the environment is.`,

  flagOf: environmentFlagOf,

  async run([name = ""], flags, io, asked): Promise<Answer> {
    const environments = allEnvironments(flags, io);
    const environment = environmentNamed(name, environments);
    const { output = asked?.asJson === true ? undefined : `podnet-report-${name}.html` } = flags;
    throwIfAny(output === undefined || output === "-" ? [] : reportFileProblems(output));
    const model = await withRunner(
      `Reporting on ${name}`,
      flags,
      io,
      (runner) => runner.report(environment, environments).result,
    );
    const answer = { json: model, notes: model.notSeen.map((why) => `not seen: ${why}`) };
    if (output === undefined) return { ...answer, text: "" };
    const html = reportHtml(model);
    if (output === "-") return { ...answer, text: html };
    write(output, html);
    return { ...answer, text: `${model.sentence}\n\nwrote  ${resolve(output)}` };
  },
});

/** @throws UsageError where it can't be written there. */
function write(file: string, html: string): void {
  try {
    writeFileSync(file, html);
  } catch (error) {
    const reason = `${file} can't be written: ${error instanceof Error ? error.message : String(error)}.`;
    throw new UsageError([{ path: "--output", reason, fix: "Give a file in a folder that is there." }]);
  }
}
