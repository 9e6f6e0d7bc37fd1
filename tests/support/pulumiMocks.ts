import * as pulumi from "@pulumi/pulumi";
import { deserializeProperties } from "@pulumi/pulumi/runtime";
import { MockMonitor, type MockCallResult } from "@pulumi/pulumi/runtime/mocks";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

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
}

/** What the outside answers. */
export interface MockedOutside {
  /** Answers of invokes by token, such as `aws:eks/getCluster:getCluster`. @default none: every invoke fails */
  readonly invokes?: Readonly<Record<string, (inputs: Record<string, unknown>) => MockCallResult>>;
  /** Whether it is a preview, in which ids of new resources are unknown. @default false */
  readonly isPreview?: boolean;
}

/** What became of a program. */
export interface Recording<T> {
  readonly resources: readonly Registered[];
  /** What the program answered. */
  readonly result: T;
}

/**
 * Runs a program against mocks and records what it registers, parents and dependencies included, which Pulumi's own
 * mocks keep to themselves. Ids are the resource's name behind `id-`.
 */
export async function record<T>(
  program: () => T | Promise<T>,
  { invokes = {}, isPreview = false }: MockedOutside = {},
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
  // For what it sets up besides the monitor.
  await pulumi.runtime.setMocks(mocks, "eks-pod-network", "test", isPreview);
  setMockOptions(new RecordingMonitor(mocks, resources), "eks-pod-network", "test", isPreview);
  const result = await program();
  await pulumi.runtime.disconnect();
  return { resources, result };
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
  ) {
    super(mocks);
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
