import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { kill } from "../../sandbox/processes";
import { temporaryFolder } from "./temporaryFolder";

/** A shell in which blocks are typed one after the other: what one exports, the next ones have. */
export interface TypingShell {
  /** The working folder of the next block. */
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** A statement that was typed, and what came of it. */
export interface Typed {
  readonly statement: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The statements of a block, without comments: a line each, with those that go on behind a backslash or in a here document. */
export function statementsOf(text: string): string[] {
  return [...text.matchAll(/^(?:.*\\\n)*(?:.*<<(\w+)\n(?:.*\n)*?\1$|.*$)/gm)]
    .map(([statement]) => statement.replace(/(^|\s+)#\s.*$/, "").trimEnd())
    .filter((statement) => statement !== "");
}

/** How a statement should end. */
export interface Ending {
  /** The exit code; "not 0" of programs whose versions have different ones for the same failure. */
  readonly exits: number | "not 0";
  /** What it says, on stdout or stderr. @default anything */
  readonly says?: RegExp;
}

/** What is really typed for a statement, and how it should end. */
export type Typing = (statement: string) => Ending & { readonly typed: string };

/** Longer than any block takes on a busy machine. */
const ENDS_WITHIN_MS = 15 * 60_000;

/**
 * Types statements in one bash, and leaves to the shell what they exported.
 *
 * What they leave running beside them, such as a forwarding, ends with the block.
 *
 * @param withinMs by when all of them have to have ended. @default 15 minutes
 * @throws of the first that does not end as it should, with what it said.
 */
export async function typeBlock(
  shell: TypingShell,
  statements: readonly string[],
  typing: Typing,
  withinMs = ENDS_WITHIN_MS,
): Promise<readonly Typed[]> {
  const expected = statements.map(typing);
  const folder = temporaryFolder();
  try {
    const exported = join(folder, "exported");
    const { code, stdout, stderr } = await bash(scriptOf(expected, exported), shell, withinMs);
    const done = typedOf(statements, stdout, stderr);
    // Of one that has not ended too, of which there is no exit code.
    const said = `${stdout}\n${stderr}`.slice(-10_000);
    const next = statements[done.length] ?? "";
    assert.notEqual(code, null, `${next}: was killed; a block has ${withinMs / 1000} seconds\n${said}`);
    for (const [index, one] of done.entries()) assertEnding(one, expected[index]);
    assert.equal(code, 0, `${next}: has ended the shell with ${code ?? ""}\n${said}`);
    shell.env = environmentIn(readFileSync(exported, "utf8"));
    return done;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const MARK = "that was a statement, with exit code";

/** Tells the exit code of each on stdout and stderr, and ends with the first that is not as expected. */
function scriptOf(expected: readonly ReturnType<Typing>[], exported: string): string {
  const lines = expected.map(({ typed, exits }) => {
    const isExpected = exits === "not 0" ? "$code != 0" : `$code = ${exits}`;
    return `${typed}\ncode=$?; echo "${MARK} $code"; echo "${MARK} $code" >&2; [ ${isExpected} ] || exit 1\n`;
  });
  return `${lines.join("")}env -0 > ${exported}`;
}

function typedOf(statements: readonly string[], stdout: string, stderr: string): Typed[] {
  const mark = new RegExp(`${MARK} (\\d+)\n`);
  const [out, err] = [stdout.split(mark), stderr.split(mark)];
  return statements.flatMap((statement, index) => {
    const code = out[2 * index + 1];
    if (code === undefined) return [];
    return [{ statement, code: Number(code), stdout: out[2 * index] ?? "", stderr: err[2 * index] ?? "" }];
  });
}

function assertEnding({ statement, code, stdout, stderr }: Typed, expected: Ending | undefined): void {
  const { exits = 0, says = /(?:)/ } = expected ?? {};
  const asItDid = `${statement}: ${code}\n${stdout}\n${stderr}`;
  if (exits === "not 0") assert.notEqual(code, 0, asItDid);
  else assert.equal(code, exits, asItDid);
  assert.ok(says.test(stdout) || says.test(stderr), `does not say ${String(says)}: ${asItDid}`);
}

/** @returns with the code null where it had to be killed. */
function bash(
  script: string,
  { cwd, env }: TypingShell,
  withinMs: number,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    // In a process group of its own: all that it has started ends with it.
    const child = spawn("bash", ["-c", script], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const end = () => {
      if (child.pid !== undefined) kill(-child.pid);
    };
    const limit = setTimeout(() => {
      end();
      // Somebody who has left the group may still hold them.
      child.stdout.destroy();
      child.stderr.destroy();
    }, withinMs);
    process.once("exit", end);
    const settled = () => {
      clearTimeout(limit);
      process.off("exit", end);
    };
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", (error) => {
      settled();
      reject(error);
    });
    child.once("exit", end);
    child.once("close", (code) => {
      settled();
      resolve({ code, stdout, stderr });
    });
  });
}

/** What `env -0` tells, but functions. */
function environmentIn(exported: string): NodeJS.ProcessEnv {
  return Object.fromEntries(
    exported.split("\0").flatMap((one) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(one) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
}
