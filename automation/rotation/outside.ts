import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { EKSClient } from "@aws-sdk/client-eks";
import type { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Clock } from "../clock";
import type { Kubernetes } from "../kubernetes";
import type { RotationEvent, RotationHappening } from "./events";
import type { HeldLease } from "./lease";

/** What observing a cluster needs of the outside. */
export interface ObserverOutside {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly eks: EKSClient;
  readonly elasticLoadBalancing: ElasticLoadBalancingV2Client;
  /** Of Classic Load Balancers, which have an API of their own. */
  readonly classicLoadBalancing: ElasticLoadBalancingClient;
  readonly kubeConfig: KubeConfig;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What a rotation needs of the outside. */
export interface RotationOutside extends ObserverOutside {
  /** Takes each event as it happens. */
  readonly onEvent: (event: RotationEvent) => void;
}

/** The outside as the parts of a rotation see it. */
export interface Tools {
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly eks: EKSClient;
  readonly elasticLoadBalancing: ElasticLoadBalancingV2Client;
  /** Of Classic Load Balancers, which have an API of their own. */
  readonly classicLoadBalancing: ElasticLoadBalancingClient;
  readonly kubernetes: Kubernetes;
  readonly clock: Clock;
  /** Aborted by who runs it, and when the lease is lost. */
  readonly signal: AbortSignal;
}

/** Tools that also tell what happens. */
export interface TellingTools extends Tools {
  readonly emit: (event: RotationHappening) => void;
}

/** Tools that also change things: only who holds the lease has them. */
export interface ActingTools extends TellingTools {
  /**
   * Read again right before each change that another holder must not see, and each write of the record. Who took it
   * gives it back.
   */
  readonly lease: Omit<HeldLease, "release">;
}
