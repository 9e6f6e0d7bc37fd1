import assert from "node:assert/strict";
import { UntilCancelled } from "../../../../sandbox/pulumi/plugins/aws/untilCancelled";

const THROTTLED = { errorType: "THROTTLING" } as const;

describe("calls of the stand-in aws plugin that AWS refuses", () => {
  it("are made again as often as asked, while nobody cancels", async () => {
    const strategy = new UntilCancelled(2, new AbortController().signal);
    const first = await strategy.acquireInitialRetryToken("");
    const second = await strategy.refreshRetryTokenForRetry(first, THROTTLED);
    assert.equal(second.getRetryCount(), 1);
    await assert.rejects(strategy.refreshRetryTokenForRetry(second, THROTTLED), /No retry token available/);
  });

  it("are given up at once when somebody cancels, in a pause and before one", async () => {
    const cancelled = new AbortController();
    const strategy = new UntilCancelled(26, cancelled.signal);
    const token = await strategy.acquireInitialRetryToken("");
    const inPause = strategy.refreshRetryTokenForRetry(token, THROTTLED);
    cancelled.abort(new Error("cancelled"));
    await assert.rejects(inPause, /^Error: cancelled$/);
    await assert.rejects(strategy.refreshRetryTokenForRetry(token, THROTTLED), /^Error: cancelled$/);
  });
});
