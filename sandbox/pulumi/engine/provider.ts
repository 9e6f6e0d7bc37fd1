import { credentials, status, type Metadata } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { detailsOf, isUnimplemented, unary } from "./grpcCalls";
import type { PluginProcess } from "./plugin";
import { containsUnknown, inDialect, revealed, secretLike } from "./propertyValues";
import type { PropertyMap } from "./propertyValues";
import type { ProviderDiff } from "./stepFor";
import { packageOfProviderType, parseUrn, type Urn } from "./urn";
import type { DetailedDiff, DiffKind } from "./valueDiff";
import { fromStruct, toStruct } from "./wire";

/** Something that a provider does not accept. */
export interface CheckFailure {
  /** Empty when it is about the resource as a whole. */
  readonly property: string;
  readonly reason: string;
}

/** What a provider made of a resource. */
export interface ProviderResult {
  /** Empty in a preview. */
  readonly id: string;
  readonly outputs: PropertyMap;
  /** Why the resource isn't ready, although it exists. */
  readonly initErrors: readonly string[];
}

/** What a provider found of a resource. */
export interface ReadResult {
  /** Empty when it is gone. */
  readonly id: string;
  /** Undefined when there is none. */
  readonly outputs: PropertyMap | undefined;
  /** What the provider thinks the inputs were; undefined when it doesn't say. */
  readonly inputs: PropertyMap | undefined;
  /** Why the resource isn't ready, although it exists. */
  readonly initErrors: readonly string[];
}

/** A change failed in such a way that nobody knows whether it was made. */
export class UncertainError extends Error {
  override readonly name = "UncertainError";
}

/** Messages may be as large as Pulumi's own: 400 MB. */
const channelOptions = {
  "grpc.max_receive_message_length": 400 * 1024 * 1024,
  "grpc.max_send_message_length": 400 * 1024 * 1024,
};

const diffKinds: readonly DiffKind[] = [
  "add",
  "add-replace",
  "delete",
  "delete-replace",
  "update",
  "update-replace",
];

/** A provider: a plugin and the configuration that it was given. */
export class Provider {
  readonly #process: PluginProcess;
  readonly #client: ResourceProviderClient;
  #understands = { secrets: false, resources: false, previews: false };
  #isConfigured = false;

  private constructor(process: PluginProcess) {
    this.#process = process;
    this.#client = new ResourceProviderClient(process.address, credentials.createInsecure(), channelOptions);
  }

  /** Connects to a plugin and asks what it understands. */
  static async connect(process: PluginProcess, engine: string): Promise<Provider> {
    const provider = new Provider(process);
    const request = new messages.ProviderHandshakeRequest();
    request.setEngineAddress(engine);
    request.setConfigureWithUrn(true);
    request.setInvokeWithPreview(true);
    try {
      const answer = await unary<messages.ProviderHandshakeResponse>((done) =>
        provider.#client.handshake(request, done),
      );
      provider.#understands = {
        secrets: answer.getAcceptSecrets(),
        resources: answer.getAcceptResources(),
        previews: true,
      };
      provider.#shookHands = true;
    } catch (error) {
      // Older plugins say it when they are configured.
      if (!isUnimplemented(error)) throw error;
    }
    return provider;
  }

  #shookHands = false;

  /** Whether its configuration is known; if not nothing can be asked of it, which happens in previews only. */
  get isConfigured(): boolean {
    return this.#isConfigured;
  }

  async checkConfig(urn: Urn, olds: PropertyMap, news: PropertyMap): Promise<CheckAnswer> {
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setOlds(toStruct(inDialect(olds, everything)));
    request.setNews(toStruct(inDialect(news, everything)));
    try {
      const answer = await unary<messages.CheckResponse>((done) => this.#client.checkConfig(request, done));
      return {
        inputs: answer.hasInputs() ? fromStruct(answer.getInputs()) : news,
        failures: failuresOf(answer),
      };
    } catch (error) {
      if (isUnimplemented(error)) return { inputs: news, failures: [] };
      throw new Error(detailsOf(error), { cause: error });
    }
  }

  /** @returns undefined when it can't tell, in which case any change makes no replacement necessary. */
  async diffConfig(
    urn: Urn,
    olds: { inputs: PropertyMap; outputs: PropertyMap },
    news: PropertyMap,
  ): Promise<ProviderDiff | undefined> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setOldInputs(toStruct(inDialect(olds.inputs, everything)));
    request.setOlds(toStruct(inDialect(olds.outputs, everything)));
    request.setNews(toStruct(inDialect(news, everything)));
    try {
      return diffOf(await unary<messages.DiffResponse>((done) => this.#client.diffConfig(request, done)));
    } catch (error) {
      if (isUnimplemented(error)) return undefined;
      throw new Error(detailsOf(error), { cause: error });
    }
  }

  /** Gives it its configuration, unless some of it isn't known yet. */
  async configure(urn: Urn, id: string, inputs: PropertyMap): Promise<void> {
    if (containsUnknown(inputs)) return;
    const { name, type } = parseUrn(urn);
    const request = new messages.ConfigureRequest();
    request.setUrn(urn);
    request.setName(name);
    request.setType(type);
    request.setId(id);
    request.setAcceptsecrets(true);
    request.setAcceptresources(true);
    request.setSendsOldInputs(true);
    request.setSendsOldInputsToDelete(true);
    request.setArgs(toStruct(inDialect(inputs, everything)));
    for (const [key, value] of Object.entries(inputs)) {
      if (key === "version") continue;
      const plain = revealed(value);
      const text = typeof plain === "string" ? plain : JSON.stringify(plain);
      request.getVariablesMap().set(`${packageOfProviderType(type)}:config:${key}`, text);
    }
    const answer = await this.#ask<messages.ConfigureResponse>((done) =>
      this.#client.configure(request, done),
    );
    if (!this.#shookHands)
      this.#understands = {
        secrets: answer.getAcceptsecrets(),
        resources: answer.getAcceptresources(),
        previews: answer.getSupportspreview(),
      };
    this.#isConfigured = true;
  }

  async check(
    urn: Urn,
    olds: PropertyMap,
    news: PropertyMap,
    options: { preview: boolean; randomSeed: Uint8Array },
  ): Promise<CheckAnswer> {
    if (!this.#isConfigured) return { inputs: news, failures: [] };
    const request = new messages.CheckRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setOlds(this.#struct(olds, options.preview));
    request.setNews(this.#struct(news, options.preview));
    request.setRandomseed(options.randomSeed);
    const answer = await this.#ask<messages.CheckResponse>((done) => this.#client.check(request, done));
    return {
      inputs: this.#hidden(fromStruct(answer.getInputs()), news),
      failures: failuresOf(answer),
    };
  }

  async diff(
    urn: Urn,
    id: string,
    olds: { inputs: PropertyMap; outputs: PropertyMap },
    news: PropertyMap,
    options: { preview: boolean; ignoreChanges: readonly string[] },
  ): Promise<ProviderDiff> {
    const request = new messages.DiffRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setId(id);
    request.setOldInputs(this.#struct(olds.inputs, options.preview));
    request.setOlds(this.#struct(olds.outputs, options.preview));
    request.setNews(this.#struct(news, options.preview));
    request.setIgnorechangesList([...options.ignoreChanges]);
    return diffOf(await this.#ask<messages.DiffResponse>((done) => this.#client.diff(request, done)));
  }

  /**
   * Creates a resource, or says what would come of it.
   *
   * @throws ProviderError when nothing was created.
   */
  async create(
    urn: Urn,
    inputs: PropertyMap,
    options: { preview: boolean; timeout: number },
  ): Promise<ProviderResult> {
    const unmade = this.#withoutAsking(inputs, options.preview);
    if (unmade !== undefined) return unmade;
    const request = new messages.CreateRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setProperties(this.#struct(inputs, options.preview));
    request.setTimeout(options.timeout);
    request.setPreview(options.preview);
    const result = await this.#outcome<messages.CreateResponse>(
      (done) => this.#client.create(request, done),
      (answer) => ({ id: answer.getId(), outputs: fromStruct(answer.getProperties()), initErrors: [] }),
    );
    if (result.id === "" && !options.preview)
      throw new Error(`the plugin returned no ID when it created ${urn}`);
    return { ...result, outputs: this.#hidden(result.outputs, inputs) };
  }

  /**
   * Updates a resource, or says what would come of it.
   *
   * @throws ProviderError when nothing was changed.
   */
  async update(
    urn: Urn,
    id: string,
    olds: { inputs: PropertyMap; outputs: PropertyMap },
    news: PropertyMap,
    options: { preview: boolean; timeout: number; ignoreChanges: readonly string[] },
  ): Promise<ProviderResult> {
    const unmade = this.#withoutAsking(news, options.preview);
    if (unmade !== undefined) return { ...unmade, id };
    const request = new messages.UpdateRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setId(id);
    request.setOldInputs(this.#struct(olds.inputs, false));
    request.setOlds(this.#struct(olds.outputs, false));
    request.setNews(this.#struct(news, options.preview));
    request.setTimeout(options.timeout);
    request.setIgnorechangesList([...options.ignoreChanges]);
    request.setPreview(options.preview);
    const result = await this.#outcome<messages.UpdateResponse>(
      (done) => this.#client.update(request, done),
      (answer) => ({ id, outputs: fromStruct(answer.getProperties()), initErrors: [] }),
      failureOf,
    );
    return { ...result, id, outputs: this.#hidden(result.outputs, news) };
  }

  async delete(
    urn: Urn,
    id: string,
    olds: { inputs: PropertyMap; outputs: PropertyMap },
    timeout: number,
  ): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setId(id);
    request.setOldInputs(this.#struct(olds.inputs, false));
    request.setProperties(this.#struct(olds.outputs, false));
    request.setTimeout(timeout);
    await unary<Empty>((done) => this.#client.delete(request, done)).catch((error: unknown) => {
      throw failureOf(error);
    });
  }

  /**
   * Looks at a resource.
   *
   * @param known what is known of it; undefined when nothing is, as for an import.
   */
  async read(
    urn: Urn,
    id: string,
    known: { inputs: PropertyMap; outputs: PropertyMap } | undefined,
    timeout: number,
  ): Promise<ReadResult> {
    if (!this.#isConfigured) return { id, outputs: {}, inputs: {}, initErrors: [] };
    const request = new messages.ReadRequest();
    request.setUrn(urn);
    request.setName(parseUrn(urn).name);
    request.setType(parseUrn(urn).type);
    request.setId(id);
    if (known !== undefined) {
      request.setInputs(this.#struct(known.inputs, false));
      request.setProperties(this.#struct(known.outputs, false));
    }
    request.setTimeout(timeout);
    const { outputs, inputs, ...rest } = await this.#outcome<messages.ReadResponse, ReadResult>(
      (done) => this.#client.read(request, done),
      (answer) => ({
        id: answer.getId(),
        outputs: answer.hasProperties() ? fromStruct(answer.getProperties()) : undefined,
        inputs: answer.hasInputs() ? fromStruct(answer.getInputs()) : undefined,
        initErrors: [],
      }),
      failureOf,
    );
    return {
      ...rest,
      outputs: outputs && this.#hidden(outputs, known?.outputs ?? {}),
      inputs: inputs && this.#hidden(inputs, known?.inputs ?? {}),
    };
  }

  async invoke(
    token: string,
    args: PropertyMap,
    preview: boolean,
  ): Promise<{ result: PropertyMap; failures: CheckFailure[] }> {
    if (!this.#isConfigured) return { result: {}, failures: [] };
    const request = new messages.InvokeRequest();
    request.setTok(token);
    request.setArgs(this.#struct(args, false));
    request.setPreview(preview);
    const answer = await this.#ask<messages.InvokeResponse>((done) => this.#client.invoke(request, done));
    return { result: fromStruct(answer.getReturn()), failures: failuresOf(answer) };
  }

  /** Asks it to give up what it is doing, as far as it can. */
  async cancel(): Promise<void> {
    await this.#ask<Empty>((done) => this.#client.cancel(new Empty(), done)).catch(() => undefined);
  }

  /** Ends it, after telling it so. */
  async close(): Promise<void> {
    await this.cancel();
    this.#client.close();
    await this.#process.stop();
  }

  #struct(properties: PropertyMap, unknowns: boolean) {
    const { secrets, resources } = this.#understands;
    return toStruct(inDialect(properties, { secrets, resources, unknowns }));
  }

  #hidden(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
    return this.#understands.secrets ? outputs : secretLike(outputs, inputs);
  }

  /** What comes of a change in a preview, as far as it is known without the provider. */
  #withoutAsking(inputs: PropertyMap, preview: boolean): ProviderResult | undefined {
    if (!preview) return undefined;
    if (!this.#isConfigured) return { id: "", outputs: {}, initErrors: [] };
    return this.#understands.previews ? undefined : { id: "", outputs: inputs, initErrors: [] };
  }

  async #ask<T>(call: Parameters<typeof unary<T>>[0]): Promise<T> {
    try {
      return await unary<T>(call);
    } catch (error) {
      throw new Error(detailsOf(error), { cause: error });
    }
  }

  /** The result of a change. What exists but isn't ready is a result too, with the reasons. */
  async #outcome<T, Result extends ProviderResult | ReadResult = ProviderResult>(
    call: Parameters<typeof unary<T>>[0],
    read: (answer: T) => Result,
    failure: (error: unknown) => Error = (error) => new Error(detailsOf(error), { cause: error }),
  ): Promise<Result | PartialFailure> {
    try {
      return read(await unary<T>(call));
    } catch (error) {
      const partial = partialFailure(error);
      if (partial === undefined) throw failure(error);
      return partial;
    }
  }
}

interface CheckAnswer {
  readonly inputs: PropertyMap;
  readonly failures: readonly CheckFailure[];
}

/** Configuration is always sent whole. */
const everything = { secrets: true, resources: true, unknowns: true };

function failuresOf(answer: { getFailuresList(): messages.CheckFailure[] }): CheckFailure[] {
  return answer
    .getFailuresList()
    .map((failure) => ({ property: failure.getProperty(), reason: failure.getReason() }));
}

function diffOf(answer: messages.DiffResponse): ProviderDiff {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const detailed: Record<string, DetailedDiff[string]> = {};
  for (const [path, diff] of answer.getDetaileddiffMap().entries()) {
    const diffKind = diffKinds[diff.getKind()];
    if (diffKind !== undefined) detailed[path] = { diffKind, inputDiff: diff.getInputdiff() };
  }
  const changes = answer.getChanges();
  return {
    changes: changes === DIFF_NONE ? "none" : changes === DIFF_SOME ? "some" : "unknown",
    replaceKeys: answer.getReplacesList(),
    changedKeys: answer.getDiffsList(),
    detailedDiff: answer.getHasdetaileddiff() ? detailed : undefined,
    deleteBeforeReplace: answer.getDeletebeforereplace(),
  };
}

/** What it means that a change of something that is there failed: by the kind of error it may have been made. */
function failureOf(error: unknown): Error {
  const { code } = error as { code?: status };
  const isUncertain = code === status.INTERNAL || code === status.DATA_LOSS || code === status.UNKNOWN;
  return isUncertain
    ? new UncertainError(detailsOf(error), { cause: error })
    : new Error(detailsOf(error), { cause: error });
}

type PartialFailure = ReadResult & ProviderResult;

/** What a provider says of a resource that exists but did not become ready. */
function partialFailure(error: unknown): PartialFailure | undefined {
  const { metadata } = error as { metadata?: Metadata };
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(bytes instanceof Buffer)) return undefined;
  for (const detail of Status.deserializeBinary(bytes).getDetailsList()) {
    if (!detail.getTypeUrl().endsWith("/pulumirpc.ErrorResourceInitFailed")) continue;
    const failure = messages.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return {
      id: failure.getId(),
      outputs: fromStruct(failure.getProperties()),
      inputs: failure.hasInputs() ? fromStruct(failure.getInputs()) : undefined,
      initErrors: failure.getReasonsList(),
    };
  }
  return undefined;
}
