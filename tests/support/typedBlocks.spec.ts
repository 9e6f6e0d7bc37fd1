import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { processesOf } from "./processesOf";
import { temporaryFolder } from "./temporaryFolder";
import { typeBlock, type Ending, type Typing, type TypingShell } from "./typedBlocks";

describe("a block that is typed", () => {
  let shell: TypingShell;
  beforeEach(() => {
    shell = { cwd: temporaryFolder(), env: { PATH: process.env.PATH } };
  });
  afterEach(() => {
    rmSync(shell.cwd, { recursive: true });
  });
  const each =
    (ending: Ending): Typing =>
    (statement) => ({ typed: statement, ...ending });

  it("tells what each statement has said, and leaves what they export", async () => {
    const statements = ["export WHO=me", 'echo "$WHO" >&2'];
    assert.deepEqual(await typeBlock(shell, statements, each({ exits: 0 })), [
      { statement: statements[0], code: 0, stdout: "", stderr: "" },
      { statement: statements[1], code: 0, stdout: "", stderr: "me\n" },
    ]);
    assert.equal(shell.env.WHO, "me");
  });

  it("is refused where one ends in another way, with the statement", async () => {
    const isNo = { exits: "not 0", says: /^no$/m } as const;
    await typeBlock(shell, ["sh -c 'echo no >&2; exit 7'"], each(isNo));
    await assert.rejects(typeBlock(shell, ["echo no"], each(isNo)), /^AssertionError.*: echo no: 0\n/);
    await assert.rejects(
      typeBlock(shell, ["nothing"], each(isNo)),
      /does not say \/\^no\$\/m: nothing: 127\n/,
    );
    await assert.rejects(typeBlock(shell, ["true", "false", "true"], each({ exits: 0 })), /: false: 1\n/);
    await assert.rejects(typeBlock(shell, ["exit 3"], each({ exits: 0 })), /: exit 3: has ended the shell/);
  });

  it("is killed at its limit, with all that it has started", async () => {
    const endless = `sh -c 'sleep 600; : ${shell.cwd}'`;
    await assert.rejects(
      typeBlock(shell, ["true", endless, "true"], each({ exits: 0 }), 5_000),
      /: sh -c 'sleep 600;.*: was killed; a block has 5 seconds/,
    );
    // Until this test's own limit: what is killed takes a moment to be gone.
    while (processesOf(shell.cwd).length > 0) await setImmediate();
  });
});
