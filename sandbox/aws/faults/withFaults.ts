import type { Clock } from "../clock";
import type { AwsRequest, AwsResponse } from "../protocol/awsRequest";
import { isReading } from "../protocol/queryForm";
import { faultError, type RefusingKind } from "./faultErrors";
import type { FaultedCall, Faults } from "./faults";
import { staleReads } from "./staleReads";

/** Answers a call; undefined is no answer, for which the caller waits until it gives up. */
export type Answer = (request: AwsRequest, call: FaultedCall) => Promise<AwsResponse | undefined>;

const BEFORE = [
  "throttle",
  "error",
  "unavailable",
  "expired-credentials",
  "access-denied",
  "timeout",
] as const;

/**
 * Lets calls go wrong as the rules say: before they are carried out, or in what is answered.
 *
 * Kinds that are about one action are looked for where that action is carried out.
 */
export function withFaults(
  faults: Faults,
  clock: Pick<Clock, "now">,
  answer: (request: AwsRequest, call: FaultedCall) => Promise<AwsResponse>,
): Answer {
  const reads = staleReads(clock);
  const read = async (request: AwsRequest, call: FaultedCall) => {
    const now = await answer(request, call);
    const stale = faults.strike(["stale"], call, (rule) => reads.lags(call.service, lagOf(rule)));
    if (stale !== undefined) return reads.past(request, lagOf(stale), now);
    if (faults.watches("stale", call)) reads.keep(request, now);
    return now;
  };
  return async (request, call) => {
    const early = faults.strike(BEFORE, call);
    if (early?.kind === "timeout") return undefined;
    if (early !== undefined) throw faultError(early.kind as RefusingKind, call.service);
    const given = isReading(call.action) ? await read(request, call) : await answer(request, call);
    if (!isReading(call.action) && given.status === 200 && faults.watches("stale")) {
      reads.changed(request, given);
    }
    return faults.strike(["lost-answer"], call) === undefined ? given : undefined;
  };
}

const USUAL_LAG_SECONDS = 5;

function lagOf({ seconds }: { readonly seconds?: number | undefined }): number {
  return seconds ?? USUAL_LAG_SECONDS;
}
