import assert from "node:assert/strict";
import { logLinesOf, merged } from "../../sandbox/logLines";

const NOON = new Date(2026, 10, 21, 12, 0, 0).getTime();

describe("lines of a sandbox's logs", () => {
  const timeOf = (line: string, now = NOON) => logLinesOf("part", line, now)[0]?.at;

  it("have their times in each of the ways of the sandbox's programs", () => {
    const etcd = '{"level":"warn","ts":"2026-11-21T19:36:22.183Z","caller":"embed/config.go:1207"}';
    assert.equal(timeOf(etcd), Date.UTC(2026, 10, 21, 19, 36, 22, 183));
    const kwok = '{"time":"2026-11-21T19:36:26.183033677Z","level":"INFO"}';
    assert.equal(timeOf(kwok), Date.UTC(2026, 10, 21, 19, 36, 26, 183));
    assert.equal(timeOf("2026-11-21T19:36:26.500Z front: slow"), Date.UTC(2026, 10, 21, 19, 36, 26, 500));
    assert.equal(
      timeOf("E1121 11:36:22.276000    2021 options.go:263] no address"),
      new Date(2026, 10, 21, 11, 36, 22, 276).getTime(),
    );
    assert.equal(
      timeOf('127.0.0.1 - - [21/Nov/2026 11:43:43] "POST / HTTP/1.1" 200 -'),
      new Date(2026, 10, 21, 11, 43, 43).getTime(),
    );
  });

  it("of Kubernetes' programs are of last year where they would be in the future", () => {
    const january = new Date(2027, 0, 1, 0, 5).getTime();
    assert.equal(
      timeOf("I1231 23:59:59.000000 1 a.go:1] b", january),
      new Date(2026, 11, 31, 23, 59, 59).getTime(),
    );
  });

  it("without a time are as old as the line before", () => {
    const lines = logLinesOf("part", "first\n2026-11-21T10:00:00Z began\n  at run (a.ts:1)\n", NOON);
    const began = Date.UTC(2026, 10, 21, 10);
    assert.deepEqual(
      lines.map(({ at, text }) => [at, text]),
      [
        [0, "first"],
        [began, "2026-11-21T10:00:00Z began"],
        [began, "  at run (a.ts:1)"],
      ],
    );
    assert.equal(logLinesOf("part", "more\n", NOON, began)[0]?.at, began);
  });

  it("lose what would change colours of a terminal", () => {
    assert.equal(logLinesOf("moto", "\u001b[31m\u001b[1mWARNING\u001b[0m\r", NOON)[0]?.text, "WARNING");
  });

  it("of several parts come in the order of time, those of one part in their own", () => {
    const at = (part: string, time: number, text: string) => ({ part, at: time, text });
    const lines = merged([
      [at("etcd", 1, "a"), at("etcd", 5, "b"), at("etcd", 5, "c")],
      [at("kwok", 4, "d"), at("kwok", 6, "e")],
    ]);
    assert.equal(lines.map(({ text }) => text).join(""), "adbce");
  });
});
