import type { AwsNodeSettings } from "./settings";

/** Settings, read against each other. */
export interface Reviewed extends AwsNodeSettings {
  readonly ipv4: boolean;
  /** WARM_PREFIX_TARGET, or what takes its place when it is not set. */
  readonly warmPrefixTargetInForce: number;
  /** Whether WARM_IP_TARGET or MINIMUM_IP_TARGET is in force; 0 is the same as unset. */
  readonly hasIpTarget: boolean;
}

/** A rule: the problem or the note where it holds. */
export type Rule<T> = (settings: Reviewed) => T | undefined;
