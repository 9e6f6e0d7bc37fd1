import { command, type Answer } from "../command";
import { describeDrift } from "../driftText";
import { environmentFlags, environmentOf, environmentPositional } from "../environmentCommand";
import { overEnvironments } from "../overEnvironments";
import { pulumiRootFlag } from "../pulumiCommand";
import { told, withRunner } from "../withRunner";

const driftOne = command({
  positional: environmentPositional,
  flags: { ...environmentFlags, pulumiRoot: pulumiRootFlag },
  help: `Examples:
  podnet drift prod
  podnet drift --all --json

Holds an environment against its stack: what the next podnet up would change, whether somebody changed it by hand or its
configuration was changed and not brought up yet; settings that aws-node runs with although the stack says others; marks
on nodes that beat their zone's ENIConfig; new workers with pods outside the pod subnets. Changes nothing. How many nodes
there are is no drift: autoscalers change it. Exit code 1 when anything has drifted.`,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment } = environmentOf(name, flags, io);
    const title = `Looking for drift in ${name}`;
    const found = await withRunner(title, flags, io, (runner) => told(title, runner.drift(environment), io));
    const { isDrifted, changes, live, notSeen } = found;
    return {
      json: { environment: name, stack: environment.stack, isDrifted, changes, live, notSeen },
      text: describeDrift(environment, found, flags),
      isNo: isDrifted,
    };
  },
});

/** `podnet drift ENVIRONMENT...` */
export const drift = overEnvironments("drift", driftOne);
