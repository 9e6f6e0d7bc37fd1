import { isPlainWord, quotedForSh } from "../planning/shellWord";

/** Shells that take an environment in different words: bash, zsh and all others of POSIX, or fish. */
export const SHELLS = ["sh", "fish"] as const;

/** One of them. */
export type Shell = (typeof SHELLS)[number];

/** An environment as a shell takes it over. */
export interface ShellEnvironment {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** A folder before all others of the shell's PATH, and one behind them. */
  readonly path: { readonly first: string; readonly last: string };
}

/** The lines that a shell runs to take an environment over. */
export function shellLines(shell: Shell, { set, unset, path }: ShellEnvironment): string[] {
  const quoted = shell === "fish" ? quotedForFish : quotedForSh;
  const first = quoted(path.first);
  const last = quoted(path.last);
  if (shell === "fish") {
    return [
      `set --erase ${unset.join(" ")}`,
      ...Object.entries(set).map(([key, value]) => `set --global --export ${key} ${quoted(value)}`),
      `set --global --export PATH ${first} $PATH ${last}`,
    ];
  }
  return [
    `unset ${unset.join(" ")}`,
    ...Object.entries(set).map(([key, value]) => `export ${key}=${quoted(value)}`),
    // Of the shell that takes it, which need not be this process's.
    `export PATH=${first}:"$PATH":${last}`,
  ];
}

function quotedForFish(value: string): string {
  return isPlainWord(value) ? value : `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
