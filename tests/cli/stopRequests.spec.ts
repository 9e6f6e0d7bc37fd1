import assert from "node:assert/strict";
import { stopRequests } from "../../cli/stopRequests";

describe("signals that ask podnet to stop", () => {
  const meaning = (...arrivals: [NodeJS.Signals, number][]) => {
    const requestBy = stopRequests();
    return arrivals.map(([signal, atMs]) => requestBy(signal, atMs));
  };

  it("are one request where the same arrives twice at once, as by timeout and npx", () => {
    assert.deepEqual(meaning(["SIGTERM", 5_000], ["SIGTERM", 5_099]), ["first", "echo"]);
  });

  it("are two where a person presses twice, or where they differ", () => {
    assert.deepEqual(meaning(["SIGINT", 5_000], ["SIGINT", 5_100]), ["first", "again"]);
    assert.deepEqual(meaning(["SIGINT", 5_000], ["SIGTERM", 5_001]), ["first", "again"]);
  });
});
