import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  DiffResponse,
  ErrorResourceInitFailed,
  InvokeRequest,
  PropertyDiff,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Json = Record<string, JavaScriptValue>;

/** What the protocol sends for a value that is not known yet, and around one that is secret. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secretOf = (value: JavaScriptValue): JavaScriptValue => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A plugin's process, spoken to as an engine does: one method for each act, with plain objects in and out. */
export class PluginProcess {
  private constructor(
    readonly pid: number,
    private readonly client: ResourceProviderClient,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(name: "aws" | "kubernetes", env: Record<string, string>): Promise<PluginProcess> {
    const main = join(__dirname, "../../../../sandbox/pulumi/plugins", name, "main.ts");
    const { PATH = "", HOME = "" } = process.env;
    const child = spawn(process.execPath, ["--require", "ts-node/register/transpile-only", main], {
      env: { PATH, HOME, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = new Promise<void>((resolve) =>
      child.once("exit", () => {
        resolve();
      }),
    );
    const port = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("exit", (code) => {
        reject(new Error(`the plugin ended with ${String(code)} before it listened`));
      });
    });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    return new PluginProcess(child.pid ?? 0, client, async () => {
      client.close();
      child.kill();
      await exited;
    });
  }

  stop(): Promise<void> {
    return this.end();
  }

  async checkConfig(news: Json): Promise<{ inputs: Json; failures: Failure[] }> {
    const request = new CheckRequest();
    request.setUrn("urn:pulumi:dev::test::pulumi:providers:x::default");
    request.setNews(Struct.fromJavaScript(news));
    const answer = await this.call<Checked>("checkConfig", request);
    return checkedOf(answer);
  }

  async configure(args: Json): Promise<{ acceptsecrets: boolean; supportspreview: boolean }> {
    const request = new ConfigureRequest();
    request.setArgs(Struct.fromJavaScript(args));
    const answer = await this.call<{ toObject(): { acceptsecrets: boolean; supportspreview: boolean } }>(
      "configure",
      request,
    );
    return answer.toObject();
  }

  async check(
    type: string,
    name: string,
    news: Json,
    olds?: Json,
    seed = "seed",
  ): Promise<{ inputs: Json; failures: Failure[] }> {
    const request = new CheckRequest();
    request.setUrn(urn(type, name));
    request.setRandomseed(Buffer.from(seed));
    request.setNews(Struct.fromJavaScript(news));
    if (olds !== undefined) request.setOlds(Struct.fromJavaScript(olds));
    return checkedOf(await this.call<Checked>("check", request));
  }

  async diff(
    type: string,
    id: string,
    state: Json,
    oldInputs: Json,
    news: Json,
    ignoreChanges: string[] = [],
  ): Promise<Diff> {
    const request = new DiffRequest();
    request.setUrn(urn(type, "it"));
    request.setId(id);
    request.setOlds(Struct.fromJavaScript(state));
    request.setOldInputs(Struct.fromJavaScript(oldInputs));
    request.setNews(Struct.fromJavaScript(news));
    request.setIgnorechangesList(ignoreChanges);
    const answer = await this.call<DiffResponse>("diff", request);
    const detailed: Record<string, string> = {};
    answer.getDetaileddiffMap().forEach((entry, path) => {
      detailed[path] = kindNames[entry.getKind()] ?? "?";
    });
    return {
      changes: answer.getChanges() === DiffResponse.DiffChanges.DIFF_SOME,
      detailed,
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(
    type: string,
    name: string,
    inputs: Json,
    options: { preview?: boolean; timeout?: number } = {},
  ) {
    const request = new CreateRequest();
    request.setUrn(urn(type, name));
    request.setProperties(Struct.fromJavaScript(inputs));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const answer = await this.call<{ getId(): string; getProperties(): Struct | undefined }>(
      "create",
      request,
    );
    return { id: answer.getId(), state: jsonOf(answer.getProperties()) };
  }

  async read(type: string, id: string, state: Json = {}, inputs?: Json) {
    const request = new ReadRequest();
    request.setUrn(urn(type, "it"));
    request.setId(id);
    request.setProperties(Struct.fromJavaScript(state));
    if (inputs !== undefined) request.setInputs(Struct.fromJavaScript(inputs));
    const answer = await this.call<{
      getId(): string;
      getProperties(): Struct | undefined;
      getInputs(): Struct | undefined;
    }>("read", request);
    return { id: answer.getId(), state: jsonOf(answer.getProperties()), inputs: jsonOf(answer.getInputs()) };
  }

  async update(
    type: string,
    id: string,
    state: Json,
    inputs: Json,
    options: { preview?: boolean; ignoreChanges?: string[] } = {},
  ): Promise<Json> {
    const request = new UpdateRequest();
    request.setUrn(urn(type, "it"));
    request.setId(id);
    request.setOlds(Struct.fromJavaScript(state));
    request.setNews(Struct.fromJavaScript(inputs));
    request.setPreview(options.preview ?? false);
    request.setIgnorechangesList(options.ignoreChanges ?? []);
    const answer = await this.call<{ getProperties(): Struct | undefined }>("update", request);
    return jsonOf(answer.getProperties());
  }

  async delete(type: string, id: string, state: Json): Promise<void> {
    const request = new DeleteRequest();
    request.setUrn(urn(type, "it"));
    request.setId(id);
    request.setProperties(Struct.fromJavaScript(state));
    await this.call("delete", request);
  }

  async invoke(token: string, args: Json): Promise<Json> {
    const request = new InvokeRequest();
    request.setTok(token);
    request.setArgs(Struct.fromJavaScript(args));
    const answer = await this.call<{ getReturn(): Struct | undefined }>("invoke", request);
    return jsonOf(answer.getReturn());
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new Empty());
  }

  private call<Answer>(method: string, request: unknown): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const client = this.client as unknown as Record<string, Send<Answer>>;
      client[method]?.(request, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  }
}

type Send<Answer> = (
  request: unknown,
  callback: (error: ServiceError | null, answer: Answer) => void,
) => void;

export interface Failure {
  property: string;
  reason: string;
}

export interface Diff {
  changes: boolean;
  detailed: Record<string, string>;
  replaces: string[];
  deleteBeforeReplace: boolean;
}

/** A property that has to be text. */
export function text(properties: Json, key: string): string {
  const value = properties[key];
  if (typeof value !== "string") throw new Error(`${key} is no text: ${JSON.stringify(value)}`);
  return value;
}

/** The resource that an error says was left behind. */
export function leftBehind(error: unknown): { id: string; state: Json; reasons: string[] } {
  const metadata = error instanceof Error && "metadata" in error ? error.metadata : undefined;
  const details = metadata instanceof Metadata ? metadata.get("grpc-status-details-bin") : [];
  const status = Status.deserializeBinary(Buffer.from(details[0] as Buffer));
  const detail = ErrorResourceInitFailed.deserializeBinary(
    status.getDetailsList()[0]?.getValue_asU8() ?? new Uint8Array(),
  );
  return { id: detail.getId(), state: jsonOf(detail.getProperties()), reasons: detail.getReasonsList() };
}

export function urn(type: string, name: string): string {
  return `urn:pulumi:dev::test::${type}::${name}`;
}

const kindNames: Record<number, string> = {
  [PropertyDiff.Kind.ADD]: "add",
  [PropertyDiff.Kind.ADD_REPLACE]: "add-replace",
  [PropertyDiff.Kind.DELETE]: "delete",
  [PropertyDiff.Kind.DELETE_REPLACE]: "delete-replace",
  [PropertyDiff.Kind.UPDATE]: "update",
  [PropertyDiff.Kind.UPDATE_REPLACE]: "update-replace",
};

interface Checked {
  getInputs(): Struct | undefined;
  getFailuresList(): { toObject(): Failure }[];
}

function checkedOf(answer: Checked): { inputs: Json; failures: Failure[] } {
  return {
    inputs: jsonOf(answer.getInputs()),
    failures: answer.getFailuresList().map((failure) => failure.toObject()),
  };
}

function jsonOf(struct: Struct | undefined): Json {
  return struct?.toJavaScript() ?? {};
}
