import { z } from "zod";
import type { Mark, MarkKind, Timeline, TimelineNode } from "./timeline";
import { visible } from "../visible";

/**
 * The most bytes that a record has. A ConfigMap holds up to 1 MiB (1,048,576 bytes), its metadata included:
 * https://kubernetes.io/docs/concepts/configuration/configmap/#motivation
 */
export const RECORD_BYTES = 900_000;

const LETTERS: Readonly<Record<MarkKind, string>> = {
  joined: "j",
  ready: "r",
  cordoned: "c",
  drained: "d",
  terminated: "t",
  gone: "g",
  blocked: "b",
};
const KINDS = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as MarkKind]));

/** The longest name that Kubernetes gives a node: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const NAME = 253;
const WAIT = 160;
const POD = 130;
/** What there may be most of, so that room for nodes is left. */
const PROCESSES = 200;
const SUBNETS = 400;
const TYPES = 100;

const count = z.number();
/** Name, number of its zone, whether it is new, marks as `c12`, pods, refused evictions, waits, names of pods. */
const row = z.tuple([
  z.string(),
  count,
  count,
  z.string(),
  count,
  count,
  z.array(z.string()),
  z.array(z.string()),
]);
type Row = z.infer<typeof row>;

const written = z.object({
  version: z.literal(1),
  startedAtMs: count,
  isWayBack: z.boolean(),
  processes: z.array(
    z.object({ runId: z.string(), from: count, to: count.optional(), end: z.string().optional() }),
  ),
  before: z
    .object({
      subnets: z.array(
        z.object({
          subnetId: z.string(),
          availabilityZone: z.string(),
          cidrBlock: z.string(),
          freeAddresses: count,
        }),
      ),
      types: z.array(z.object({ instanceType: z.string(), maxPods: count, nodes: count })),
    })
    .optional(),
  /** Seconds, pods in the pod subnets, pods elsewhere. */
  samples: z.array(z.tuple([count, count, count])),
  leftOut: count,
  zones: z.array(z.string()),
  nodes: z.array(row),
});

/** A record that was read, as the timeline that it is of. */
export const timelineSchema = written.transform(
  ({ startedAtMs, isWayBack, processes, before, samples, leftOut, zones, nodes }): Timeline => ({
    ...{ startedAtMs, isWayBack, processes, leftOut },
    ...(before !== undefined && { before }),
    samples: samples.map(([at, inside, outside]) => ({ at, inside, outside })),
    nodes: new Map(nodes.map((one) => [one[0], nodeOf(one, zones)])),
  }),
);

/**
 * A timeline as one line of JSON of {@link RECORD_BYTES} bytes at the most, whatever it has and whatever its names are:
 * where room is short, names of pods are left out, then what nodes waited for, and then nodes themselves, whose number is
 * kept.
 */
export function timelineRecord(timeline: Timeline): string {
  const zones = [...new Set([...timeline.nodes.values()].map((node) => node.availabilityZone))].sort();
  const rows = [...timeline.nodes.values()].map((node) => rowOf(node, zones));
  const head = headOf(timeline, zones);
  // The number of nodes that are left out may get longer than the one that is there: its digits have room.
  const room = RECORD_BYTES - bytes(JSON.stringify(head)) - 16;
  for (const slim of [asItIs, withoutPods, withoutWaits]) {
    const lines = rows.map((one) => JSON.stringify(slim(one)));
    if (bytes(lines.join(",")) <= room) return joined(head, lines, 0);
  }
  const lines: string[] = [];
  let used = 0;
  for (const line of rows.map((one) => JSON.stringify(withoutWaits(one)))) {
    used += bytes(line) + 1;
    if (used > room) break;
    lines.push(line);
  }
  return joined(head, lines, rows.length - lines.length);
}

type Head = Omit<z.input<typeof written>, "nodes">;

function headOf(
  { startedAtMs, isWayBack, processes, before, samples, leftOut }: Timeline,
  zones: readonly string[],
): Head {
  return {
    version: 1,
    ...{ startedAtMs, isWayBack, leftOut },
    processes: processes.slice(-PROCESSES).map(({ runId, ...process }) => ({
      runId: visible(runId, WAIT),
      ...process,
    })),
    ...(before !== undefined && {
      before: {
        subnets: before.subnets.slice(0, SUBNETS).map((subnet) => ({ ...subnet })),
        types: before.types.slice(0, TYPES).map((type) => ({ ...type })),
      },
    }),
    zones: [...zones],
    samples: samples.map(({ at, inside, outside }) => [at, inside, outside]),
  };
}

function joined(head: Head, lines: readonly string[], leftOut: number): string {
  const start = JSON.stringify({ ...head, leftOut: head.leftOut + leftOut }).slice(0, -1);
  return `${start},"nodes":[${lines.join(",")}]}`;
}

function rowOf(node: TimelineNode, zones: readonly string[]): Row {
  const { name, availabilityZone, isNew, marks, pods, refused, waits, evicted } = node;
  return [
    visible(name).slice(0, NAME),
    zones.indexOf(availabilityZone),
    Number(isNew),
    marks.map(({ kind, at }) => `${LETTERS[kind]}${Math.round(at)}`).join(" "),
    pods,
    refused,
    waits.map((wait) => visible(wait, WAIT)),
    evicted.map((pod) => visible(pod, POD)),
  ];
}

const asItIs = (one: Row): Row => one;
const withoutPods = ([name, zone, isNew, marks, pods, refused, waits]: Row): Row => {
  return [name, zone, isNew, marks, pods, refused, waits, []];
};
const withoutWaits = ([name, zone, isNew, marks, pods, refused]: Row): Row => {
  return [name, zone, isNew, marks, pods, refused, [], []];
};

function nodeOf(
  [name, zone, isNew, marks, pods, refused, waits, evicted]: Row,
  zones: readonly string[],
): TimelineNode {
  const availabilityZone = zones[zone] ?? "";
  return { name, availabilityZone, isNew: isNew === 1, marks: marksOf(marks), pods, evicted, refused, waits };
}

function marksOf(text: string): Mark[] {
  return [...text.matchAll(/([a-z])(\d+)/g)].flatMap(([, letter = "", at = ""]) => {
    const kind = KINDS.get(letter);
    return kind === undefined ? [] : [{ kind, at: Number(at) }];
  });
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
