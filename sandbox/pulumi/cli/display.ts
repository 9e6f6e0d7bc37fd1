import type { DiagnosticEvent, EngineEvent, StepMetadata } from "../engine/events";
import { isObject, SIGNATURE, UNKNOWN, type PropertyMap, type PropertyValue } from "../engine/propertyValues";
import type { Operation } from "../engine/step";
import { parseUrn } from "../engine/urn";

interface Words {
  readonly sign: string;
  readonly doing: string;
  readonly done: string;
  readonly planned: string;
}

/** How people read what is done. */
const words: Readonly<Record<Operation, Words>> = {
  same: { sign: " ", doing: "checking", done: "unchanged", planned: "unchanged" },
  create: { sign: "+", doing: "creating", done: "created", planned: "create" },
  update: { sign: "~", doing: "updating", done: "updated", planned: "update" },
  delete: { sign: "-", doing: "deleting", done: "deleted", planned: "delete" },
  replace: { sign: "+-", doing: "replacing", done: "replaced", planned: "replace" },
  "create-replacement": {
    sign: "++",
    doing: "creating replacement",
    done: "created replacement",
    planned: "create replacement",
  },
  "delete-replaced": {
    sign: "--",
    doing: "deleting original",
    done: "deleted original",
    planned: "delete original",
  },
  read: { sign: ">", doing: "reading", done: "read", planned: "read" },
  "read-replacement": {
    sign: ">>",
    doing: "reading replacement",
    done: "read replacement",
    planned: "read for replacement",
  },
  discard: { sign: "<", doing: "discarding", done: "discarded", planned: "discard" },
  "discard-replaced": {
    sign: "<<",
    doing: "discarding original",
    done: "discarded original",
    planned: "discard original",
  },
  refresh: { sign: "~", doing: "refreshing", done: "refreshed", planned: "refresh" },
  import: { sign: "=", doing: "importing", done: "imported", planned: "import" },
  "import-replacement": {
    sign: "=>",
    doing: "importing replacement",
    done: "imported replacement",
    planned: "import replacement",
  },
  "remove-pending-replace": {
    sign: "~",
    doing: "completing deletion of",
    done: "completed deletion of",
    planned: "complete deletion of",
  },
};

/** What is shown. */
export interface DisplayOptions {
  readonly preview: boolean;
  readonly diff: boolean;
  readonly showOutputs: boolean;
}

/** Writes what happens as lines for people. */
export class Display {
  readonly #write: (text: string) => void;
  readonly #options: DisplayOptions;
  readonly #diagnostics = new Map<string, string[]>();
  /** What was told of already: previews say of a component that it is planned, and once more when its outputs are known. */
  readonly #told = new Set<string>();
  #outputs: PropertyMap = {};

  constructor(write: (text: string) => void, options: DisplayOptions) {
    this.#write = write;
    this.#options = options;
  }

  show(event: EngineEvent): void {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent, diagnosticEvent, summaryEvent } = event;
    const { preview } = this.#options;
    if (resourcePreEvent !== undefined && !preview && resourcePreEvent.metadata.op !== "same")
      this.#line(resourcePreEvent.metadata, words[resourcePreEvent.metadata.op].doing);
    if (resOutputsEvent !== undefined) this.#finished(resOutputsEvent.metadata);
    if (resOpFailedEvent !== undefined)
      this.#line(resOpFailedEvent.metadata, `**${words[resOpFailedEvent.metadata.op].doing} failed**`);
    if (diagnosticEvent !== undefined) this.#keep(diagnosticEvent);
    if (summaryEvent !== undefined) this.#summary(summaryEvent.resourceChanges, summaryEvent.durationSeconds);
  }

  #finished(metadata: StepMetadata): void {
    if (metadata.type === "pulumi:pulumi:Stack" && metadata.new !== null)
      this.#outputs = metadata.new.outputs;
    if (metadata.op === "same" || metadata.op === "replace") return;
    const what = `${metadata.op} ${metadata.urn}`;
    if (this.#told.has(what)) return;
    this.#told.add(what);
    const { done, planned } = words[metadata.op];
    this.#line(metadata, this.#options.preview ? planned : done);
    if (this.#options.diff)
      for (const [path, { diffKind }] of Object.entries(metadata.detailedDiff ?? {}))
        this.#write(`        ${diffKind} ${path}\n`);
  }

  #line({ op, type, urn }: StepMetadata, what: string): void {
    this.#write(` ${words[op].sign.padEnd(2)} ${type} ${parseUrn(urn).name} ${what}\n`);
  }

  #keep({ urn, severity, message }: DiagnosticEvent): void {
    if (severity === "debug") return;
    const text = message.trimEnd();
    if (text === "") return;
    const about = urn === undefined || urn === "" ? "" : `${parseUrn(urn).type} (${parseUrn(urn).name})`;
    const lines = this.#diagnostics.get(about) ?? [];
    lines.push(severity === "warning" || severity === "error" ? `${severity}: ${text}` : text);
    this.#diagnostics.set(about, lines);
  }

  #summary(changes: Readonly<Record<string, number>>, seconds: number): void {
    if (this.#diagnostics.size > 0) this.#write("\nDiagnostics:\n");
    for (const [about, texts] of this.#diagnostics) {
      this.#write(`  ${about === "" ? "pulumi" : about}:\n`);
      for (const line of texts.join("\n").split("\n")) this.#write(`    ${line}\n`);
    }
    if (this.#options.showOutputs && Object.keys(this.#outputs).length > 0) {
      this.#write("\nOutputs:\n");
      for (const [key, value] of Object.entries(this.#outputs))
        this.#write(`    ${key}: ${JSON.stringify(shown(value))}\n`);
    }
    this.#write("\nResources:\n");
    const { preview } = this.#options;
    for (const [op, { sign, done, planned }] of Object.entries(words)) {
      const count = changes[op] ?? 0;
      if (count === 0) continue;
      if (op === "same") this.#write(`    ${count} unchanged\n`);
      else this.#write(`    ${sign} ${count} ${preview ? `to ${planned}` : done}\n`);
    }
    if (!preview) this.#write(`\nDuration: ${seconds}s\n`);
  }
}

function shown(value: PropertyValue): PropertyValue {
  if (value === UNKNOWN) return "output<string>";
  if (Array.isArray(value)) return value.map(shown);
  if (!isObject(value)) return value;
  if (value[SIGNATURE] !== undefined) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}
