import { likelyName } from "../../planning/nearestNames";
import { shown } from "../../planning/problem";
import { PART_NAMES, type PartName } from "../../sandbox/parts";
import { followLogs, readLogs, type LogLine } from "../../sandbox/sandboxLogs";
import { command, type Answer } from "../command";
import { refuse, text, wholeNumber, yes, type Flag } from "../flag";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { UsageError } from "../usageError";

const USUAL_TAIL = 100;
/** moto writes a line for every call, of which the data plane makes some all the time. */
const USUAL_PARTS = PART_NAMES.filter((name) => name !== "moto");
const SECONDS = { s: 1, m: 60, h: 3_600 };

/** Milliseconds, from `90s`, `5m` or `2h`. */
const sinceFlag: Flag<number> = {
  ...text("<duration>", "lines of that long ago and younger: 90s, 5m or 2h"),
  read: (given) => {
    const [, count, unit] = /^(\d+)([smh])$/.exec(given.at(-1) ?? "") ?? [];
    if (unit !== undefined) return { value: Number(count) * SECONDS[unit as "s" | "m" | "h"] * 1000 };
    const { refusal } = refuse(
      `${shown(given.at(-1) ?? "")} is no duration.`,
      "Give one such as 90s, 5m or 2h.",
    );
    return { refusals: [refusal] };
  },
};

/** `podnet sandbox logs` */
export const sandboxLogs = command({
  positional: {
    name: "PART",
    key: "parts",
    help: `the parts to read, all but moto by default: ${PART_NAMES.join(", ")}`,
    many: true,
    optional: true,
  },
  flags: {
    name: nameFlag,
    follow: yes("go on with what they write from now on, until Ctrl-C"),
    tail: wholeNumber(`at most that many lines, the last ones; ${USUAL_TAIL} by default`, 1, 1_000_000),
    since: sinceFlag,
  },
  help: `Examples:
  podnet sandbox logs
  podnet sandbox logs daemon --follow
  podnet sandbox logs kube-scheduler kwok --name other --since 5m --tail 1000
  podnet sandbox logs --json

The lines of several parts come in the order of time, each with its part's name. With --json they are one document;
with --follow as well, a document a line.`,

  async run(args, flags, io): Promise<Answer> {
    const parts = args.length === 0 ? USUAL_PARTS : args.map(partOf);
    const { name = "default", follow = false, tail = USUAL_TAIL, since } = flags;
    const choice = { parts, tail, since: since === undefined ? undefined : Date.now() - since };
    const lines = await ofSandbox("Reading the logs", () => readLogs({ name }, choice, Date.now()));
    if (!follow) return { json: lines.map(jsonOf), text: lines.map(textOf).join("\n") };
    return { json: undefined, text: "", events: eventsOf(followLogs({ name }, choice, Date.now, io.signal)) };
  },
});

function partOf(given: string): PartName {
  const part = PART_NAMES.find((name) => name === given);
  if (part !== undefined) return part;
  const meant = likelyName(given, PART_NAMES);
  throw new UsageError([
    {
      path: "PART",
      reason: `${shown(given)} is no part of a sandbox.`,
      fix: `${meant === undefined ? "" : `Did you mean ${meant}? `}Give some of ${PART_NAMES.join(", ")}.`,
    },
  ]);
}

async function* eventsOf(lines: AsyncIterable<LogLine>): AsyncGenerator<{ json: unknown; text: string }> {
  for await (const line of lines) yield { json: jsonOf(line), text: textOf(line) };
}

function jsonOf({ part, at, text: said }: LogLine): Readonly<Record<string, string>> {
  return { part, ...(at === 0 ? {} : { at: new Date(at).toISOString() }), text: said };
}

const WIDTH = Math.max(...PART_NAMES.map(({ length }) => length));

function textOf({ part, text: said }: LogLine): string {
  return `${part.padEnd(WIDTH)}  ${said}`;
}
