/** How far a rotation is, by what one process of it has seen. */
export interface Pace {
  /** Old nodes that are gone. */
  readonly done: number;
  /** Those that are on their way out: half done, on average. */
  readonly underWay: number;
  /** All that are to go still, with those on their way. */
  readonly left: number;
  /** The estimate of the plan, for all of it. */
  readonly plannedSeconds: number;
  /** Since the process began. */
  readonly elapsedSeconds: number;
  /** Since it took the first node out of service. */
  readonly drainingSeconds: number;
}

/**
 * About how many seconds a rotation takes still: by its own pace once a node is gone, by its plan before. None where
 * nothing is left, or the plan has proved wrong and there is no pace yet.
 */
export function secondsLeft(pace: Pace): number | undefined {
  const { done, underWay, left, plannedSeconds, elapsedSeconds, drainingSeconds } = pace;
  if (left === 0) return undefined;
  if (done === 0 || drainingSeconds === 0)
    return elapsedSeconds < plannedSeconds ? plannedSeconds - elapsedSeconds : undefined;
  return (drainingSeconds / (done + underWay / 2)) * (left - underWay / 2);
}
