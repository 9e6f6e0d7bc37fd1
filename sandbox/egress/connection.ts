import type { Duplex } from "node:stream";

/** What becomes of an attempt to connect. */
export type Attempt =
  | {
      /** Takes the connection over. */
      readonly serve: (connection: Duplex) => void;
    }
  | Refusal;

/** No connection comes about. */
export interface Refusal {
  /** As the API server's dialler would say it, without `dial tcp ADDRESS: `. */
  readonly refused: "connect: connection refused" | "i/o timeout" | "no such host";
  /** Why, where the words above don't say it: for the sandbox's log. */
  readonly why?: string;
}

/** Nothing listens on that port. */
export const NOBODY_LISTENS: Refusal = { refused: "connect: connection refused" };
