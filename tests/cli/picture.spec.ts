import assert from "node:assert/strict";
import { picture } from "../../cli/picture";

/** What a terminal shows that was told these sequences: those by which a cursor moves up and lines are erased. */
function screen(sequences: string): string[] {
  const lines = [""];
  let row = 0;
  // eslint-disable-next-line no-control-regex -- what a terminal is told
  const parts = /([^\u001b\n]+)|(?:\u001b\[(\??\d*)([A-Za-z]))|\n/g;
  for (const [, text = "", count = "", command = ""] of sequences.matchAll(parts)) {
    if (text !== "") lines[row] = (lines[row] ?? "") + text;
    else if (command === "A") row -= Number(count || 1);
    else if (command === "B") row += Number(count || 1);
    else if (command === "K") lines[row] = "";
    else if (command === "") row += 1;
    while (lines.length <= row) lines.push("");
  }
  return lines.join("\n").trimEnd().split("\n");
}

describe("a picture on a terminal", () => {
  let told = "";
  const drawn = () => {
    told = "";
    const size = { columns: () => 80, rows: () => 24 };
    return picture((sequences) => {
      told += sequences;
    }, size);
  };

  it("shows lines that moved up or down where they are now", () => {
    const shown = drawn();
    shown.leave(["Rotating prod"]);
    for (const lines of [
      ["0:01", "us-west-2a", "draining a", "Ctrl-C stops"],
      ["0:01", "us-west-2a", "Ctrl-C stops"],
      ["0:01", "us-west-2a", "draining b", "draining c", "Ctrl-C stops"],
    ]) {
      shown.draw(lines);
      assert.deepEqual(screen(told), ["Rotating prod", ...lines]);
    }
    shown.leave(["b is gone"]);
    shown.end();
    assert.deepEqual(screen(told), ["Rotating prod", "b is gone"]);
  });

  it("tells a terminal nothing where nothing has changed", () => {
    const shown = drawn();
    shown.draw(["0:01", "us-west-2a"]);
    told = "";
    shown.draw(["0:01", "us-west-2a"]);
    assert.equal(told, "");
  });

  it("goes from one picture to the next in one write", () => {
    const writes: string[] = [];
    const size = { columns: () => 80, rows: () => 24 };
    const shown = picture((sequences) => writes.push(sequences), size);
    shown.draw(["0:01"]);
    shown.draw(["0:02", "us-west-2a"]);
    assert.equal(writes.length, 2);
  });
});
