import type { EngineEvent, StepMetadata } from "../engine/events";

/** What happened as one JSON document: what `--json` prints. */
export class Digest {
  readonly #steps: object[] = [];
  readonly #diagnostics: object[] = [];
  #config: Readonly<Record<string, string>> = {};
  #summary: { duration?: number; changeSummary?: Readonly<Record<string, number>>; maybeCorrupt?: boolean } =
    {};

  show({ preludeEvent, resourcePreEvent, diagnosticEvent, summaryEvent }: EngineEvent): void {
    if (preludeEvent !== undefined) this.#config = preludeEvent.config;
    if (resourcePreEvent !== undefined) this.#steps.push(digestOf(resourcePreEvent.metadata));
    if (diagnosticEvent !== undefined && diagnosticEvent.ephemeral !== true) {
      const { urn, message, severity } = diagnosticEvent;
      this.#diagnostics.push({ ...(urn !== undefined && { urn }), message, severity });
    }
    if (summaryEvent !== undefined)
      this.#summary = {
        // Nanoseconds, as Go writes durations.
        duration: summaryEvent.durationSeconds * 1e9,
        changeSummary: summaryEvent.resourceChanges,
        ...(summaryEvent.maybeCorrupt && { maybeCorrupt: true }),
      };
  }

  text(): string {
    const digest = {
      config: this.#config,
      steps: this.#steps,
      ...(this.#diagnostics.length > 0 && { diagnostics: this.#diagnostics }),
      ...this.#summary,
    };
    return `${JSON.stringify(digest, null, 4)}\n`;
  }
}

function digestOf({ op, urn, provider, old, new: now, diffs, keys, detailedDiff }: StepMetadata): object {
  return {
    op,
    urn,
    ...(provider !== "" && { provider }),
    ...(old !== null && { oldState: old }),
    ...(now !== null && { newState: now }),
    ...(diffs !== undefined && { diffReasons: diffs }),
    ...(keys !== undefined && { replaceReasons: keys }),
    detailedDiff,
  };
}
