import { AwsError } from "../protocol/awsError";
import type { QuotaLedger } from "../serviceQuotas/quotaLedger";
import { INTERFACES_PER_REGION } from "../serviceQuotas/quotas";

/** How many ENIs there are: moto takes seconds to list thousands, so they are counted as they come and go. */
export interface InterfaceCount {
  /** @throws AwsError NetworkInterfaceLimitExceeded where there can't be so many more. */
  refuseMore(more: number): Promise<void>;
  /** So many have come, or, where it is negative, gone. */
  add(more: number): void;
}

/**
 * A count of ENIs.
 *
 * @param ask how many there are at the first question; later ones are counted.
 */
export function interfaceCount(
  ask: () => Promise<number>,
  quotas: Pick<QuotaLedger, "valueOf">,
): InterfaceCount {
  let counted: number | undefined;
  return {
    refuseMore: async (more) => {
      counted ??= await ask();
      const limit = quotas.valueOf(INTERFACES_PER_REGION);
      if (counted + more > limit) {
        throw new AwsError(
          "NetworkInterfaceLimitExceeded",
          `The maximum number of network interfaces has been reached: there are ${counted}, ${limit} are allowed.`,
        );
      }
    },
    add: (more) => {
      if (counted !== undefined) counted += more;
    },
  };
}
