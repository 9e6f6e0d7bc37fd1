import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { describeVerification } from "../verificationText";
import { withRunner } from "../withRunner";

const verifyOne = command({
  positional: environmentPositional,
  flags: { ...environmentFlags, pulumiRoot: pulumiRootFlag },
  help: `Examples:
  podnet verify prod
  podnet verify prod --json
  podnet verify --all

Looks at every pod, every ENI and every node, by the very definition of old by which podnet rotate chooses nodes.
Changes nothing. Exit code 1 when anything is old.`,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    const verification = await withRunner(
      `Verifying ${name}`,
      flags,
      io,
      (runner) => runner.verify(environment).result,
    );
    return {
      json: { environment: name, ...verification },
      text: describeVerification(name, verification),
      isNo: !verification.isVerified,
    };
  },
});

/** `podnet verify ENVIRONMENT...` */
export const verify = overEnvironments("verify", verifyOne);
