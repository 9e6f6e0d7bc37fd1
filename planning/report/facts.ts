import type { Standing } from "../environmentStatus";
import type { NotSeen } from "../preflight/finding";
import type { Preflight } from "../preflight/preflight";
import type { Share, Verification } from "../rotation/verification";
import type { Deviation } from "../verification/deviation";
import type { SubnetUse, Timeline, TypeUse } from "./timeline";

/** A variable of aws-node that is not as it was before the first change. */
export interface ChangedSetting {
  readonly name: string;
  /** None where it was not set. */
  readonly before: string | undefined;
  /** None where it is not set. */
  readonly now: string | undefined;
}

/** What a stack has made of the pod network. */
export interface MadePodNetwork {
  readonly podCidrs: readonly string[];
  readonly podSubnets: readonly {
    readonly availabilityZone: string;
    readonly subnetId: string;
    readonly cidrBlock: string;
  }[];
  readonly eniConfigs: readonly string[];
  /** How aws-node is installed. */
  readonly cni: { readonly mode: "addOn" | "daemonSet" };
  readonly workerGroups: readonly {
    readonly name: string;
    readonly nodeGroupName: string;
    readonly availabilityZone: string;
    readonly replaces: readonly string[];
  }[];
}

/** How far an environment is, as `podnet status` says it. */
export interface ReportedStatus extends Standing {
  readonly pods: { readonly inside: number; readonly of: number };
  readonly nodes: { readonly old: number; readonly of: number };
  readonly freeAddresses: number;
}

/** What `podnet verify` finds without trying anything. */
export interface ReportedVerification extends Verification {
  /** Secondary ENIs in pod subnets that carry the security groups of their node's ENIConfig. */
  readonly securityGroups: Share;
  /** What is not as the stack made it. */
  readonly deviations: readonly Deviation[];
}

/** All that a report is made of; each part, or why it was not seen. */
export interface ReportFacts {
  readonly environment: string;
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** When it was looked at, in milliseconds since 1970. */
  readonly readAtMs: number;
  /** IPv4 blocks of the VPC, the primary first. */
  readonly blocks: readonly string[];
  /** Ranges that pods are to have. */
  readonly podCidrs: readonly string[];
  /** All subnets of the VPC, as they are now. */
  readonly subnets: readonly SubnetUse[];
  readonly status: ReportedStatus | NotSeen;
  /** None where the environment was never brought up. */
  readonly verification: ReportedVerification | NotSeen | undefined;
  readonly preflight: Preflight | NotSeen;
  /** None where the environment was never brought up. */
  readonly made: MadePodNetwork | undefined;
  /** None where nobody has recorded how it was. */
  readonly settings: readonly ChangedSetting[] | NotSeen | undefined;
  /** Instance types of today's nodes. */
  readonly types: readonly TypeUse[] | NotSeen;
  /** None where there was no rotation that kept one. */
  readonly timeline: Timeline | NotSeen | undefined;
}
