import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  credentials,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceError,
} from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  ConstructRequest,
  GetSchemaRequest,
  InvokeResponse,
  type ConstructResponse,
  type GetSchemaResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceResponse,
  Result,
  SupportsFeatureResponse,
  type RegisterResourceRequest,
  type ResourceInvokeRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

const root = join(__dirname, "..", "..");

type Properties = Record<string, JavaScriptValue>;

/** What a constructed component came to, and what it registered on the way. */
export interface Construction {
  readonly outputs: Readonly<Properties>;
  /** Each as `TYPE NAME`, in the order of their registration. */
  readonly registered: readonly string[];
  /** With what, each by `TYPE NAME`. */
  readonly inputs: Readonly<Record<string, Readonly<Properties>>>;
}

/** A plugin of components, and what it finds outside. */
export interface PluginSurroundings {
  /** The folder of the package that the plugin is. @default this checkout */
  readonly folder?: string;
  /** The program and its arguments before the engine's address. @default that package, by Pulumi's language host */
  readonly command?: readonly [string, ...string[]];
  /** Variables besides those of this process. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Answers of invokes by token. @default none: every invoke fails */
  readonly invokes?: Readonly<Record<string, (args: Properties) => Properties>>;
}

/**
 * A plugin of components, started as an engine starts it, with an engine that takes everything that it registers:
 * the package of ours, if it is not told another one.
 */
export class ComponentPlugin {
  readonly #surroundings: PluginSurroundings;
  readonly #registered = new Map<string, Readonly<Properties>>();
  readonly #engine = new Server();
  #engineAddress = "";
  #process: ChildProcess | undefined;
  #client: ResourceProviderClient | undefined;

  constructor(surroundings: PluginSurroundings = {}) {
    this.#surroundings = surroundings;
  }

  /** Starts it. @throws Error when it ends before it listens, with what it wrote. */
  async start(): Promise<void> {
    this.#engine.addService(ResourceMonitorService, this.#monitor());
    this.#engine.addService(EngineService, { log: answering(() => new Empty()) });
    const port = await new Promise<number>((resolve, reject) => {
      this.#engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    this.#engineAddress = `127.0.0.1:${port}`;
    const { folder = root } = this.#surroundings;
    const [file, ...args] = this.#surroundings.command ?? [
      process.execPath,
      require.resolve("@pulumi/pulumi/cmd/run-plugin", { paths: [folder] }),
      folder,
    ];
    this.#process = spawn(file, [...args, this.#engineAddress], {
      cwd: folder,
      env: { ...process.env, PULUMI_NODEJS_TYPESCRIPT: "true", ...this.#surroundings.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const address = `127.0.0.1:${await portOf(this.#process)}`;
    this.#client = new ResourceProviderClient(address, credentials.createInsecure());
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#client?.close();
    this.#engine.forceShutdown();
    const plugin = this.#process;
    if (plugin?.exitCode !== null) return;
    const ended = new Promise((resolve) => plugin.once("close", resolve));
    plugin.kill("SIGKILL");
    await ended;
  }

  /** The schema that it answers. */
  async schema(): Promise<unknown> {
    const response = await this.#call<GetSchemaResponse>((client, done) => {
      client.getSchema(new GetSchemaRequest(), done);
    });
    return JSON.parse(response.getSchema());
  }

  /**
   * Has a component made, as an engine does for a program in another language.
   *
   * @param isPreview whether what the engine does not answer is unknown, rather than not there
   */
  async construct(type: string, name: string, inputs: Properties, isPreview = false): Promise<Construction> {
    this.#registered.clear();
    const request = new ConstructRequest();
    request.setDryrun(isPreview);
    request.setProject("project");
    request.setStack("stack");
    request.setMonitorendpoint(this.#engineAddress);
    request.setType(type);
    request.setName(name);
    request.setInputs(Struct.fromJavaScript(inputs));
    const response = await this.#call<ConstructResponse>((client, done) => {
      client.construct(request, done);
    });
    const outputs = response.getState()?.toJavaScript() ?? {};
    return {
      outputs,
      registered: [...this.#registered.keys()],
      inputs: Object.fromEntries(this.#registered),
    };
  }

  #call<T>(
    send: (client: ResourceProviderClient, done: (error: ServiceError | null, response: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#client === undefined) throw new Error("the plugin was not started");
      send(this.#client, (error, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  }

  #monitor() {
    return {
      supportsFeature: answering(() => {
        const answer = new SupportsFeatureResponse();
        answer.setHassupport(false);
        return answer;
      }),
      registerResource: answering((request: RegisterResourceRequest) => {
        const [type, name] = [request.getType(), request.getName()];
        this.#registered.set(`${type} ${name}`, request.getObject()?.toJavaScript() ?? {});
        const answer = new RegisterResourceResponse();
        answer.setUrn(`urn:pulumi:stack::project::${type}::${name}`);
        answer.setId(request.getCustom() ? `id-${name}` : "");
        answer.setObject(request.getObject());
        answer.setResult(Result.SUCCESS);
        return answer;
      }),
      registerResourceOutputs: answering(() => new Empty()),
      invoke: (
        { request }: ServerUnaryCall<ResourceInvokeRequest, InvokeResponse>,
        done: sendUnaryData<InvokeResponse>,
      ) => {
        const answerTo = this.#surroundings.invokes?.[request.getTok()];
        if (answerTo === undefined) {
          done({ code: status.NOT_FOUND, details: `no answer to ${request.getTok()}` });
          return;
        }
        const answer = new InvokeResponse();
        answer.setReturn(Struct.fromJavaScript(answerTo(request.getArgs()?.toJavaScript() ?? {})));
        done(null, answer);
      },
    };
  }
}

function answering<Request, Response>(answer: (request: Request) => Response) {
  return ({ request }: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => {
    done(null, answer(request));
  };
}

/** The first line that a plugin writes is its port. */
function portOf(plugin: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const { stdout, stderr } = plugin;
    if (stdout === null || stderr === null) throw new Error("the plugin's output is read");
    createInterface({ input: stdout }).once("line", (line) => {
      resolve(Number(line));
    });
    createInterface({ input: stderr }).on("line", (line) => said.push(line));
    plugin.once("close", () => {
      reject(new Error(`the plugin ended before it listened:\n${said.join("\n")}`));
    });
  });
}
