import type { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../clock";
import type { LookUpInstanceType } from "../ec2/instanceType";
import type { ClusterAccess } from "./clusterAccess";
import type { PublicEndpoint } from "./publicEndpoint";

/** How long things may take; AWS's own times, made short enough to wait for. */
export interface EksPace {
  /** Until a node group whose nodes are not Ready fails. On AWS about 20 minutes. @default 120000 */
  readonly nodeCreationMs: number;
  /** How long a node group that is deleted waits for evictions that budgets refuse. On AWS 5 minutes. @default 20000 */
  readonly drainMs: number;
  /** How long an update of a node group does, before it fails or, forced, goes on. On AWS 15 minutes. @default 60000 */
  readonly evictionMs: number;
  /** Between a node's drain and its end in an update. On AWS 60 seconds. @default 2000 */
  readonly drainedMs: number;
  /** Between two looks at the health of node groups. @default 3000 */
  readonly healthMs: number;
  /** Between two corrections of what others changed of an add-on's fields. On AWS about 15 minutes. @default 90000 */
  readonly driftMs: number;
  /**
   * How long an add-on's rollout may stand still before it counts as degraded. The pods of nodes that have just gone hold
   * it up for as much as 60 s: the garbage collector of pods leaves them alone for 40, and looks every 20. @default 120000
   */
  readonly rolloutStallMs: number;
  /** Between two looks at nodes and rollouts. @default 300 */
  readonly pollMs: number;
}

/** The defaults. */
export const eksPace: EksPace = {
  nodeCreationMs: 120_000,
  drainMs: 20_000,
  evictionMs: 60_000,
  drainedMs: 2_000,
  healthMs: 3_000,
  driftMs: 90_000,
  rolloutStallMs: 120_000,
  pollMs: 300,
};

/** A pace with all durations multiplied; between two looks it stays as it is. */
export function pacedBy(pace: EksPace, factor: number): EksPace {
  const durations = Object.entries(pace).map(([name, ms]) => [name, (ms as number) * factor]);
  return { ...(Object.fromEntries(durations) as Record<keyof EksPace, number>), pollMs: pace.pollMs };
}

/** What EKS needs of the outside. */
export interface EksOutside {
  /** EC2 and Auto Scaling as everybody sees them. */
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly lookUpInstanceType: LookUpInstanceType;
  /** The control plane of the one cluster. */
  readonly access: ClusterAccess;
  readonly server: string;
  /** The control plane's address for clients outside the VPC, made when it is first asked for. */
  readonly publicEndpoint: () => Promise<PublicEndpoint>;
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
