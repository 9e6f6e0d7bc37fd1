import assert from "node:assert/strict";
import type { EngineEvent, OpType, StepEventMetadata } from "@pulumi/pulumi/automation";
import fc from "fast-check";
import { eventReader, type StackEvent, type StackResult } from "../../automation/pulumiEvents";
import { checkPrototypes, hostileJson, hostileKey, hostileText } from "../support/hostile";

const SUBNET = "urn:pulumi:prod::eks-pod-network::a:b:C$aws:ec2/subnet:Subnet::pods-us-west-2a";

const STATE: NonNullable<StepEventMetadata["new"]> = {
  type: "aws:ec2/subnet:Subnet",
  urn: SUBNET,
  custom: true,
  id: "subnet-a",
  parent: "",
  inputs: {},
  outputs: {},
  provider: "",
};

function step(op: OpType | "read-discard", more: Partial<StepEventMetadata> = {}): StepEventMetadata {
  return { op: op as OpType, urn: SUBNET, type: "aws:ec2/subnet:Subnet", provider: "", new: STATE, ...more };
}

const sequenced = (event: Omit<EngineEvent, "sequence" | "timestamp">) => ({
  ...event,
  sequence: 0,
  timestamp: 0,
});
const pre = (metadata: StepEventMetadata) => sequenced({ resourcePreEvent: { metadata } });
const done = (metadata: StepEventMetadata) => sequenced({ resOutputsEvent: { metadata } });
const failed = (metadata: StepEventMetadata) =>
  sequenced({ resOpFailedEvent: { metadata, status: 0, steps: 0 } });

function read(...events: EngineEvent[]): StackResult & { seen: StackEvent[] } {
  return readUntil(new AbortController().signal, ...events);
}

function readUntil(signal: AbortSignal, ...events: EngineEvent[]): StackResult & { seen: StackEvent[] } {
  const seen: StackEvent[] = [];
  const reader = eventReader((event) => seen.push(event), { isPlanned: false, signal });
  events.forEach(reader.read);
  return { ...reader.result(), seen };
}

describe("eventReader", () => {
  it("names a resource, its operation and the properties that differ", () => {
    const update = step("update", {
      detailedDiff: {
        "tags.Name": { diffKind: "update", inputDiff: true },
        cidrBlock: { diffKind: "update", inputDiff: true },
      } as unknown as NonNullable<StepEventMetadata["detailedDiff"]>,
      diffs: ["tags"],
    });
    const { changes, seen } = read(pre(update), done(update));
    const change = {
      operation: "update",
      urn: SUBNET,
      type: "aws:ec2/subnet:Subnet",
      name: "pods-us-west-2a",
      changedProperties: ["cidrBlock", "tags.Name"],
      after: {},
      isBookkeeping: false,
    };
    assert.deepEqual(changes, [change]);
    assert.deepEqual(seen, [
      { kind: "resource", isPlanned: false, state: "started", change },
      { kind: "resource", isPlanned: false, state: "done", change },
    ]);
  });

  it("tells the inputs before and after; of a secret nothing, and that what the update brings is not known", () => {
    const state = (inputs: Record<string, unknown>) => ({ ...STATE, inputs });
    const secret = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:not:for:anybody",
    };
    const before = state({ cidrBlock: "100.64.0.0/19", tags: { Name: "pods", token: secret } });
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const after = state({ cidrBlock: "100.64.0.0/19", tags: { Name: [unknown] } });
    const inputsOf = (...events: EngineEvent[]) =>
      read(...events).changes.map((change) => [change.before, change.after]);
    const plainBefore = { cidrBlock: "100.64.0.0/19", tags: { Name: "pods", token: "[secret]" } };
    const plainAfter = { cidrBlock: "100.64.0.0/19", tags: { Name: ["[unknown]"] } };
    assert.deepEqual(inputsOf(pre(step("update", { old: before, new: after }))), [[plainBefore, plainAfter]]);
    assert.deepEqual(inputsOf(pre(step("create", { new: after }))), [[undefined, plainAfter]]);
    const gone = { old: before, new: null } as unknown as StepEventMetadata;
    assert.deepEqual(inputsOf(pre(step("delete", gone))), [[plainBefore, undefined]]);
    assert.deepEqual(
      inputsOf(
        pre(step("create-replacement", { old: before, new: after })),
        pre(step("replace", { old: before, new: after })),
        pre(step("delete-replaced", gone)),
      ),
      [[plainBefore, plainAfter]],
    );
    assert.deepEqual(
      inputsOf(
        pre(step("import", { new: state({}) })),
        done(step("import", { old: before, new: before })),
        pre(step("update", { old: before, new: after })),
      ),
      [[plainBefore, plainAfter]],
    );
  });

  it("takes the coarse list of properties where there is no exact one", () => {
    const coarse = step("update", { diffs: ["tags"], detailedDiff: null } as unknown as StepEventMetadata);
    assert.deepEqual(read(pre(coarse)).changes[0]?.changedProperties, ["tags"]);
  });

  it("keeps quiet about what stays as it is", () => {
    const { changes, seen } = read(...(["same", "read", "refresh"] as const).map((op) => pre(step(op))));
    assert.deepEqual({ changes, seen }, { changes: [], seen: [] });
  });

  it("tells of a replacement once, with the properties that force it", () => {
    const { changes } = read(
      pre(step("create-replacement")),
      pre(step("replace", { diffs: ["cidrBlock"] })),
      pre(step("delete-replaced")),
    );
    assert.deepEqual(
      changes.map(({ operation, changedProperties }) => ({ operation, changedProperties })),
      [{ operation: "replace", changedProperties: ["cidrBlock"] }],
    );
  });

  it("tells of a resource that is taken over and updated once, with what is updated", () => {
    const { changes } = read(pre(step("import")), pre(step("update", { diffs: ["configurationValues"] })));
    assert.deepEqual(
      changes.map(({ operation, changedProperties }) => ({ operation, changedProperties })),
      [{ operation: "import", changedProperties: ["configurationValues"] }],
    );
  });

  it("does not take what a refresh finds for a change, but what is done about it", () => {
    const drifted = [pre(step("refresh")), done(step("update"))];
    const gone = [pre(step("refresh")), done(step("delete"))];
    assert.deepEqual(read(...drifted, pre(step("same")), done(step("same"))).changes, []);
    const again = [pre(step("create")), done(step("create"))];
    const { changes, seen } = read(...gone, ...again);
    assert.deepEqual(
      changes.map(({ operation }) => operation),
      ["create"],
    );
    assert.equal(seen.length, 2);
  });

  it("tells components and providers, which are nothing outside, from resources", () => {
    const { custom, ...component } = STATE;
    assert.equal(custom, true);
    assert.equal(read(pre(step("create", { new: component }))).changes[0]?.isBookkeeping, true);
    const provider = step("create", { type: "pulumi:providers:aws" });
    assert.equal(read(pre(provider)).changes[0]?.isBookkeeping, true);
  });

  it("tells of an operation that failed", () => {
    const { seen } = read(pre(step("create")), failed(step("create")));
    assert.deepEqual(
      seen.map((event) => event.kind === "resource" && event.state),
      ["started", "failed"],
    );
  });

  it("tells of one that is stopped because somebody asked for it", () => {
    const { seen } = readUntil(AbortSignal.abort(), pre(step("create")), failed(step("create")));
    assert.deepEqual(
      seen.map((event) => event.kind === "resource" && event.state),
      ["started", "stopped"],
    );
  });

  it("takes the marks of colours out of messages, and leaves out what was only drawn over", () => {
    const diagnostic = (message: string, ephemeral = false) =>
      sequenced({
        diagnosticEvent: { message, ephemeral, color: "raw", severity: "info#err", urn: "" },
      });
    assert.deepEqual(
      read(
        diagnostic("<{%reset%}>error<{%reset%}>: no\n"),
        diagnostic("12 %", true),
        diagnostic("<{%reset%}>"),
      ).diagnostics,
      [{ severity: "info", message: "error: no" }],
    );
  });

  it("leaves out what Pulumi tells of itself, every value of every call among it", () => {
    const diagnosticEvent = { message: "resp: password,,,hunter2", color: "raw", severity: "debug" };
    const { diagnostics, seen } = read(sequenced({ diagnosticEvent } as unknown as EngineEvent));
    assert.deepEqual({ diagnostics, seen }, { diagnostics: [], seen: [] });
  });

  it("counts as Pulumi does", () => {
    const summaryEvent = {
      maybeCorrupt: false,
      durationSeconds: 1,
      resourceChanges: { create: 2, same: 3 },
      policyPacks: {},
    };
    assert.deepEqual(read(sequenced({ summaryEvent })).counts, { create: 2, same: 3 });
  });
});

describe("events of resources and values that others named", () => {
  /** How Pulumi marks a secret. */
  const secretOf = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    ciphertext: "c2VjcmV0",
    plaintext: JSON.stringify(value),
  });
  const isPlain = (value: unknown): boolean =>
    typeof value !== "object" ||
    value === null ||
    Object.values(value).every((item) => isPlain(item) && item !== undefined);

  it("are told one by one, with every property, and touch nothing but themselves", () => {
    const resource = fc.record({ name: hostileText(), inputs: fc.dictionary(hostileKey(), hostileJson()) });
    fc.assert(
      fc.property(fc.array(resource, { maxLength: 5 }), (resources) => {
        const events = resources.flatMap(({ name, inputs }) => {
          const urn = `urn:pulumi:prod::p::aws:ec2/subnet:Subnet::${name}`;
          const state = { ...STATE, urn, inputs };
          return [pre(step("create", { urn, new: state })), done(step("create", { urn, new: state }))];
        });
        const { changes, seen } = read(...events);
        assert.equal(seen.length, events.length);
        assert.equal(changes.length, new Set(resources.map(({ name }) => name)).size);
        for (const { urn, after } of changes) {
          const last = resources.filter(({ name }) => urn.endsWith(`Subnet::${name}`)).at(-1);
          assert.deepEqual(Object.keys(after ?? {}), Object.keys(last?.inputs ?? {}));
          assert.ok(isPlain(after));
        }
        checkPrototypes();
      }),
    );
  });

  it("tell no secret, wherever it is in a property", () => {
    const SECRET = "hunter2Hunter2";
    const path = fc.array(fc.oneof(hostileKey(), fc.constant(0)), { maxLength: 4 });
    fc.assert(
      fc.property(path, hostileKey(), (keys, key) => {
        const hidden = keys.reduceRight<unknown>(
          (value, at) => (typeof at === "number" ? [value] : Object.fromEntries([[at, value]])),
          secretOf({ password: SECRET }),
        );
        const inputs = Object.fromEntries([[key, hidden]]);
        const told = read(done(step("update", { old: { ...STATE, inputs }, new: { ...STATE, inputs } })));
        assert.ok(JSON.stringify(told).includes("[secret]"));
        assert.ok(!JSON.stringify(told).includes(SECRET));
      }),
    );
  });
});
