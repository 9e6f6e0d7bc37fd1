import { status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import type { IResourceMonitorServer } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/resource_pb";
import { CheckFailure, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { StoppedError } from "./failures";
import { notSupported, refuse } from "./engineService";
import { goalOf, readGoalOf, unsupportedIn } from "./goalOf";
import { revealed, type PropertyMap } from "./propertyValues";
import type { Registrar } from "./registrar";
import type { UpdateContext } from "./updateContext";
import { isProviderType, packageOf, STACK_TYPE, type Urn } from "./urn";
import { fromStruct, toStruct } from "./wire";

/** What of Pulumi's newer features a program may use. Whatever is not here its SDK refuses or goes without. */
const features: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
]);

/** Whom a program's requests go to. */
export interface MonitorOptions {
  readonly context: UpdateContext;
  readonly registrar: Registrar;
  /** Takes outputs of a component or of the stack. */
  readonly onOutputs: (urn: Urn, outputs: PropertyMap) => void;
}

/** Serves a program: what it registers, reads and invokes. */
export class Monitor {
  readonly #options: MonitorOptions;

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  /** The calls, as gRPC serves them. */
  get handlers(): IResourceMonitorServer {
    return {
      supportsFeature: this.#answering((request: messages.SupportsFeatureRequest) => {
        const answer = new messages.SupportsFeatureResponse();
        answer.setHassupport(features.has(request.getId()));
        return Promise.resolve(answer);
      }),
      invoke: this.#answering((request: messages.ResourceInvokeRequest) => this.#invoke(request)),
      readResource: this.#answering((request: messages.ReadResourceRequest) => this.#read(request)),
      registerResource: this.#answering((request: messages.RegisterResourceRequest) =>
        this.#register(request),
      ),
      registerResourceOutputs: this.#answering((request: messages.RegisterResourceOutputsRequest) => {
        this.#options.onOutputs(request.getUrn(), fromStruct(request.getOutputs()));
        return Promise.resolve(new Empty());
      }),
      // The program is done; what is left to do needs it no more.
      signalAndWaitForShutdown: this.#answering(() => Promise.resolve(new Empty())),
      call: refuse("calls of methods of remote components"),
      registerStackTransform: refuse("stack transforms"),
      registerStackInvokeTransform: refuse("invoke transforms"),
      registerResourceHook: refuse("resource hooks"),
      registerErrorHook: refuse("error hooks"),
      registerPackage: refuse("parameterized packages"),
      getDeploymentInfo: refuse("getDeploymentInfo"),
    };
  }

  /**
   * A call that answers, fails, or is told that the update is over: that one makes a program end without a word,
   * since what happened is reported already.
   */
  #answering<Request, Response>(handle: (request: Request) => Promise<Response>) {
    const { executor } = this.#options.context;
    return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
      const over = executor.stopping().then(() => Promise.reject(new StoppedError()));
      Promise.race([handle(call.request), over]).then(
        (response) => {
          done(null, response);
        },
        (error: unknown) => {
          const code = error instanceof StoppedError ? status.UNAVAILABLE : status.UNKNOWN;
          done({ code, details: error instanceof Error ? error.message : String(error) });
        },
      );
    };
  }

  async #register(request: messages.RegisterResourceRequest): Promise<messages.RegisterResourceResponse> {
    const { registrar, context } = this.#options;
    const unsupported = unsupportedIn(request);
    if (unsupported !== undefined) {
      context.executor.fail("", `${request.getType()} ${request.getName()}: ${notSupported(unsupported)}`);
      throw new StoppedError();
    }
    const goal = goalOf(request, await this.#providerOf(request));
    const state = await registrar.register(goal);
    const answer = new messages.RegisterResourceResponse();
    answer.setUrn(state.urn);
    answer.setId(state.id);
    // A component's outputs come from its program, which is still at it; those of an earlier update may be outdated.
    answer.setObject(toStruct(state.custom ? state.outputs : {}));
    answer.setResult(messages.Result.SUCCESS);
    return answer;
  }

  async #read(request: messages.ReadResourceRequest): Promise<messages.ReadResourceResponse> {
    const provider = await this.#providerFor(request.getProvider(), request.getType(), request.getVersion());
    const state = await this.#options.registrar.read(readGoalOf(request, provider));
    const answer = new messages.ReadResourceResponse();
    answer.setUrn(state.urn);
    answer.setProperties(toStruct(state.outputs));
    return answer;
  }

  async #invoke(request: messages.ResourceInvokeRequest): Promise<InvokeResponse> {
    const { registry, executor } = this.#options.context;
    const token = request.getTok();
    const answer = new InvokeResponse();
    if (packageOf(token) === "pulumi") {
      answer.setReturn(toStruct(this.#builtin(token, fromStruct(request.getArgs()))));
      return answer;
    }
    const provider = await this.#providerFor(request.getProvider(), token, request.getVersion());
    const args = revealed(fromStruct(request.getArgs())) as PropertyMap;
    try {
      const { result, failures } = await registry.get(provider).invoke(token, args, executor.preview);
      answer.setReturn(toStruct(result));
      answer.setFailuresList(
        failures.map(({ property, reason }) => {
          const failure = new CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return answer;
    } catch (error) {
      throw new Error(
        `invocation of ${token} returned an error: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );
    }
  }

  /** What the engine itself can be asked. */
  #builtin(token: string, args: PropertyMap): PropertyMap {
    if (token !== "pulumi:pulumi:getResource") throw new Error(notSupported(token));
    const urn = typeof args.urn === "string" ? args.urn : "";
    const state = this.#options.context.ledger.stateOf(urn);
    if (state === undefined) throw new Error(`unknown resource ${urn}`);
    return { urn, id: state.id, state: state.outputs };
  }

  async #providerOf(request: messages.RegisterResourceRequest): Promise<string> {
    const type = request.getType();
    if (!request.getCustom() || isProviderType(type) || type === STACK_TYPE) return "";
    const given = request.getProvider() || request.getProvidersMap().get(packageOf(type)) || "";
    return this.#providerFor(given, type, request.getVersion());
  }

  /** The provider that was given, or the default one of the package. */
  #providerFor(given: string, token: string, version: string): Promise<string> {
    const packageName = packageOf(token);
    if (packageName === "pulumi") throw new Error(notSupported(token));
    if (given !== "") return Promise.resolve(given);
    return this.#options.registrar.defaultProvider(packageName, version);
  }
}
