import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
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
}

/** The statements of a block, without comments: a line each, with those that go on behind a backslash or in a here document. */
export function statementsOf(text: string): string[] {
  return [...text.matchAll(/^(?:.*\\\n)*(?:.*<<(\w+)\n(?:.*\n)*?\1$|.*$)/gm)]
    .map(([statement]) => statement.replace(/(^|\s+)#\s.*$/, "").trimEnd())
    .filter((statement) => statement !== "");
}

/** What is really typed for a statement, and the exit code that it should have. */
export type Typing = (statement: string) => { readonly typed: string; readonly exits: number };

/**
 * Types statements in one bash, and leaves to the shell what they exported.
 *
 * @throws of the first that does not exit as it should, with what it said.
 */
export function typeBlock(
  shell: TypingShell,
  statements: readonly string[],
  typing: Typing,
): readonly Typed[] {
  const mark = "that was a statement, with exit code";
  const exported = join(temporaryFolder(), "exported");
  const script = statements.map((statement) => {
    const { typed, exits } = typing(statement);
    return `${typed}\ncode=$?; echo "${mark} $code"; [ $code = ${exits} ] || exit 1\n`;
  });
  // What runs beside it, such as a forwarding, ends with it.
  const text = `trap '[ -z "$!" ] || kill "$!" 2>/dev/null' EXIT\n${script.join("")}env -0 > ${exported}`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", text], {
    ...shell,
    ...{ encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 64 * 1024 * 1024 },
  });
  const parts = stdout.split(new RegExp(`${mark} (\\d+)\n`));
  const done = statements.flatMap((statement, index): Typed[] => {
    const code = parts[2 * index + 1];
    return code === undefined ? [] : [{ statement, code: Number(code), stdout: parts[2 * index] ?? "" }];
  });
  const last = done.at(-1);
  assert.equal(status, 0, `${last?.statement ?? ""}: ${last?.code ?? ""}\n${last?.stdout ?? ""}\n${stderr}`);
  assert.equal(done.length, statements.length);
  const variables = readFileSync(exported, "utf8").split("\0");
  shell.env = Object.fromEntries(
    variables.flatMap((one) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(one) ?? [];
      return name === undefined ? [] : [[name, value]];
    }),
  );
  rmSync(dirname(exported), { recursive: true });
  return done;
}
