import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { readBySchema } from "../planning/schemaProblems";
import { settingValues } from "../planning/stackConfig/settingValues";
import { withoutTrace } from "./withoutTrace";

/**
 * The configuration of the stack, of the keys of its own project, by a schema.
 *
 * @param schema an object with a key for each key of the configuration, without the project's name.
 * @throws RunError with everything that is wrong with it, which Pulumi shows without a trace of the program.
 */
export function readStackConfig<S extends z.ZodObject>(schema: S): z.output<S> {
  const project = `${pulumi.getProject()}:`;
  const given = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(project))
    .map(([key, text]) => [key.slice(project.length), text] as const);

  const reading = readBySchema(schema, settingValues(schema, Object.fromEntries(given)));
  if ("value" in reading) return reading.value;
  const lines = reading.problems.map(({ path, reason, fix }) => `  ${project}${path}: ${reason} ${fix}`);
  throw withoutTrace(
    new pulumi.RunError(
      [`the configuration of stack ${pulumi.getStack()} can't be used:`, ...lines].join("\n"),
    ),
  );
}
