import type { RunnerEvent } from "../automation/runner";
import { counted, listed } from "../planning/amounts";
import { InterruptedError } from "./interruptedError";

/** What a rotation or a rollback has done when it is interrupted, by what it told. */
export interface RotationTrail {
  /** Takes each event as it comes. */
  readonly read: (event: RunnerEvent) => void;
  /** The interruption, with what is left and what a person runs next. */
  readonly interrupted: (cause: unknown) => InterruptedError;
}

/** @param name the environment. */
export function rotationTrail(name: string, command: "rotate" | "rollback"): RotationTrail {
  let runId: string | undefined;
  let old: number | undefined;
  const rotated: string[] = [];
  const onTheirWay = new Set<string>();

  const read = ({ type, event }: RunnerEvent) => {
    if (type !== "rotation") return;
    if (event.type === "planned") old ??= event.plan.old.length;
    else if (event.type === "started") ({ runId } = event);
    else if (event.type === "cordoned") onTheirWay.add(event.node);
    else if (event.type === "blocked") onTheirWay.delete(event.node);
    else if (event.type === "gone") {
      onTheirWay.delete(event.node);
      rotated.push(event.node);
    }
  };

  const interrupted = (cause: unknown) => {
    const next = `podnet ${command} ${name}`;
    // Before there is a run, nothing is taken back by --abort; a way back has its own end.
    const abort = command === "rotate" && runId !== undefined ? `podnet rotate ${name} --abort` : undefined;
    const nodes = [...onTheirWay];
    const text = [
      runId === undefined
        ? `${name}  interrupted before this process touched a node.`
        : `${name}  interrupted  ${ofOld(rotated.length, old)} rotated  run ${runId}`,
      ...(nodes.length === 0 ? [] : [`On their way, and cordoned as they are: ${listed(nodes)}.`]),
      ...(runId === undefined
        ? []
        : ["Marks and taints of old nodes, and what was changed of their groups, stay as they are."]),
      `Next: ${next} ${runId === undefined ? "begins, or goes on where there was a run before" : "goes on from here"}.`,
      ...(abort === undefined ? [] : [`Or:   ${abort} takes back what it has prepared.`]),
    ].join("\n");
    const json = { environment: name, runId, rotated, onTheirWay: nodes, next, abort };
    return new InterruptedError(cause, { text, json });
  };

  return { read, interrupted };
}

function ofOld(rotated: number, old: number | undefined): string {
  return old === undefined ? counted(rotated, "node") : `${rotated} of ${counted(old, "old node")}`;
}
