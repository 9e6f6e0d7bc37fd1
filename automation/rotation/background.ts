/** Something that goes on beside the rest, one at a time. */
export interface Background {
  readonly isUnderWay: () => boolean;
  /** Begins it. @param onDone called when it has succeeded. */
  start(act: () => Promise<unknown>, onDone: () => void): void;
  /** @throws what it failed with. */
  throwIfFailed(): void;
  /** Waits until it has ended, whichever way. */
  finished(): Promise<void>;
}

/** Nothing that goes on yet. */
export function background(): Background {
  let underWay: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;
  return {
    isUnderWay: () => underWay !== undefined,
    start: (act, onDone) => {
      underWay = act()
        .then(onDone, (error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          underWay = undefined;
        });
    },
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
    },
    finished: async () => {
      await underWay;
    },
  };
}
