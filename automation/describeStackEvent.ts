import { formatElapsed } from "../planning/elapsed";
import { changeInWords } from "../planning/stack/changeInWords";
import type { BringUpEvent } from "./bringUp";

/**
 * An event of a stack as one line for a log; none for what has not happened yet, for what a result tells better, and for
 * Pulumi's own bookkeeping.
 */
export function describeStackEvent(event: BringUpEvent): string | undefined {
  switch (event.kind) {
    case "planning":
      return `looking at what would change${event.because === undefined ? "" : ` by now: ${event.because}`}`;
    case "updating":
      return "changing it";
    case "cniVersion":
      return `update ${event.step} of ${event.of}: the CNI goes to ${event.version}`;
    case "resource": {
      const { isPlanned, state, change } = event;
      if (change.isBookkeeping || isPlanned || state === "started") return undefined;
      return `${state === "done" ? "" : `${state}: `}${changeInWords(change)}`;
    }
    case "diagnostic": {
      const { severity, message } = event.diagnostic;
      return severity === "info" ? undefined : `${severity}: ${message}`;
    }
    case "awsNode":
      if (event.progress === undefined) return "waiting for aws-node";
      return `${event.progress.updated} of ${event.progress.nodes} nodes have aws-node's new settings, ${event.progress.available} are available`;
    case "controlPlane":
      if (event.progress === undefined) return "waiting for the control plane to reach the new range";
      return `waited ${formatElapsed(event.progress.waitedSeconds * 1000)} for ${event.progress.waitingFor}`;
  }
}
