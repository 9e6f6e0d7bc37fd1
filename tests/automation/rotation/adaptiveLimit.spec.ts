import assert from "node:assert/strict";
import fc from "fast-check";
import { adaptiveLimit, type LimitedAnswer } from "../../../automation/rotation/adaptiveLimit";

const OK = { status: 201 };
const TOO_MUCH = { status: 429, retryAfterSeconds: 2 };
const BUDGET = { status: 429, causes: [{ reason: "DisruptionBudget" }], retryAfterSeconds: 10 };

describe("the number of requests at once", () => {
  const limitAt = () => {
    let nowMs = 0;
    const limit = adaptiveLimit({ now: () => nowMs, sleep: () => Promise.reject(new Error("it waits")) });
    return {
      room: (underWay: number) => limit.room(underWay),
      answered: (answer: LimitedAnswer) => {
        limit.answered(answer);
      },
      passes: (milliseconds: number) => {
        nowMs += milliseconds;
      },
    };
  };

  it("is 30 less those that are under way", () => {
    const { room } = limitAt();
    assert.deepEqual([room(0), room(12), room(30), room(31)], [30, 18, 0, 0]);
  });

  it("is none for as long as the API server asked for, and half of what it was then", () => {
    const { room, answered, passes } = limitAt();
    answered(TOO_MUCH);
    assert.equal(room(0), 0);
    passes(1_999);
    assert.equal(room(0), 0);
    passes(1);
    assert.equal(room(0), 15);
  });

  it("waits a second where the API server says nothing of how long", () => {
    const { room, answered, passes } = limitAt();
    answered({ status: 429 });
    passes(999);
    assert.equal(room(0), 0);
    passes(1);
    assert.equal(room(0), 15);
  });

  it("takes refusals of the same moment for one", () => {
    const { room, answered, passes } = limitAt();
    for (let times = 0; times < 15; times++) answered(TOO_MUCH);
    passes(2_000);
    assert.equal(room(0), 15);
  });

  it("is one at least, however often it is refused", () => {
    const { room, answered, passes } = limitAt();
    for (let times = 0; times < 50; times++) {
      answered(TOO_MUCH);
      passes(2_000);
    }
    assert.equal(room(0), 1);
  });

  it("grows by one with as many answers as it lets through, up to 30", () => {
    const { room, answered, passes } = limitAt();
    answered(TOO_MUCH);
    passes(2_000);
    for (let times = 0; times < 16; times++) answered(OK);
    assert.equal(room(0), 16);
    for (let times = 0; times < 1_000; times++) answered(OK);
    assert.equal(room(0), 30);
  });

  it("does not change by what a disruption budget refuses", () => {
    const { room, answered } = limitAt();
    answered(BUDGET);
    assert.equal(room(0), 30);
  });

  it("is between one and 30 whatever is answered, once the server's time is over", () => {
    const answers = fc.array(
      fc.record({ answer: fc.constantFrom(OK, TOO_MUCH, BUDGET, { status: 500 }), afterMs: fc.nat(5_000) }),
    );
    fc.assert(
      fc.property(answers, (list) => {
        const { room, answered, passes } = limitAt();
        for (const { answer, afterMs } of list) {
          passes(afterMs);
          answered(answer);
        }
        passes(2_000);
        assert.ok(room(0) >= 1 && room(0) <= 30);
      }),
    );
  });
});
