/** Runs what it is given one after the other, in the order in which it was asked. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * One queue of work.
 *
 * Whoever chooses an address, an instance or a size reads first and writes then; two at once would choose the same.
 */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}
