import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { connectKubernetes } from "../kubernetes";
import type { RotationHappening } from "./events";
import { firstOf } from "./firstOf";
import { acquireLease } from "./lease";
import type { ActingTools, RotationOutside, TellingTools } from "./outside";

/** What is worked with while the lease of a cluster's rotation is held. */
export interface UnderLease {
  /** Their signal is aborted by who runs it, and when the lease is lost. */
  readonly tools: ActingTools;
  /** For tidying up: what ends a run must not end that, except that another one is at work by then. */
  readonly tidy: ActingTools;
  /** What people must know, added as it is told. */
  readonly notes: readonly string[];
}

/**
 * Does something while nobody else rotates the cluster. The lease is given back whatever ends it.
 *
 * @throws LeaseHeldError, LeaseLostError; what the act throws; the signal's reason.
 */
export async function underLease<R>(
  outside: RotationOutside,
  act: (held: UnderLease) => Promise<R>,
): Promise<R> {
  const { clock, kubeConfig } = outside;
  const notes: string[] = [];
  const tell = safeTelling(outside, notes);
  const emit = (event: RotationHappening) => {
    if (event.type === "note") notes.push(event.note);
    if (event.type === "undoFailed") notes.push(`NOT undone: ${event.what}: ${event.because}`);
    tell({ ...event, at: new Date(clock.now()).toISOString() });
  };
  const holder = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const toolsUntil = (signal: AbortSignal): TellingTools => ({
    ...outside,
    emit,
    signal,
    kubernetes: connectKubernetes(kubeConfig, { clock, signal }),
  });
  const { kubernetes } = toolsUntil(new AbortController().signal);
  const lease = await acquireLease(kubernetes, { holder, clock, signal: outside.signal, emit });
  try {
    const acting = (signal: AbortSignal): ActingTools => ({ ...toolsUntil(signal), lease });
    const tools = acting(firstOf(outside.signal, lease.lost));
    return await act({ tools, tidy: acting(firstOf(lease.lost)), notes });
  } finally {
    await lease.release();
  }
}

/** Tells events; that one could not be told must not end the run, and less so its undoing. */
function safeTelling({ onEvent }: RotationOutside, notes: string[]): RotationOutside["onEvent"] {
  let hasFailed = false;
  return (event) => {
    try {
      onEvent(event);
    } catch (error) {
      if (!hasFailed) notes.push(`Not every event could be told: ${String(error)}`);
      hasFailed = true;
    }
  };
}
