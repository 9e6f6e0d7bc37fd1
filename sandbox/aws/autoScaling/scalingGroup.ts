/** A tag of a group, and whether its instances get it. */
export interface GroupTag {
  readonly key: string;
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

/** Which launch template instances are made from. */
export interface LaunchTemplateReference {
  readonly id: string;
  readonly name: string;
  /** A number, $Latest or $Default. */
  readonly version: string;
}

/** Where an instance of a group is on its way; in a Wait it waits for the group's lifecycle hooks. */
export type LifecycleState =
  "Pending:Wait" | "InService" | "Terminating:Wait" | "Terminating:Proceed" | "Terminating";

/** Whether an instance is on its way out. */
export function isLeaving({ lifecycleState }: GroupInstance): boolean {
  return lifecycleState.startsWith("Terminating");
}

/** An instance of a group. */
export interface GroupInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly launchTemplate: LaunchTemplateReference;
  /** Milliseconds since 1970. */
  readonly launchedAt: number;
  lifecycleState: LifecycleState;
  protectedFromScaleIn: boolean;
}

/** What a group did, or failed to do. */
export interface ScalingActivity {
  readonly activityId: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAt: number;
  readonly status: "Successful" | "Failed" | "InProgress";
  readonly statusMessage?: string;
}

/** When instances wait for a lifecycle hook. */
export type LifecycleTransition =
  "autoscaling:EC2_INSTANCE_LAUNCHING" | "autoscaling:EC2_INSTANCE_TERMINATING";

/** What an instance waits for before it goes into service, or before it is terminated. */
export interface LifecycleHook {
  readonly name: string;
  readonly transition: LifecycleTransition;
  /** Seconds until the default result, after the last heartbeat. */
  readonly heartbeatTimeout: number;
  readonly defaultResult: LifecycleResult;
}

/** How a lifecycle action ends: ABANDON terminates an instance that is launched; one that is terminated goes anyway. */
export type LifecycleResult = "CONTINUE" | "ABANDON";

/** A change of sizes at a time. */
export interface ScheduledAction {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly desiredCapacity?: number | undefined;
}

/** A subnet in which a group may launch. */
export interface GroupSubnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
}

/** How a group with a mixed instances policy divides instances; the sandbox tells it, and launches the first type. */
export interface InstancesDistribution {
  readonly OnDemandAllocationStrategy: string;
  readonly OnDemandBaseCapacity: number;
  readonly OnDemandPercentageAboveBaseCapacity: number;
  readonly SpotAllocationStrategy: string;
}

/** Settings that a group only tells again. */
export interface GroupSettings {
  readonly CapacityRebalance: boolean;
  /** Seconds. */
  readonly DefaultCooldown: number;
  readonly HealthCheckType: string;
  /** Seconds. */
  readonly HealthCheckGracePeriod: number;
}

/** An Auto Scaling group as it is now. */
export interface ScalingGroup {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  subnets: readonly GroupSubnet[];
  launchTemplate: LaunchTemplateReference;
  /** Instance types in place of the template's, the preferred one first; the group then has a mixed instances policy. */
  instanceTypes: readonly string[];
  distribution: InstancesDistribution;
  settings: GroupSettings;
  newInstancesProtected: boolean;
  tags: readonly GroupTag[];
  /** Names of suspended processes, such as AZRebalance. */
  readonly suspended: Set<string>;
  /** By their names. */
  readonly hooks: Map<string, LifecycleHook>;
  /** By their names; those whose time has come are gone. */
  readonly scheduled: Map<string, ScheduledAction>;
  instances: readonly GroupInstance[];
  /** The newest first. */
  activities: readonly ScalingActivity[];
  deleting: boolean;
}

/** The processes that can be suspended. */
export const SCALING_PROCESSES = [
  "Launch",
  "Terminate",
  "AddToLoadBalancer",
  "AlarmNotification",
  "AZRebalance",
  "HealthCheck",
  "InstanceRefresh",
  "ReplaceUnhealthy",
  "ScheduledActions",
] as const;
