import { awaitAwsNode } from "../../automation/awsNodeRollout";
import { systemClock } from "../../automation/clock";
import { recordCni } from "../../automation/cniRecord";
import { connectKubernetes } from "../../automation/kubernetes";
import { clusterNameOf, openStack } from "../../automation/stack";
import { up as upStack } from "../../automation/up";
import { clusterOutside, withCluster } from "../clusterOutside";
import { command, type Answer } from "../command";
import {
  environmentFlagOf,
  environmentFlags,
  environmentOf,
  environmentPositional,
} from "../environmentCommand";
import { startProgress } from "../progress";
import { findPulumi, pulumiRootFlag } from "../pulumiCommand";
import { describeChanges, stackProgress } from "../stackResult";

/** `podnet up ENVIRONMENT` */
export const up = command({
  positional: environmentPositional,
  flags: { ...environmentFlags, pulumiRoot: pulumiRootFlag },
  help: `Examples:
  podnet up prod
  podnet up prod --json

Makes the range, the pod subnets, the ENIConfigs, the CNI's settings and new, empty groups of workers, in this order,
and waits until aws-node runs with its new settings. Nodes that are there keep their addresses; podnet rotate replaces
them. How the CNI was set before is kept in the ConfigMap eks-pod-network-cni of kube-system. Run again, it changes what
differs, and nothing else. Ctrl-C ends it when what was begun is finished.`,

  flagOf: environmentFlagOf,

  async run([name = ""], flags, io): Promise<Answer> {
    const { environment, workDir } = environmentOf(name, flags, io);
    const { signal } = io;
    const progress = startProgress(io);
    try {
      progress.step(`Bringing ${name} up`);
      return await withCluster(`Bringing ${name} up`, async () => {
        const pulumi = await findPulumi(flags.pulumiRoot);
        const { eks, kubeConfig } = clusterOutside(environment, signal);
        const kubernetes = connectKubernetes(kubeConfig, { clock: systemClock, signal });
        const stack = await openStack(environment, { workDir, pulumi });
        await recordCni(await clusterNameOf(stack), { kubernetes, eks, signal });
        const onEvent = stackProgress("up", progress);
        const result = await upStack(stack, { clock: systemClock, onEvent, signal });

        progress.step("Waiting for aws-node");
        const awsNode = await awaitAwsNode({
          kubernetes,
          clock: systemClock,
          signal,
          onProgress: ({ nodes, updated, available }) => {
            progress.show([`${updated} of ${nodes} nodes have its new settings, ${available} are available`]);
          },
        });
        return {
          json: { environment: name, stack: environment.stack, ...result, awsNode },
          text: `${describeChanges(environment, "changed", result)}

aws-node runs with the settings of the pod network on ${awsNode.nodes} of ${awsNode.nodes} nodes.
Next: podnet rotate ${name}`,
        };
      });
    } finally {
      progress.close();
    }
  },
});
