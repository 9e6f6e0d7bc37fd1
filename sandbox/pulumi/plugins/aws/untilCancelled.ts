import { StandardRetryStrategy } from "@smithy/core/retry";

type Refresh = StandardRetryStrategy["refreshRetryTokenForRetry"];

/**
 * Makes a call again as the SDK does by itself, with ever longer pauses, until somebody cancels: then a call that AWS
 * refuses fails at once with what AWS said, and nothing is left that could be done later. A call that is under way is not
 * broken off, so that nobody has to guess whether it was done.
 */
export class UntilCancelled extends StandardRetryStrategy {
  constructor(
    attempts: number,
    private readonly cancelled: AbortSignal,
  ) {
    super(attempts);
  }

  /** Ends with the pause before the next attempt. */
  override async refreshRetryTokenForRetry(...asked: Parameters<Refresh>): ReturnType<Refresh> {
    const { cancelled } = this;
    cancelled.throwIfAborted();
    const over = new AbortController();
    const refused = new Promise<never>((_, reject) => {
      const refuse = () => {
        reject(cancelled.reason as Error);
      };
      cancelled.addEventListener("abort", refuse, { signal: over.signal });
    });
    try {
      return await Promise.race([super.refreshRetryTokenForRetry(...asked), refused]);
    } finally {
      over.abort();
    }
  }
}
