import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { KubeConfig } from "@kubernetes/client-node";
import type { WorldOutside } from "./world";

/** Everything that a world is built with. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly eks: EKSClient;
  readonly iam: IAMClient;
  readonly autoScaling: AutoScalingClient;
  readonly kubeConfig: KubeConfig;
  /** For the SDK's waiters: every second, as nothing here takes longer. */
  readonly soon: {
    readonly client: EKSClient;
    readonly maxWaitTime: number;
    readonly minDelay: number;
    readonly maxDelay: number;
    readonly abortSignal?: AbortSignal;
  };
}

/** Clients of a sandbox's AWS and API server. */
export function clientsOf({ awsEndpoint, region, kubeconfig, signal }: WorldOutside): Clients {
  const aws = {
    endpoint: awsEndpoint,
    region,
    credentials: { accessKeyId: "sandbox", secretAccessKey: "sandbox" },
  };
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(kubeconfig);
  const eks = new EKSClient(aws);
  return {
    ec2: new EC2Client(aws),
    eks,
    iam: new IAMClient(aws),
    autoScaling: new AutoScalingClient(aws),
    kubeConfig,
    soon: {
      client: eks,
      maxWaitTime: 120,
      minDelay: 1,
      maxDelay: 1,
      ...(signal === undefined ? {} : { abortSignal: signal }),
    },
  };
}
