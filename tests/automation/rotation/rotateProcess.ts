import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../../automation/clock";
import type { PodNetworkOutputs } from "../../../automation/podNetworkOutputs";
import { rotate } from "../../../automation/rotation/rotate";

// A rotation in a process of its own, to be killed: an event per line on stdout.
const kubeConfig = new KubeConfig();
kubeConfig.loadFromDefault();
void rotate(
  JSON.parse(process.env.OUTPUTS ?? "") as PodNetworkOutputs,
  { maxUnavailable: 2 },
  {
    ec2: new EC2Client({}),
    autoScaling: new AutoScalingClient({}),
    eks: new EKSClient({}),
    kubeConfig,
    clock: systemClock,
    signal: new AbortController().signal,
    onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
  },
);
