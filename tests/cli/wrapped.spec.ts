import assert from "node:assert/strict";
import { reflowed, wrapped } from "../../cli/wrapped";

describe("wrapped text", () => {
  it("breaks a line at spaces, and leaves longer words whole", () => {
    assert.equal(wrapped("one two three", 8), "one two\nthree");
    assert.equal(wrapped("one two three", 7, "  "), "one two\n  three");
    assert.equal(wrapped("i-0123456789 is old", 5), "i-0123456789\nis\nold");
  });

  it("joins lines of a paragraph, and keeps examples and lists", () => {
    const help = "Examples:\n  podnet a long example\n\nOne\ntwo three.\n\n  key  what it is for";
    assert.equal(
      reflowed(help, 14),
      "Examples:\n  podnet a long example\n\nOne two three.\n\n  key  what it\n       is for",
    );
  });
});
