import assert from "node:assert/strict";
import { fitted, reflowed, terminalColumns, wrapped } from "../../cli/wrapped";

describe("wrapped text", () => {
  it("breaks a line at spaces, and leaves longer words whole", () => {
    assert.equal(wrapped("one two three", 8), "one two\nthree");
    assert.equal(wrapped("one two three", 7, "  "), "one two\n  three");
    assert.equal(wrapped("i-0123456789 is old", 5), "i-0123456789\nis\nold");
  });

  it("does not break a command of which it speaks, up to the end of that part of the sentence", () => {
    assert.equal(
      wrapped("Look, run podnet rotate prod --force, and look again.", 24),
      "Look, run\npodnet rotate prod --force,\nand look again.",
    );
  });

  it("begins no line with the spaces that keep two things apart", () => {
    assert.equal(wrapped("prod  verified          all in it", 18, "  "), "prod  verified\n  all in it");
  });

  it("keeps each line of an answer, with the rest of it behind its term or further in", () => {
    const answer = [
      "why old  its primary ENI carries addresses",
      "  a pod: it is in no pod subnet",
      "  -> look at it, and at its node",
      "STOP  a-name-that-is-far-too-long-for-it",
      "  aws eks describe-nodegroup --cluster-name prod",
    ];
    assert.deepEqual(fitted(answer.join("\n"), 24).split("\n"), [
      "why old  its primary ENI",
      "         carries",
      "         addresses",
      "  a pod: it is in no pod",
      "    subnet",
      "  -> look at it, and at",
      "     its node",
      "STOP",
      "      a-name-that-is-far-too-long-for-it",
      "  aws eks describe-nodegroup --cluster-name prod",
    ]);
  });

  it("is as wide as the terminal, but no wider than is well read, nor than in a pipeline", () => {
    assert.deepEqual(
      [{ columns: 80 }, { columns: 200 }, { columns: 0 }, {}].map(terminalColumns),
      [80, 100, 100, 100],
    );
  });

  it("joins lines of a paragraph, and keeps examples and lists", () => {
    const help = "Examples:\n  podnet a long example\n\nOne\ntwo three.\n\n  key  what it is for";
    assert.equal(
      reflowed(help, 14),
      "Examples:\n  podnet a long example\n\nOne two three.\n\n  key  what it\n       is for",
    );
  });

  it("of help is one paragraph wherever its source breaks, and keeps but the name and the flags of a command whole", () => {
    const help = "What\n--existing lists\nstays as follows:\n- one of two\n- two";
    assert.equal(reflowed(help, 24), "What --existing lists\nstays as follows:\n- one of two\n- two");
    assert.equal(
      reflowed("See how podnet sandbox list --json names them all, and aws ec2 describe-vpcs shows.", 30),
      "See how\npodnet sandbox list --json\nnames them all, and\naws ec2 describe-vpcs shows.",
    );
    assert.equal(reflowed("the sandbox as it is", 11), "the sandbox\nas it is");
  });
});
