import type { PodView } from "../cluster/view";
import type { AddressPool } from "./addressPool";

/** A pod, as far as it matters to who gets an address. */
export type AddressablePod = Pick<
  PodView,
  "uid" | "podIp" | "isOnHostNetwork" | "isTerminating" | "isFinished"
>;

/** A pod, and the address that it is to have. */
export interface Gift<T> {
  readonly pod: T;
  readonly address: string;
}

/**
 * Takes addresses out of a pool for pods that wait for one. A pod that has an address keeps it, whether or not the pool
 * knows that address: a pod's address never changes.
 *
 * @param now milliseconds since 1970.
 */
export function giveAddresses<T extends AddressablePod>(
  pods: Iterable<T>,
  pool: AddressPool,
  now: number,
): Gift<T>[] {
  const waiting: T[] = [];
  for (const pod of pods) {
    if (pod.isOnHostNetwork || pod.isTerminating || pod.isFinished) continue;
    if (pool.addressOf(pod.uid) !== undefined) continue;
    // Before anybody else gets it. The pool knows nothing of it when it was written but the answer got lost.
    if (pod.podIp !== undefined) pool.adopt(pod.uid, pod.podIp);
    else waiting.push(pod);
  }
  return waiting.flatMap((pod) => {
    const address = pool.assign(pod.uid, now);
    return address === undefined ? [] : [{ pod, address }];
  });
}
