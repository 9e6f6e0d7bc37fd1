import type { EngineEvent, Severity } from "./events";

type EventContent = Omit<EngineEvent, "sequence" | "timestamp">;

/** What terminals understand as colours: programs write them into their messages, and whoever reads events is none. */
// eslint-disable-next-line no-control-regex
const colors = /\u001b\[[0-9;]*[mK]/g;

/** Numbers what happens and hands it to everyone who listens. */
export class EventLog {
  #sequence = 0;
  readonly #listeners: ((event: EngineEvent) => void)[] = [];
  readonly #now: () => number;

  /** @param now milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  listen(listener: (event: EngineEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(content: EventContent): void {
    const event = { sequence: this.#sequence++, timestamp: Math.floor(this.#now() / 1000), ...content };
    for (const listener of this.#listeners) listener(event);
  }

  /** Says something to people. */
  diagnostic(severity: Severity, message: string, urn = "", streamID = 0): void {
    const hasPrefix = severity === "debug" || severity === "warning" || severity === "error";
    this.emit({
      diagnosticEvent: {
        ...(urn !== "" && { urn }),
        ...(hasPrefix && { prefix: `${severity}: ` }),
        message: `${message.replaceAll(colors, "").replace(/\n$/, "")}\n`,
        color: "never",
        severity,
        ...(streamID !== 0 && { streamID }),
      },
    });
  }
}
