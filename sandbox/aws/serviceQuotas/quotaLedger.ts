import { randomUUID } from "node:crypto";
import type { Clock } from "../clock";
import { AwsError } from "../protocol/awsError";
import { VPC_QUOTAS, type Quota } from "./quotas";

/** A request for a higher quota. */
export interface QuotaRequest {
  readonly id: string;
  readonly quota: Quota;
  readonly desired: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When somebody at AWS has decided. */
  readonly decidedAt: number;
}

/** The quotas of the sandbox's account. */
export interface QuotaLedger {
  /** What the account has now. */
  valueOf(code: string): number;
  /** Asks for more. @throws AwsError IllegalArgumentException, ResourceAlreadyExistsException */
  request(quota: Quota, desired: number): QuotaRequest;
  requests(): readonly QuotaRequest[];
  /** PENDING until it is decided; APPROVED up to the quota's maximum. */
  statusOf(request: QuotaRequest): "PENDING" | "APPROVED" | "NOT_APPROVED";
}

/** How long a request is pending; on AWS it is minutes, or days where a person decides. */
const DECIDED_AFTER_MS = 2_000;

/**
 * An account that has not asked for more yet.
 *
 * @param given what it has instead of AWS's defaults, by code.
 */
export function quotaLedger(
  clock: Pick<Clock, "now">,
  given: Readonly<Record<string, number>> = {},
): QuotaLedger {
  const made: QuotaRequest[] = [];
  const statusOf = ({ decidedAt, desired, quota }: QuotaRequest) => {
    if (clock.now() < decidedAt) return "PENDING";
    return desired <= (quota.max ?? Infinity) ? "APPROVED" : "NOT_APPROVED";
  };
  const valueOf = (code: string): number => {
    const granted = made.filter((one) => one.quota.code === code && statusOf(one) === "APPROVED");
    const before = given[code] ?? VPC_QUOTAS.find((quota) => quota.code === code)?.value ?? 0;
    return Math.max(before, ...granted.map(({ desired }) => desired));
  };
  return {
    valueOf,
    statusOf,
    requests: () => made,
    request: (quota, desired) => {
      if (made.some((one) => one.quota.code === quota.code && statusOf(one) === "PENDING")) {
        throw new AwsError(
          "ResourceAlreadyExistsException",
          `Only one open service quota increase request is allowed per quota: ${quota.code}`,
        );
      }
      if (desired <= valueOf(quota.code)) {
        throw new AwsError(
          "IllegalArgumentException",
          `The desired value ${desired} must be higher than the quota's value ${valueOf(quota.code)}`,
        );
      }
      const now = clock.now();
      const asked = {
        id: randomUUID(),
        quota,
        desired,
        createdAt: now,
        decidedAt: now + DECIDED_AFTER_MS,
      };
      made.push(asked);
      return asked;
    },
  };
}
