import assert from "node:assert/strict";
import { formatElapsed } from "../../planning/elapsed";
import { startProgress, type Ticking } from "../../cli/progress";

/** Time that passes when a test says so. */
function handTime(): Ticking & { pass(milliseconds: number): void } {
  let now = 0;
  const ticks = new Set<{ period: number; next: number; tick: () => void }>();
  return {
    now: () => now,
    every(period, tick) {
      const entry = { period, next: now + period, tick };
      ticks.add(entry);
      return () => ticks.delete(entry);
    },
    pass(milliseconds) {
      const end = now + milliseconds;
      for (;;) {
        const due = [...ticks].sort((a, b) => a.next - b.next)[0];
        if (due === undefined || due.next > end) break;
        now = due.next;
        due.next += due.period;
        due.tick();
      }
      now = end;
    },
  };
}

describe("progress in a pipeline", () => {
  it("keeps each line, with the time since the start", () => {
    const time = handTime();
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: false }, time);
    progress.step("Rotate");
    time.pass(2_000);
    progress.say("node a drained");
    progress.close();
    assert.equal(out, "  0:00  Rotate\n  0:02    node a drained\n");
  });

  it("says after a silent minute how things stand, and again every minute", () => {
    const time = handTime();
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: false }, time);
    progress.step("Rotate");
    time.pass(59_000);
    assert.equal(out, "  0:00  Rotate\n");
    time.pass(1_000);
    progress.show(["2 of 6 nodes", "31 pods moved"]);
    time.pass(60_000);
    progress.close();
    time.pass(120_000);
    assert.equal(out, "  0:00  Rotate\n  1:00  still: Rotate\n  2:00  still: 2 of 6 nodes; 31 pods moved\n");
  });
});

describe("a heartbeat", () => {
  it("counts what does not fit in a line", () => {
    const time = handTime();
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: false }, time);
    progress.step("Rotate");
    progress.show(Array.from({ length: 20 }, (_, index) => `draining  old-${index}  1 of 9 pods gone`));
    time.pass(60_000);
    progress.close();
    const three = [0, 1, 2].map((index) => `draining  old-${index}  1 of 9 pods gone`).join("; ");
    assert.equal(out, `  0:00  Rotate\n  1:00  still: ${three}; and 17 more\n`);
  });
});

describe("progress that a person watches", () => {
  it("is drawn over, while lines that were said stay above it", () => {
    const time = handTime();
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: true }, time);
    progress.step("Rotate");
    progress.show(["2 of 6 nodes"]);
    time.pass(65_000);
    progress.say("node a drained");
    progress.close();
    // eslint-disable-next-line no-control-regex -- what a terminal is told
    const seen = out.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, "");
    assert.match(seen, /^Rotate\n {2}0:00\n/);
    assert.match(seen, / {2}1:05\n {2}2 of 6 nodes/);
    assert.match(seen, / {2}node a drained\n/);
    assert.ok(out.includes("\u001b["), "nothing was drawn over");
  });
});

describe("progress in a terminal without a size", () => {
  const { columns, rows } = process.stderr;
  before(() => Object.assign(process.stderr, { columns: 0, rows: 0 }));
  after(() => Object.assign(process.stderr, { columns, rows }));

  it("is drawn as in one of 80 columns", () => {
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: true }, handTime());
    progress.step("Rotate");
    progress.say("node a drained");
    progress.close();
    // eslint-disable-next-line no-control-regex -- what a terminal is told
    assert.match(out.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, ""), /^Rotate\n[^]* {2}node a drained\n/);
  });
});

describe("progress in a small terminal", () => {
  const { columns, rows } = process.stderr;
  before(() => Object.assign(process.stderr, { columns: 40, rows: 8 }));
  after(() => Object.assign(process.stderr, { columns, rows }));

  it("breaks no name, and rather leaves out the last lines than the first", () => {
    let out = "";
    const progress = startProgress({ stderr: (text) => (out += text), isTTY: true }, handTime());
    progress.step("Rotate");
    progress.say("ip-10-8-0-1 is blocked by payments/ledger-2 and others");
    progress.show(Array.from({ length: 9 }, (_, index) => `draining  ip-10-8-0-${index}  1 of 9 pods gone`));
    progress.close();
    // eslint-disable-next-line no-control-regex -- what a terminal is told
    const seen = out.replace(/\u001b\[[0-9;?]*[a-zA-Z]/g, "");
    assert.match(seen, /\n {2}ip-10-8-0-1 is blocked by\n {4}payments\/ledger-2 and others\n/);
    const drawn = [0, 1]
      .map((index) => `  draining  ip-10-8-0-${index}  1 of 9 pods\n            gone\n`)
      .join("");
    assert.ok(seen.includes(`  0:00\n${drawn}  ... and 14 more lines\n`), seen);
  });
});

describe("a span of time", () => {
  const rows: [number, string][] = [
    [0, "0:00"],
    [59_999, "0:59"],
    [60_000, "1:00"],
    [3_599_999, "59:59"],
    [3_600_000, "1:00:00"],
    [7_509_000, "2:05:09"],
  ];
  for (const [milliseconds, text] of rows) {
    it(`of ${milliseconds} ms is ${text}`, () => {
      assert.equal(formatElapsed(milliseconds), text);
    });
  }
});
