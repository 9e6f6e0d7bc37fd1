import { rmSync } from "node:fs";
import { isEnd, typing, type DocumentedBlock } from "./documentedBlocks";
import { ensureLentPrograms } from "./ownCache";
import { readersShell } from "./readersShell";
import { temporaryFolder } from "./temporaryFolder";
import { typeBlock, type Typed, type TypingShell } from "./typedBlocks";

/** A home with a shell for the tests of a `describe`, and the end of the sandbox that these bring up in it. */
export function readersHome(): { readonly home: () => string; readonly shell: () => TypingShell } {
  let home = "";
  let shell: TypingShell | undefined;
  const started = () => {
    if (shell === undefined) throw new Error("the shell is there while tests run, and not before");
    return shell;
  };
  before(async () => {
    const { kubectl } = await ensureLentPrograms();
    home = temporaryFolder();
    shell = readersShell(home, kubectl);
  });
  after(async () => {
    if (shell === undefined) return;
    shell.cwd = home;
    // It succeeds where there is none as well. Where it does not, what is left of the sandbox stays to be found.
    await typeBlock(shell, ["podnet sandbox down"], typing);
    rmSync(home, { recursive: true });
  });
  return { home: () => home, shell: started };
}

/** Once a test of a `describe` has failed, skips those behind it, which need what it should have done. */
export function skipAfterFailure(): void {
  let hasFailed = false;
  beforeEach(function () {
    if (hasFailed) this.skip();
  });
  afterEach(function () {
    hasFailed ||= this.currentTest?.isFailed() === true;
  });
}

/** Runs a block as a test: each statement has to end as it should. */
export function runs(
  { page, statements: all }: DocumentedBlock,
  shell: () => TypingShell,
  check?: (done: readonly Typed[]) => void,
): void {
  const statements = all.filter((statement) => !isEnd(statement));
  if (statements.length === 0) return;
  const what = check === undefined ? "end as they should" : "do what they say";
  it(`of ${page} ${what}: ${statements.join("; ")}`, async () => {
    const done = await typeBlock(shell(), statements, typing);
    check?.(done);
  });
}

/** What a statement of a block has written to stdout. */
export function outputOf(done: readonly Typed[], statement: string): string {
  return done.find((each) => each.statement === statement)?.stdout ?? "";
}
