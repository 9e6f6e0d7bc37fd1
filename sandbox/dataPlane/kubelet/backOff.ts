/** How a kubelet spaces restarts of a container that ends (pkg/kubelet, MaxContainerBackOff). */
const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;

/** How long it waits before the nth restart that it puts off: 10 seconds, doubled each time, 5 minutes at most. */
export function backOffMs(nth: number): number {
  return Math.min(FIRST_MS * 2 ** (nth - 1), LONGEST_MS);
}
