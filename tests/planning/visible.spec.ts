import assert from "node:assert/strict";
import fc from "fast-check";
import { visible, visibleLines } from "../../planning/visible";
import { hostileText, UNSEEN } from "../support/hostile";

describe("visible", () => {
  it("shows what has no form of its own, on one line", () => {
    assert.equal(visible("a\u001b[2K\n\u202eb\u00a0é😀"), "a\\u{1b}[2K\\n\\u{202e}b\\u{a0}é😀");
  });

  it("keeps so many characters, and counts the others", () => {
    assert.equal(visible("😀😀😀", 2), "😀😀… (1 more)");
  });

  it("leaves nothing unseen of any text", () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        assert.doesNotMatch(visible(text), UNSEEN);
        assert.doesNotMatch(visible(text), /[\n\t]/);
      }),
    );
  });
});

describe("visibleLines", () => {
  it("keeps lines and tabs, and shows what would move the cursor or turn the reading", () => {
    assert.equal(visibleLines("a\tb\n\r\u009b2J\u2028\u2066c"), "a\tb\n\\u{d}\\u{9b}2J\\u{2028}\\u{2066}c");
  });

  it("leaves nothing unseen of any text, and every other character as it is", () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const shown = visibleLines(text);
        assert.doesNotMatch(shown, UNSEEN);
        if (!UNSEEN.test(text)) assert.equal(shown, text);
        assert.equal(shown.split("\n").length, text.split("\n").length);
      }),
    );
  });
});
