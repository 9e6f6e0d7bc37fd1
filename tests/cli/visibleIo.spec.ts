import assert from "node:assert/strict";
import fc from "fast-check";
import type { Io } from "../../cli/io";
import { jsonText } from "../../cli/jsonText";
import { startProgress } from "../../cli/progress";
import { table } from "../../cli/table";
import { visibleIo } from "../../cli/visibleIo";
import { hostileJson, hostileText, UNSEEN } from "../support/hostile";
import { podnet } from "../support/podnet";

/** Erases the line, sets the window's title, and turns the direction of reading. */
const HOSTILE = "a\u001b[2K\r\u001b]0;owned\u0007\u009b2J\u202eb";

describe("what podnet writes", () => {
  it("shows the control characters of what it is given, in messages and in answers", async () => {
    const { code, stdout, stderr } = await podnet(`max-pods ${HOSTILE}`);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.doesNotMatch(stderr, UNSEEN);
    assert.match(stderr, /\\u\{9b\}2J\\u\{202e\}b/);
  });

  it("shows those of a file and of its name", async () => {
    const { code, stderr } = await podnet(`size ${HOSTILE}.yaml`, {
      [`${HOSTILE}.yaml`]: JSON.stringify({
        subnets: [{ prefixLength: 24, [HOSTILE]: 1 }],
        instances: HOSTILE,
      }),
    });
    assert.equal(code, 2);
    assert.doesNotMatch(stderr, UNSEEN);
    assert.match(stderr, /\\u\{202e\}b\.yaml is not usable/);
  });

  it("means the same in JSON, where it is shown as well", async () => {
    const { stdout } = await podnet(`max-pods ${HOSTILE} --json`);
    assert.doesNotMatch(stdout, UNSEEN);
    assert.ok(JSON.stringify(JSON.parse(stdout)).includes("\u202eb"));
  });

  it("is visible whatever is written to either stream", () => {
    fc.assert(
      fc.property(hostileText(), hostileText(), (answer, note) => {
        const written: string[] = [];
        const take = (text: string) => void written.push(text);
        const io = visibleIo({ stdout: take, stderr: take, isTTY: true } as Io);
        io.stdout(answer);
        io.stderr(note);
        for (const text of written) assert.doesNotMatch(text, UNSEEN);
      }),
    );
  });

  it("leaves it to those who want to whether they look at the signal", () => {
    let isHeeded = false;
    const outside = {
      get signal() {
        isHeeded = true;
        return new AbortController().signal;
      },
    };
    const io = visibleIo(outside as Io);
    assert.equal(isHeeded, false);
    assert.equal(io.signal.aborted, false);
    assert.equal(isHeeded, true);
  });
});

describe("JSON as podnet writes it", () => {
  it("says the same as any other, and everything in it can be seen", () => {
    fc.assert(
      fc.property(hostileJson(), fc.constantFrom(0, 2), (value, indent) => {
        const text = jsonText(value, indent);
        assert.doesNotMatch(text, UNSEEN);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is null of nothing", () => {
    assert.equal(jsonText(undefined), "null");
  });
});

describe("a table of names that others chose", () => {
  it("has a line for each row and shows everything in it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(hostileText(), hostileText()), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const drawn = table([{ head: "NODE" }, { head: "TAG" }], rows);
          assert.equal(drawn.split("\n").length, rows.length + 1);
          assert.doesNotMatch(drawn, UNSEEN);
        },
      ),
    );
  });

  it("has several lines only where the command wants them", () => {
    assert.equal(table([{ head: "A" }], [[["x\ny", "z"]]]), "A\nx\\ny\nz");
  });
});

describe("progress that is drawn", () => {
  it("moves the cursor by sequences of its own alone", () => {
    let drawn = "";
    let written = "";
    const io = {
      isTTY: true,
      stderr: (text: string) => void (written += text),
      draw: (text: string) => void (drawn += text),
    };
    const progress = startProgress(io, { now: () => 0, every: () => () => undefined });
    progress.step(`Draining ${HOSTILE}`);
    progress.say(`evicted ${HOSTILE}`);
    progress.show([`waits for ${HOSTILE}`]);
    progress.close();
    assert.equal(written, "");
    for (const what of ["Draining", "evicted", "waits for"]) {
      assert.ok(drawn.includes(`${what} a\\u{1b}[2K\\u{d}\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}b`), what);
    }
    for (const sign of ["\u0007", "\u009b", "\u202e", "\r"]) assert.ok(!drawn.includes(sign));
  });
});
