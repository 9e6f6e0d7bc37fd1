/** Something that the command line asks for and that there isn't, or not so. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What a flag is followed by. `repeated` may be given several times; `ignored` changes nothing here. */
export type FlagKind = "switch" | "text" | "repeated" | "ignored" | "ignoredText" | "refused" | "refusedText";

export interface FlagSpec {
  readonly kind: FlagKind;
  /** One letter, without the dash. */
  readonly short?: string;
}

/** What was given on a command line. */
export interface Given {
  readonly args: readonly string[];
  has(flag: string): boolean;
  text(flag: string): string | undefined;
  all(flag: string): readonly string[];
  /** Flags and what follows them, in the order in which they were given. */
  readonly inOrder: readonly { readonly flag: string; readonly value: string }[];
}

/** Flags that every command has. */
const common: Readonly<Record<string, FlagSpec>> = {
  stack: { kind: "text", short: "s" },
  cwd: { kind: "text", short: "C" },
  help: { kind: "switch", short: "h" },
  "non-interactive": { kind: "ignored" },
  color: { kind: "ignoredText" },
  emoji: { kind: "ignored", short: "e" },
  logflow: { kind: "ignored" },
  logtostderr: { kind: "ignored" },
  verbose: { kind: "ignoredText", short: "v" },
  "disable-integrity-checking": { kind: "refused" },
  "fully-qualify-stack-names": { kind: "refused" },
  tracing: { kind: "refusedText" },
  "tracing-header": { kind: "refusedText" },
  profiling: { kind: "refusedText" },
  memprofilerate: { kind: "refusedText" },
  "otel-traces": { kind: "refusedText" },
};

/**
 * Reads a command line.
 *
 * @param specs the command's own flags, beside those of all commands.
 * @throws UsageError naming what there isn't.
 */
export function readFlags(
  argv: readonly string[],
  specs: Readonly<Record<string, FlagSpec>>,
  command: string,
): Given {
  const known: Readonly<Record<string, FlagSpec>> = { ...common, ...specs };
  const inOrder: { flag: string; value: string }[] = [];
  const args: string[] = [];
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      args.push(...rest.splice(0));
    } else if (!word.startsWith("-") || word === "-") {
      args.push(word);
    } else {
      const [written = "", ...parts] = word.split("=");
      const inline = parts.length > 0 ? parts.join("=") : undefined;
      const [flag, spec] = find(written, known) ?? [];
      if (flag === undefined || spec === undefined)
        throw new UsageError(`unknown flag: ${written} of ${command}`);
      const takesText = /text$|^repeated$/i.test(spec.kind);
      const value = inline ?? (takesText ? rest.shift() : "true");
      if (value === undefined) throw new UsageError(`flag needs an argument: ${written}`);
      if (spec.kind.startsWith("refused") && value !== "false")
        throw new UsageError(
          `the stand-in for Pulumi does not support ${written} of ${command}; use the real Pulumi for it`,
        );
      inOrder.push({ flag, value });
    }
  }
  const all = (flag: string) => inOrder.filter((each) => each.flag === flag).map(({ value }) => value);
  return {
    args,
    inOrder,
    all,
    text: (flag) => all(flag).at(-1),
    has: (flag) => (all(flag).at(-1) ?? "false") !== "false",
  };
}

function find(
  written: string,
  known: Readonly<Record<string, FlagSpec>>,
): readonly [string, FlagSpec] | undefined {
  const entry = Object.entries(known).find(
    ([flag, { short }]) => written === `--${flag}` || (short !== undefined && written === `-${short}`),
  );
  return entry;
}
