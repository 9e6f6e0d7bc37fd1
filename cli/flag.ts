import { shown } from "../planning/problem";

/** A value that a flag can't take, with the way out. */
export interface Refusal {
  readonly reason: string;
  readonly fix: string;
}

/** What became of the texts that a flag was given. */
export type Reading<T> = { readonly value: T } | { readonly refusals: readonly Refusal[] };

/** A flag of a command: how it is written, what it is for, and how its texts become a value. */
export interface Flag<T = unknown> {
  /** What stands behind the flag in help texts, such as `<number>`; empty for a flag without a value. */
  readonly placeholder: string;
  readonly help: string;
  /** A letter that stands for it: `o` for `-o`. @default none */
  readonly short?: string;
  /** What it reads when it is given without its value; only where the placeholder is in brackets. */
  readonly preset?: string;
  /** What it is in a file of flags: a number there is no text, or 1.10 would become 1.1. */
  readonly kind: "boolean" | "number" | "text";
  /** Whether it may be given more than once, or with several values. */
  readonly many: boolean;
  readonly required: boolean;
  readonly read: (texts: readonly string[]) => Reading<T>;
}

/** The flags of a command, by their names in camelCase. */
export type FlagSet = Readonly<Record<string, Flag>>;

/** What a flag's value is. */
type ValueOf<F> = F extends Flag<infer T> ? T : never;

/** The values of a command's flags; a flag that was not given is missing. */
export type FlagValues<F extends FlagSet> = { readonly [K in keyof F]?: ValueOf<F[K]> | undefined };

/** Reads one text. */
type ReadOne<T> = (text: string) => { readonly value: T } | { readonly refusal: Refusal };

const one = <T>(kind: Flag["kind"], placeholder: string, help: string, read: ReadOne<T>): Flag<T> => ({
  placeholder,
  help,
  kind,
  many: false,
  required: false,
  read: (texts) => {
    const reading = read(texts.at(-1) ?? "");
    return "value" in reading ? reading : { refusals: [reading.refusal] };
  },
});

/** A flag that is given or not: `--json`. */
export function yes(help: string): Flag<boolean> {
  return one("boolean", "", help, readBoolean);
}

/** A flag that is given, or given as `=false`: of what holds by default. */
export function yesOrNo(help: string): Flag<boolean> {
  return { ...one("boolean", "[true|false]", help, readBoolean), preset: "true" };
}

const SECONDS_OF = { s: 1, m: 60, h: 3_600 } as const;

/**
 * A flag with a span of time as kubectl takes it, such as `30s`, `10m` or `1h30m`; its value is in seconds. A number
 * without its unit is refused: it might be meant as either.
 */
export function duration(help: string, example: string): Flag<number> {
  return one("text", "<duration>", help, (given) => {
    const fix = `Give one such as ${example}.`;
    if (/^\d+(\.\d+)?$/.test(given)) return refuse(`${shown(given)} is missing its unit: s, m or h.`, fix);
    const parts = [...given.matchAll(/(\d+(?:\.\d+)?)([smh])/gy)];
    const seconds = parts.reduce(
      (total, [, number, unit]) => total + Number(number) * SECONDS_OF[unit as keyof typeof SECONDS_OF],
      0,
    );
    const isWhole = parts.map(([part]) => part).join("") === given;
    return isWhole && seconds > 0 ? { value: seconds } : refuse(`${shown(given)} is no duration.`, fix);
  });
}

/**
 * A flag with a whole number.
 *
 * @param example that a refusal suggests. @default the smallest
 */
export function wholeNumber(help: string, from: number, to: number, example = from): Flag<number> {
  return one("number", "<number>", help, (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return { value };
    return refuse(
      `${shown(text)} is not a whole number from ${from} to ${to}.`,
      `Give one such as ${example}.`,
    );
  });
}

/** A flag with any text, and one that it stands for when it has none. */
export function textOr(placeholder: string, preset: string, help: string): Flag<string> {
  return { ...text(placeholder, help), preset };
}

/** A flag with any text but none. */
export function text(placeholder: string, help: string): Flag<string> {
  return one("text", placeholder, help, (value) =>
    value === "" ? refuse('"" is empty.', `Give ${help}, or leave it out.`) : { value },
  );
}

/** A flag with one of a few words. */
export function choice<const T extends string>(help: string, words: readonly T[]): Flag<T> {
  return one("text", `<${words.join("|")}>`, help, (given) => {
    const word = words.find((candidate) => candidate === given);
    return word === undefined
      ? refuse(`${shown(given)} is not a choice.`, `Give one of ${words.join(", ")}.`)
      : { value: word };
  });
}

/** A flag with one or more texts, with spaces or commas between them, or given several times. */
export function texts(placeholder: string, help: string): Flag<readonly string[]> {
  return {
    placeholder,
    help,
    kind: "text",
    many: true,
    required: false,
    read: (given) => {
      const value = splitAtCommas(given);
      return value.every((item) => item !== "")
        ? { value }
        : {
            refusals: [
              { reason: "it has an empty item.", fix: "Give items with one comma or space between them." },
            ],
          };
    },
  };
}

/** A flag that is given once for each item, whose text is kept whole. */
export function items<T>(
  placeholder: string,
  help: string,
  read: ReadOne<T>,
  kind: Flag["kind"] = "text",
): Flag<readonly T[]> {
  return {
    placeholder,
    help,
    kind,
    many: true,
    required: false,
    read: (given) => {
      const readings = given.map(read);
      const refusals = readings.flatMap((reading) => ("refusal" in reading ? [reading.refusal] : []));
      if (refusals.length > 0) return { refusals };
      return { value: readings.flatMap((reading) => ("value" in reading ? [reading.value] : [])) };
    },
  };
}

/** The same flag, without which the command does nothing. */
export function required<T>(flag: Flag<T>): Flag<T> {
  return { ...flag, required: true };
}

/** The answer of a reader that can't take a text. */
export function refuse(reason: string, fix: string): { readonly refusal: Refusal } {
  return { refusal: { reason, fix } };
}

/** Items that were given with commas between them, apart. */
export function splitAtCommas(given: readonly string[]): string[] {
  return given.flatMap((item) => item.split(",")).map((item) => item.trim());
}

function readBoolean(given: string): { value: boolean } | { refusal: Refusal } {
  if (given === "true") return { value: true };
  if (given === "false") return { value: false };
  return refuse(`${shown(given)} is neither true nor false.`, "Give true or false.");
}
