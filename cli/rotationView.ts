import type { RotationEvent } from "../automation/rotation/events";
import { grouped, listed } from "../planning/amounts";

/** How a rotation stands, as it is drawn while it runs. */
export interface RotationView {
  /** Takes each event as it comes. */
  readonly read: (event: RotationEvent) => void;
  /** Lines of now. */
  readonly lines: () => string[];
}

const BAR_WIDTH = 18;
/** Of the pods that a node waits for, more than this many are only counted. */
const NAMED_PODS = 1;

/** Makes a view: bars per zone, pods by range, and what each node under way waits for. */
export function rotationView(): RotationView {
  let standing: Extract<RotationEvent, { type: "progress" }> | undefined;
  let refusedEvictions = 0;
  const surging = new Map<string, string>();
  const draining = new Map<string, string>();
  let held: string | undefined;

  const read = (event: RotationEvent) => {
    switch (event.type) {
      case "progress":
        standing = event;
        break;
      case "surging":
        surging.set(event.nodeGroupName, `+${event.to - event.from}, joining`);
        break;
      case "outOfCapacity":
        surging.set(event.nodeGroupName, "EC2 has no instances");
        break;
      case "workerReady":
      case "workerChecked":
        surging.delete(event.nodeGroupName);
        break;
      case "cordoned":
        draining.set(event.node, "cordoned");
        break;
      case "draining":
        draining.set(event.node, drainingLine(event));
        break;
      case "drained":
        draining.set(event.node, "drained; its pods become ready elsewhere");
        break;
      case "deregistering":
        draining.set(event.node, event.because.join("; "));
        break;
      case "terminating":
        draining.set(event.node, `terminating ${event.instanceId}`);
        break;
      case "departing":
        draining.set(event.node, event.because);
        break;
      case "gone":
      case "blocked":
        draining.delete(event.node);
        break;
      case "evictionRefused":
        refusedEvictions += 1;
        break;
      case "healthGateClosed":
        held = `closed    the health gate: ${event.because.join("; ")}`;
        break;
      case "healthGateOpened":
        held = undefined;
        break;
      case "pausing":
        held = `pausing   ${event.because}`;
        break;
      default:
    }
  };

  const lines = () => {
    const figures =
      standing === undefined
        ? []
        : [
            `pods in the pod subnets  ${grouped(standing.podsInside)} / ${grouped(standing.podsInside + standing.podsOutside)}`,
            `pods outside             ${grouped(standing.podsOutside)}`,
            `refused evictions        ${grouped(refusedEvictions)}`,
          ];
    const zones = (standing?.zones ?? []).map(
      ({ availabilityZone, done, of }) => `${availabilityZone}  ${bar(done, of)}  ${done}/${of} nodes`,
    );
    const width = Math.max(0, ...zones.map(({ length }) => length));
    const rows = Array.from({ length: Math.max(zones.length, figures.length) }, (_, row) =>
      `${(zones[row] ?? "").padEnd(width)}    ${figures[row] ?? ""}`.trimEnd(),
    );
    return [
      ...rows,
      ...[...surging].map(([group, what]) => `surging   ${group}  ${what}`),
      ...[...draining].map(([node, what]) => `draining  ${node}  ${what}`),
      ...(held === undefined ? [] : [held]),
    ];
  };

  return { read, lines };
}

function bar(done: number, of: number): string {
  const full = of === 0 ? BAR_WIDTH : Math.round((done / of) * BAR_WIDTH);
  return "█".repeat(full) + "░".repeat(BAR_WIDTH - full);
}

function drainingLine({ left, of, waiting }: Extract<RotationEvent, { type: "draining" }>): string {
  const namedWithReasons = waiting.map(({ pod, because }) => `${pod} (${because})`);
  const why = waiting.length === 0 ? "" : `   waiting: ${listed(namedWithReasons, NAMED_PODS)}`;
  return `${left} of ${of} pods gone${why}`;
}
