import { systemClock } from "../../automation/clock";
import { preview as previewStack } from "../../automation/preview";
import { openStack } from "../../automation/stack";
import { command, type Answer } from "../command";
import {
  environmentFlagOf,
  environmentFlags,
  environmentOf,
  environmentPositional,
} from "../environmentCommand";
import { withOutside } from "../outsideFailure";
import { startProgress } from "../progress";
import { findPulumi, pulumiRootFlag } from "../pulumiCommand";
import { describeChanges, stackProgress } from "../stackResult";

/** `podnet preview ENVIRONMENT` */
export const preview = command({
  positional: environmentPositional,
  flags: { ...environmentFlags, pulumiRoot: pulumiRootFlag },
  help: `Examples:
  podnet preview prod
  podnet preview prod --json
  podnet preview prod --file clusters/environments.yaml --work-dir clusters

Changes nothing in AWS nor in the cluster. Of an environment that was never brought up, an empty stack is made, as pulumi
needs one to look from. Exit code 0 whether something would change or not.`,

  flagOf: environmentFlagOf,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment, workDir } = environmentOf(name, flags, io);
    const progress = startProgress(io);
    try {
      progress.step(`Previewing ${name}`);
      return await withOutside(`Previewing ${name}`, async () => {
        const pulumi = await findPulumi(flags.pulumiRoot);
        const stack = await openStack(environment, { workDir, pulumi });
        const outside = {
          clock: systemClock,
          onEvent: stackProgress("preview", progress),
          signal: io.signal,
        };
        const result = await previewStack(stack, outside);
        return {
          json: { environment: name, stack: environment.stack, ...result },
          text: describeChanges(environment, "would change", result),
        };
      });
    } finally {
      progress.close();
    }
  },
});
