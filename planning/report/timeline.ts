/** What happened to a node, as far as a report shows it. */
export type MarkKind =
  /** A new worker was seen, and not Ready yet. */
  | "joined"
  /** A new worker was Ready. */
  | "ready"
  /** An old node was taken out of service, and its pods begin to leave. */
  | "cordoned"
  /** All of its pods have left it. */
  | "drained"
  /** Its instance was told to end. */
  | "terminated"
  /** Nothing of it is left. */
  | "gone"
  /** It could not be drained, and stays. */
  | "blocked";

/** When something happened to a node, in whole seconds since the timeline began. */
export interface Mark {
  readonly kind: MarkKind;
  readonly at: number;
}

/** A node over a migration. */
export interface TimelineNode {
  readonly name: string;
  readonly availabilityZone: string;
  /** Whether it is one of the workers that take over pods. */
  readonly isNew: boolean;
  /** In the order in which they happened. */
  readonly marks: readonly Mark[];
  /** Pods that were to leave it. */
  readonly pods: number;
  /** Pods that were evicted, as `namespace/name`; not all where there were many. */
  readonly evicted: readonly string[];
  /** Evictions that a budget, or the API server, refused; one that is tried again and refused again counts again. */
  readonly refused: number;
  /** What it waited for, or why it is blocked: the newest first. */
  readonly waits: readonly string[];
}

/** One process that worked on a migration. */
export interface TimelineProcess {
  /** Of the rotation; several processes may be one rotation. */
  readonly runId: string;
  /** Seconds since the timeline began. */
  readonly from: number;
  /** None while it works, and of one that was killed. */
  readonly to?: number | undefined;
  /** How it ended: the outcome of a rotation, or `cut off`. */
  readonly end?: string | undefined;
}

/** A subnet and how full it is. */
export interface SubnetUse {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly cidrBlock: string;
  /** As EC2 counts them. */
  readonly freeAddresses: number;
}

/** How many pods nodes of an instance type may have. */
export interface TypeUse {
  readonly instanceType: string;
  /** Allocatable pods. */
  readonly maxPods: number;
  readonly nodes: number;
}

/** How things were as the migration began. */
export interface BeforeFigures {
  /** Of the VPC. */
  readonly subnets: readonly SubnetUse[];
  /** Of the nodes that were old. */
  readonly types: readonly TypeUse[];
}

/** Pods at one moment, those with addresses of their own. */
export interface PodSample {
  /** Seconds since the timeline began. */
  readonly at: number;
  /** In the pod subnets. */
  readonly inside: number;
  readonly outside: number;
}

/** A migration over all the processes that worked on it. */
export interface Timeline {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Whether pods go back to the subnets of nodes. */
  readonly isWayBack: boolean;
  readonly processes: readonly TimelineProcess[];
  readonly before?: BeforeFigures | undefined;
  /** By their names, in the order in which they were seen. */
  readonly nodes: ReadonlyMap<string, TimelineNode>;
  readonly samples: readonly PodSample[];
  /** Nodes that there was no room to remember. */
  readonly leftOut: number;
}

/** What happens, as far as a timeline takes it; the words are those of a rotation's events. */
export type TimelineEvent =
  | { readonly type: "cordoned" | "drained" | "terminating" | "gone"; readonly node: string }
  | { readonly type: "evicted"; readonly node: string; readonly pod: string }
  | {
      readonly type: "evictionRefused";
      readonly node: string;
      readonly pod: string;
      readonly because: string;
    }
  | {
      readonly type: "draining";
      readonly node: string;
      readonly of: number;
      readonly waiting: readonly { readonly pod: string; readonly because: string }[];
    }
  | { readonly type: "deregistering"; readonly node: string; readonly because: readonly string[] }
  | { readonly type: "departing"; readonly node: string; readonly because: string }
  | { readonly type: "blocked"; readonly node: string; readonly because: readonly string[] }
  | { readonly type: "progress"; readonly podsInside: number; readonly podsOutside: number };

/** A node of the cluster, as it is looked at now and then. */
export interface SeenNode {
  readonly name: string;
  readonly availabilityZone: string;
  readonly isReady: boolean;
}

/** Pods of a node that are remembered by their names. */
const NAMED_PODS = 40;
/** Things that a node waited for that are remembered. */
const REMEMBERED_WAITS = 3;
/** Marks of a node that are remembered: a node that is tried again and again has its newest. */
const REMEMBERED_MARKS = 24;
/** Samples that are remembered: of more, every second one goes, so that they are evenly apart over any length. */
const SAMPLES = 600;

/** A timeline that begins now. */
export function newTimeline(startedAtMs: number, isWayBack: boolean): Timeline {
  return { startedAtMs, isWayBack, processes: [], nodes: new Map(), samples: [], leftOut: 0 };
}

/**
 * Whether a migration goes on from an earlier one: it takes pods to the same place, and has not come to its end.
 *
 * @param isResumed whether its rotation is the same one.
 */
export function goesOn(
  earlier: Timeline | undefined,
  isWayBack: boolean,
  isResumed: boolean,
): earlier is Timeline {
  if (earlier?.isWayBack !== isWayBack) return false;
  return isResumed || earlier.processes.at(-1)?.end !== "done";
}

/** Another process begins. One before it that did not say that it ended was killed, and is closed where it was last seen. */
export function processBegan(timeline: Timeline, runId: string, at: number): Timeline {
  const processes = timeline.processes.map((process) =>
    process.to === undefined
      ? { ...process, to: Math.max(process.from, lastSecond(timeline)), end: "cut off" }
      : process,
  );
  return { ...timeline, processes: [...processes, { runId, from: at }] };
}

/** The process that works ends. */
export function processEnded(timeline: Timeline, end: string, at: number): Timeline {
  const last = timeline.processes.at(-1);
  if (last === undefined) return timeline;
  return { ...timeline, processes: [...timeline.processes.slice(0, -1), { ...last, to: at, end }] };
}

/** The last second of which a timeline knows something. */
export function lastSecond({ processes, nodes, samples }: Timeline): number {
  const marks = [...nodes.values()].map((node) => node.marks.at(-1)?.at ?? 0);
  const ends = processes.map(({ from, to }) => to ?? from);
  return Math.max(0, samples.at(-1)?.at ?? 0, ...ends, ...marks);
}

/**
 * Takes in what the cluster shows: the old nodes, so that those have a lane that nobody has touched yet, and workers that
 * came or went.
 *
 * @param old names of nodes that are to be replaced; undefined where only newcomers are looked for.
 */
export function clusterSeen(
  timeline: Timeline,
  seen: readonly SeenNode[],
  old: ReadonlySet<string> | undefined,
  at: number,
): Timeline {
  const nodes = new Map(timeline.nodes);
  for (const { name, availabilityZone, isReady } of seen) {
    const isNew = nodes.get(name)?.isNew ?? old?.has(name) !== true;
    const node = nodes.get(name) ?? emptyNode(name, availabilityZone, isNew);
    const kind = isReady ? "ready" : "joined";
    const isKnown = !node.isNew || node.marks.some((mark) => mark.kind === "ready" || mark.kind === kind);
    if (!nodes.has(name) || !isKnown) nodes.set(name, isKnown ? node : marked(node, kind, at));
  }
  // An old one says itself when it is gone, unless nobody was there to hear it.
  return departed({ ...timeline, nodes }, new Set(seen.map(({ name }) => name)), at, old === undefined);
}

/**
 * Takes in which nodes are there: of the others nothing is left.
 *
 * @param isOfNew whether that is said of new workers alone.
 */
export function departed(
  timeline: Timeline,
  there: ReadonlySet<string>,
  at: number,
  isOfNew = false,
): Timeline {
  const nodes = new Map(timeline.nodes);
  for (const node of timeline.nodes.values()) {
    if (there.has(node.name) || (isOfNew && !node.isNew) || node.marks.at(-1)?.kind === "gone") continue;
    nodes.set(node.name, marked(node, "gone", at));
  }
  return { ...timeline, nodes };
}

/** Something that happened, and when: in seconds since the timeline began. */
export interface TimelineMoment {
  readonly event: TimelineEvent;
  readonly at: number;
}

/**
 * Takes in what happened, in order. Of nodes that were never seen, such as those that joined and went between two looks,
 * nothing is taken.
 */
export function folded(timeline: Timeline, moments: readonly TimelineMoment[]): Timeline {
  const nodes = new Map(timeline.nodes);
  let { samples } = timeline;
  for (const { event, at } of moments) {
    if (event.type === "progress") {
      samples = thinned([...samples, { at, inside: event.podsInside, outside: event.podsOutside }]);
      continue;
    }
    const node = nodes.get(event.node);
    if (node !== undefined) nodes.set(node.name, nodeAfter(node, event, at));
  }
  return { ...timeline, nodes, samples };
}

function nodeAfter(
  node: TimelineNode,
  event: Exclude<TimelineEvent, { readonly type: "progress" }>,
  at: number,
): TimelineNode {
  switch (event.type) {
    case "cordoned":
    case "drained":
    case "gone":
      return marked(node, event.type, at);
    case "terminating":
      return marked(node, "terminated", at);
    case "evicted":
      return node.evicted.length >= NAMED_PODS || node.evicted.includes(event.pod)
        ? node
        : { ...node, evicted: [...node.evicted, event.pod] };
    case "evictionRefused":
      return waited({ ...node, refused: node.refused + 1 }, [`${event.pod}: ${event.because}`]);
    case "draining":
      return waited(
        { ...node, pods: Math.max(node.pods, event.of) },
        event.waiting.map(({ pod, because }) => `${pod}: ${because}`),
      );
    case "deregistering":
      return waited(node, event.because);
    case "departing":
      return waited(node, [event.because]);
    case "blocked":
      return waited(marked(node, "blocked", at), event.because);
  }
}

function emptyNode(name: string, availabilityZone: string, isNew: boolean): TimelineNode {
  return { name, availabilityZone, isNew, marks: [], pods: 0, evicted: [], refused: 0, waits: [] };
}

function marked(node: TimelineNode, kind: MarkKind, at: number): TimelineNode {
  return { ...node, marks: [...node.marks, { kind, at }].slice(-REMEMBERED_MARKS) };
}

/** The newest of what it waited for; of what is said of the same thing again, such as with other figures, the newest. */
function waited(node: TimelineNode, waits: readonly string[]): TimelineNode {
  if (waits.length === 0) return node;
  const subject = (wait: string) => wait.split(": ", 1)[0];
  const said = new Set(waits.map(subject));
  const all = [...new Set(waits), ...node.waits.filter((wait) => !said.has(subject(wait)))];
  return { ...node, waits: all.slice(0, REMEMBERED_WAITS) };
}

/** Of too many samples every second one, the first and the last among them. */
function thinned(samples: readonly PodSample[]): readonly PodSample[] {
  if (samples.length <= SAMPLES) return samples;
  return samples.filter((_, index) => index % 2 === 0 || index === samples.length - 1);
}

/** How many nodes of each instance type there are, and how many pods the one with the fewest may have. */
export function typesOf(
  nodes: readonly { readonly instanceTypeName: string; readonly allocatable: { readonly pods: number } }[],
): TypeUse[] {
  const names = [...new Set(nodes.map(({ instanceTypeName }) => instanceTypeName))].sort();
  return names.map((instanceType) => {
    const here = nodes.filter(({ instanceTypeName }) => instanceTypeName === instanceType);
    return {
      instanceType,
      maxPods: Math.min(...here.map(({ allocatable }) => allocatable.pods)),
      nodes: here.length,
    };
  });
}
