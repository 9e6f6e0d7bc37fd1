import { LeaseLostError } from "./lease";
import type { ActingTools } from "./outside";

/** A reverse. It gets tools of its own: what failed may have ended the run's. */
export type Undo = (tools: ActingTools) => Promise<void>;

/** The reverses of what was done, for the case that it can't be finished. */
export interface UndoStack {
  /**
   * Adds the reverse of an act; before the act, so that none is forgotten. A reverse must do nothing where the act did
   * not happen. One of a key that is there already takes its place.
   */
  push(key: string, what: string, undo: Undo): void;
  /** Takes a reverse away: the act is to stay. */
  drop(key: string): void;
  /**
   * Undoes everything, the last first; what fails is told, and the others go on. The lease is read before each: nothing
   * is undone once another holds it, nor once the tools' signal is aborted.
   */
  undoAll(tools: ActingTools): Promise<void>;
}

/** A stack without entries. */
export function undoStack(): UndoStack {
  const entries = new Map<string, { readonly what: string; readonly undo: Undo }>();
  return {
    push: (key, what, undo) => {
      entries.delete(key);
      entries.set(key, { what, undo });
    },
    drop: (key) => entries.delete(key),
    undoAll: async (tools) => {
      for (const { what, undo } of [...entries.values()].reverse()) {
        if (tools.signal.aborted) break;
        try {
          await tools.lease.assertHeld();
          await undo(tools);
          tools.emit({ type: "undone", what });
        } catch (error) {
          if (error instanceof LeaseLostError) break;
          const because = error instanceof Error ? error.message : String(error);
          tools.emit({ type: "undoFailed", what, because });
        }
      }
      entries.clear();
    },
  };
}
