import { setMaxListeners } from "node:events";

/** Something that takes a while: its events as they happen, and its result. */
export interface Run<E, R> extends AsyncIterable<E> {
  /** What it came to. Rejects as the iteration does; one of the two is enough to know of a failure. */
  readonly result: Promise<R>;
}

/**
 * Begins something that tells of itself.
 *
 * Events are handed out once, in order, and kept until they are asked for. Whoever leaves the iteration early stops the
 * run, as by the signal, and goes on when it has put its house in order.
 *
 * @param act does it; gets a function to tell with, and a signal that ends it.
 * @param signal of whoever began it.
 */
export function begin<E, R>(
  act: (tell: (event: E) => void, signal: AbortSignal) => Promise<R>,
  signal: AbortSignal,
): Run<E, R> {
  const left = new AbortController();
  const told: E[] = [];
  let isOver = false;
  let wake = (): void => undefined;
  const tell = (event: E) => {
    told.push(event);
    wake();
  };
  const stop = AbortSignal.any([signal, left.signal]);
  // One listener for each request that is under way, and there are dozens.
  setMaxListeners(0, stop);
  const result = (async () => act(tell, stop))();
  // A failure is told by whichever of the two somebody waits for, and must not end the process of one who waits for one.
  const settled = result
    .then(
      () => undefined,
      () => undefined,
    )
    .finally(() => {
      isOver = true;
      wake();
    });

  async function* events(): AsyncGenerator<E, void, undefined> {
    try {
      for (;;) {
        yield* told.splice(0);
        if (told.length > 0) continue;
        if (isOver) break;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      left.abort(new Error("nobody follows this run any more"));
      await settled;
    }
    await result;
  }
  return { result, [Symbol.asyncIterator]: events };
}
