import assert from "node:assert/strict";
import fc from "fast-check";
import { code, fenceFor, rawLine, sentence } from "../../../automation/comment/markdownText";
import { hostileText, UNSEEN } from "../../support/hostile";

describe("texts of others in Markdown", () => {
  it("are on one line and can be seen, whatever they are", () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        for (const written of [code(text), sentence(text), rawLine(text)]) {
          assert.doesNotMatch(written, UNSEEN);
          assert.doesNotMatch(written, /[\n\t]/);
        }
        assert.doesNotMatch(sentence(text).replace(/<\/?code>/g, ""), /[<|`*_[\]]/);
      }),
    );
  });

  it("are never longer than there is room for, however long they were", () => {
    const text = "\u202e@#<".repeat(100_000);
    // A character of the 300 that are kept is written in up to 20: <code>&#64;</code>.
    for (const written of [code(text), sentence(text)])
      assert.ok(written.length < 300 * 20, String(written.length));
  });

  it("are fenced by more backticks than any of a million has", () => {
    const lines = Array.from({ length: 10_000 }, () => "` ".repeat(100));
    assert.equal(fenceFor([...lines, "a ````` b"]), "``````");
    assert.equal(fenceFor([]), "```");
  });
});
