import { readCidr } from "../cidrBlock";
import { isObject } from "../isObject";
import { shown, type Problem } from "../problem";
import {
  AWS_NODE_SETTINGS,
  containersOf,
  ENV_TABLE,
  type AwsNodeContainer,
  type EnvEncoding,
} from "./envTable";
import type { AwsNodeSetting, AwsNodeSettings } from "./settings";

/** Environment variables by name; all values are strings. */
export type Env = Readonly<Record<string, string>>;

/** Settings as the environment of one container, in the order of the table; what is not set is not in it. */
export function toEnv(settings: AwsNodeSettings, container: AwsNodeContainer): Env {
  return Object.fromEntries(
    AWS_NODE_SETTINGS.flatMap((name) => {
      const value = settings[name];
      if (value === undefined || !containersOf(name).includes(container)) return [];
      return [[ENV_TABLE[name].env, encodeSetting(value)]];
    }),
  );
}

/** An environment, read back. */
export interface ReadEnv {
  readonly settings: AwsNodeSettings;
  /** Variables that are none of the table's, or of another container's, as they are. */
  readonly foreign: Env;
  /** Values that the CNI can't read, in whole or in part, with what it does about them. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the environments of aws-node's containers; where both have a variable that both read, the main container's
 * counts.
 */
export function fromEnv(main: Env, init: Env = {}): ReadEnv {
  const settings: Record<string, unknown> = {};
  const problems: Problem[] = [];
  const foreign = new Map([...Object.entries(init), ...Object.entries(main)]);
  for (const name of AWS_NODE_SETTINGS) {
    const { env, encoding, unreadable = "default" } = ENV_TABLE[name];
    const where = containersOf(name).map((container) => (container === "aws-node" ? main : init));
    const text = where.flatMap((environment) => own(environment, env) ?? [])[0];
    if (text === undefined) continue;
    foreign.delete(env);
    const decoded = decode(encoding, text);
    if (decoded.value !== undefined) settings[name] = decoded.value;
    if (decoded.reason !== undefined) {
      problems.push({
        path: `env.${env}`,
        reason: `${decoded.reason} ${CONSEQUENCES[unreadable]}`,
        fix: decoded.fix,
      });
    }
  }
  return { settings, foreign: Object.fromEntries(foreign), problems };
}

const CONSEQUENCES = {
  default: "The CNI takes its default in its place.",
  skipped: "The CNI passes over it.",
  fatal: "aws-node does not start with it.",
};

/** Reads one setting from a text, by the encoding of its variable; a list only as a whole. */
export function decodeSetting(
  name: AwsNodeSetting,
  text: string,
): { value: unknown } | { reason: string; fix: string } {
  const { value, reason, fix } = decode(ENV_TABLE[name].encoding, text);
  return reason === undefined ? { value } : { reason, fix };
}

function own(env: Env, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

/** A setting as the value of its variable. */
export function encodeSetting(value: Exclude<AwsNodeSettings[AwsNodeSetting], undefined>): string {
  if (Array.isArray(value)) return value.join(",");
  if (typeof value !== "object") return String(value);
  const tags = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(tags));
}

/** What Go's strconv.ParseBool takes for true and false, and so does the CNI. */
const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/** What could be read of a text, and what could not: of a list, both may be there. */
type Decoded =
  { value: unknown; reason?: undefined; fix?: undefined } | { value?: unknown; reason: string; fix: string };

function decode(encoding: EnvEncoding, text: string): Decoded {
  switch (encoding.kind) {
    case "boolean":
      if (TRUE.has(text)) return { value: true };
      if (FALSE.has(text)) return { value: false };
      return { reason: `${shown(text)} is neither true nor false.`, fix: "Give true or false." };
    case "integer": {
      const { from, to, unit } = encoding;
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= from && value <= to) return { value };
      return {
        reason: `${shown(text)} is not a number of ${unit}.`,
        fix: `Give a whole number from ${from} to ${to}.`,
      };
    }
    case "text":
      if (!/[\0\r\n]/.test(text)) return { value: text };
      return { reason: `${shown(text)} has a line break in it.`, fix: `Give ${encoding.what}.` };
    case "choice": {
      const given = encoding.anyCase === true ? text.toUpperCase() : text;
      const choice = encoding.of.find((candidate) => candidate === given);
      if (choice !== undefined) return { value: choice };
      return { reason: `${shown(text)} is not a choice.`, fix: `Give one of ${encoding.of.join(", ")}.` };
    }
    case "cidrs": {
      const items = text
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "");
      // Host bits are nothing to the CNI, which reads blocks as Go does.
      const unreadable = items.filter((item) => readCidr(item).kind === "malformed");
      if (unreadable.length === 0) return { value: items };
      return {
        value: items.filter((item) => !unreadable.includes(item)),
        reason: `${unreadable.map(shown).join(", ")} is not an IPv4 block.`,
        fix: "Give IPv4 blocks with commas between them, such as 10.0.0.0/8,192.168.0.0/16.",
      };
    }
    case "tags": {
      const tags = readTags(text);
      if (tags !== undefined) return { value: tags };
      return {
        reason: `${shown(text)} is not a JSON object of strings.`,
        fix: 'Write it like {"team": "platform"}.',
      };
    }
  }
}

function readTags(text: string): Record<string, string> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) return undefined;
  return Object.fromEntries(entries);
}
