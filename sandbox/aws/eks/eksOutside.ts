import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../clock";
import type { LookUpInstanceType } from "../ec2/instanceType";
import type { ClusterAccess } from "./clusterAccess";

/** How long things may take; AWS's own times, made short enough to wait for. */
export interface EksPace {
  /** Until a node group whose nodes are not Ready fails. On AWS about 20 minutes. @default 120000 */
  readonly nodeCreationMs: number;
  /** How long a node group that is deleted waits for evictions that budgets refuse. On AWS 15 minutes. @default 20000 */
  readonly drainMs: number;
  /** How long an add-on's rollout may stand still before it counts as degraded. @default 60000 */
  readonly rolloutStallMs: number;
  /** Between two looks at nodes and rollouts. @default 300 */
  readonly pollMs: number;
}

/** The defaults. */
export const eksPace: EksPace = {
  nodeCreationMs: 120_000,
  drainMs: 20_000,
  rolloutStallMs: 60_000,
  pollMs: 300,
};

/** What EKS needs of the outside. */
export interface EksOutside {
  /** EC2 and Auto Scaling as everybody sees them. */
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly lookUpInstanceType: LookUpInstanceType;
  /** The control plane of the one cluster. */
  readonly access: ClusterAccess;
  readonly server: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly pace: EksPace;
  readonly log: (line: string) => void;
  /** Called when something changes in the background. */
  readonly changed: () => void;
  /** Aborted when the front ends. */
  readonly signal: AbortSignal;
}

/** Kubernetes' version of the sandbox's control plane. */
export const KUBERNETES_VERSION = "1.36";
/** The range of Service addresses of the sandbox's control plane. */
export const SERVICE_CIDR = "172.20.0.0/16";
/** The tenth address of that range, by EKS's rule. */
export const CLUSTER_DNS = "172.20.0.10";
