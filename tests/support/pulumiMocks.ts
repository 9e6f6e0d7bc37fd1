import * as pulumi from "@pulumi/pulumi";
import { deserializeProperties } from "@pulumi/pulumi/runtime";
import { MockMonitor, type MockCallResult } from "@pulumi/pulumi/runtime/mocks";
import * as runtime from "@pulumi/pulumi/runtime/settings";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** `TYPE NAME`; undefined for a resource of the stack itself. */
  readonly parent: string | undefined;
  /** What it waits for, each as `TYPE NAME`, sorted. */
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  readonly importId: string | undefined;
  readonly ignoreChanges: readonly string[];
  /** Whether it stays where it is when it is deleted; left out where it does not. */
  readonly retainOnDelete?: true;
}

/** What the outside answers. */
export interface MockedOutside {
  /** Answers of invokes by token, such as `aws:eks/getCluster:getCluster`. @default none: every invoke fails */
  readonly invokes?: Readonly<Record<string, (inputs: Record<string, unknown>) => MockCallResult>>;
  /**
   * What exists, for resources that are only read (`get`), by `TYPE ID`, or by `TYPE ID as NAME` where it is another
   * thing at another time. @default none: every reading fails
   */
  readonly existing?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Whether it is a preview, in which ids of new resources are unknown. @default false */
  readonly isPreview?: boolean;
}

/** What became of a program. */
export interface Recording<T> {
  readonly resources: readonly Registered[];
  /** What was only read, each as `TYPE ID`. */
  readonly reads: readonly string[];
  /** What each reading waits for, by the name of what is read, each as `TYPE NAME`, sorted. */
  readonly readsAfter: Readonly<Record<string, readonly string[]>>;
  /** What it warned of, in its order. */
  readonly warnings: readonly string[];
  /** What the program answered. */
  readonly result: T;
}

/**
 * Runs a program against mocks and records what it registers, parents and dependencies included, which Pulumi's own
 * mocks keep to themselves. Ids are the resource's name behind `id-`.
 */
export async function record<T>(
  program: () => T | Promise<T>,
  { invokes = {}, existing = {}, isPreview = false }: MockedOutside = {},
): Promise<Recording<T>> {
  const mocks: pulumi.runtime.Mocks = {
    newResource: ({ type, name, inputs, id, custom }) => {
      const given = inputs as Record<string, unknown>;
      const isNew = id === undefined || id === "";
      const known = isNew ? (isPreview ? "" : `id-${name}`) : id;
      return { id: custom === false || type.startsWith("pulumi:") ? "" : known, state: given };
    },
    call: ({ token, inputs }) => {
      try {
        const answer = invokes[token];
        if (answer === undefined) throw new Error(`no answer to ${token}`);
        return answer(inputs as Record<string, unknown>);
      } catch (error) {
        // Of an error of gRPC, Pulumi reads the details.
        throw Object.assign(error as Error, { details: (error as Error).message });
      }
    },
  };
  const resources: Registered[] = [];
  const reads: string[] = [];
  const readsAfter: Record<string, readonly string[]> = {};
  // For what it sets up besides the monitor.
  await pulumi.runtime.setMocks(mocks, "eks-pod-network", "test", isPreview);
  const monitor = new RecordingMonitor(mocks, resources, reads, readsAfter, existing);
  runtime.setMockOptions(monitor, "eks-pod-network", "test", isPreview);
  // That forgets what the monitor can do; without aliases in their new form, a resource with a parent is never read.
  await (runtime as unknown as { awaitFeatureSupport: () => Promise<void> }).awaitFeatureSupport();
  const { warnings, stopListening } = listenToWarnings();
  try {
    const result = await program();
    // A component may make its parts only after it has read something.
    if (pulumi.ComponentResource.isInstance(result)) await dataOf(result);
    await pulumi.runtime.disconnect();
    return { resources, reads, readsAfter, warnings, result };
  } finally {
    stopListening();
  }
}

/** Without an engine, Pulumi warns on the console. */
function listenToWarnings() {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (text: string) => {
    warnings.push(text.replace(/^warning: \[runtime\] /, ""));
  };
  const stopListening = () => {
    console.warn = warn;
  };
  return { warnings, stopListening };
}

/** What a component waits for before it is whole (`initialize`). */
async function dataOf(component: pulumi.ComponentResource): Promise<void> {
  await (component as unknown as { getData: () => Promise<unknown> }).getData();
}

/** The value of an output; undefined where a preview does not know it. */
export async function valueOf<T>(output: pulumi.Input<T>): Promise<T | undefined> {
  const { promise, isKnown } = pulumi.output(output) as unknown as {
    promise: () => Promise<T>;
    isKnown: Promise<boolean>;
  };
  const value = await promise();
  return (await isKnown) ? value : undefined;
}

class RecordingMonitor extends MockMonitor {
  constructor(
    mocks: pulumi.runtime.Mocks,
    private readonly recorded: Registered[],
    private readonly reads: string[],
    private readonly readsAfter: Record<string, readonly string[]>,
    private readonly existing: NonNullable<MockedOutside["existing"]>,
  ) {
    super(mocks);
  }

  override async readResource(
    request: ReadResourceRequest,
    callback: (error: unknown, response: unknown) => void,
  ): Promise<void> {
    const key = `${request.getType()} ${request.getId()}`;
    this.reads.push(key);
    this.readsAfter[request.getName()] = request
      .getDependenciesList()
      .map((urn) => readable(urn) ?? urn)
      .sort();
    const state = this.existing[`${key} as ${request.getName()}`] ?? this.existing[key];
    if (state === undefined) {
      callback(new Error(`resource '${request.getId()}' does not exist`), undefined);
      return;
    }
    request.setProperties(Struct.fromJavaScript(state as Record<string, JavaScriptValue>));
    await super.readResource(request, callback);
  }

  override async registerResource(
    request: RegisterResourceRequest,
    callback: (error: unknown, response: unknown) => void,
  ): Promise<void> {
    const object = request.getObject();
    this.recorded.push({
      type: request.getType(),
      name: request.getName(),
      inputs: object === undefined ? {} : deserializeProperties(object),
      parent: readable(request.getParent()),
      dependsOn: request
        .getDependenciesList()
        .map((urn) => readable(urn) ?? urn)
        .sort(),
      protect: request.getProtect() ?? false,
      importId: request.getImportid() || undefined,
      ignoreChanges: request.getIgnorechangesList(),
      ...(request.getRetainondelete() === true && { retainOnDelete: true }),
    });
    await super.registerResource(request, callback);
  }
}

/** A URN as `TYPE NAME`. */
function readable(urn: string): string | undefined {
  if (urn === "") return undefined;
  const [, , qualifiedType = "", name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return `${qualifiedType.split("$").at(-1) ?? ""} ${name}`;
}
