import assert from "node:assert/strict";
import { background } from "../../../automation/rotation/background";

describe("something that goes on beside the rest", () => {
  /** What is ended by hand. */
  const act = () => {
    let end: () => void = () => undefined;
    let fail: (error: Error) => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      [end, fail] = [resolve, reject];
    });
    return { run: () => done, end, fail };
  };

  it("is under way until it has ended, and then says so once", async () => {
    const beside = background();
    const { run, end } = act();
    let told = 0;
    assert.equal(beside.isUnderWay(), false);
    beside.start(run, () => told++);
    assert.equal(beside.isUnderWay(), true);
    end();
    await beside.finished();
    assert.deepEqual([beside.isUnderWay(), told], [false, 1]);
    beside.throwIfFailed();
  });

  it("keeps what it failed with until it is asked, and does not say that it succeeded", async () => {
    const beside = background();
    const { run, fail } = act();
    let told = 0;
    beside.start(run, () => told++);
    beside.throwIfFailed();
    const failure = new Error("no room");
    fail(failure);
    await beside.finished();
    assert.deepEqual([beside.isUnderWay(), told], [false, 0]);
    assert.throws(() => {
      beside.throwIfFailed();
    }, failure);
  });

  it("keeps the first failure where a later one comes", async () => {
    const beside = background();
    const first = new Error("first");
    for (const failure of [first, new Error("second")]) {
      beside.start(
        () => Promise.reject(failure),
        () => undefined,
      );
      await beside.finished();
    }
    assert.throws(() => {
      beside.throwIfFailed();
    }, first);
  });

  it("has ended where nothing was begun", async () => {
    await background().finished();
  });
});
