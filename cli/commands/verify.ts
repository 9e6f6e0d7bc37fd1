import { podNetworkOutputs } from "../../automation/podNetworkOutputs";
import { openExistingStack } from "../../automation/stack";
import { verify as verifyCluster } from "../../automation/verify";
import { checkedOutside, withCluster } from "../clusterOutside";
import { command, type Answer } from "../command";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { overEnvironments } from "../overEnvironments";
import { findPulumi, pulumiRootFlag } from "../pulumiCommand";
import { describeVerification } from "../verificationText";

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
    const { environment, workDir } = environmentOf(name, flags, io);
    return withCluster(`Verifying ${name}`, async () => {
      const stack = await openExistingStack(environment, {
        workDir,
        pulumi: await findPulumi(flags.pulumiRoot),
      });
      const outputs = await podNetworkOutputs(stack);
      const verification = await verifyCluster(outputs, await checkedOutside(environment, io.signal));
      return {
        json: { environment: name, ...verification },
        text: describeVerification(name, outputs.podCidrs, verification),
        isNo: !verification.isVerified,
      };
    });
  },
});

/** `podnet verify ENVIRONMENT...` */
export const verify = overEnvironments("verify", verifyOne);
