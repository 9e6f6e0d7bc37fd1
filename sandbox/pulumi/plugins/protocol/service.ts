import {
  CheckFailure,
  CheckRequest,
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  GetSchemaResponse,
  InvokeResponse,
  ReadResponse,
  UpdateResponse,
  type ConfigureRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type DiffResponse,
  type InvokeRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { secret, type PropertyMap } from "../../engine/propertyValues";
import { fromStruct, toStruct } from "../../engine/wire";
import { diffAnswer } from "./diffAnswer";
import { withIgnored, withoutIgnored } from "./ignoredChanges";
import type { Act, Checked, Failure, Naming, Plugin, Subject } from "./plugin";
import type { Properties } from "./values";
import { concealed, revealed } from "./wire";

/** Answers a request of the engine; `signal` ends when the engine gives up on it. */
export type Answer = (request: never, signal: AbortSignal) => Promise<unknown>;

/** What the methods of Pulumi's provider protocol do, with a plugin behind them. Others are left unimplemented. */
export function service(plugin: Plugin): Record<string, Answer> {
  return {
    getPluginInfo: () => {
      const info = new PluginInfo();
      info.setVersion(plugin.version);
      return Promise.resolve(info);
    },
    // The stand-ins have no schema to generate programs from; the SDKs are those of the real plugins.
    getSchema: () => {
      const answer = new GetSchemaResponse();
      answer.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version }));
      return Promise.resolve(answer);
    },
    attach: () => Promise.resolve(new Empty()),
    checkConfig: (request: CheckRequest) => {
      const news = fromStruct(request.getNews());
      return Promise.resolve(checkAnswer(plugin.checkConfig(revealed(news)), news));
    },
    diffConfig: (request: DiffRequest) =>
      Promise.resolve(
        diffAnswer(plugin.diffConfig(oldInputsOf(request), revealed(fromStruct(request.getNews())))),
      ),
    configure: async (request: ConfigureRequest) => {
      await plugin.configure(configurationOf(request));
      const answer = new ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    },
    check: async (request: CheckRequest) => {
      const news = fromStruct(request.getNews());
      const olds = request.hasOlds() ? revealed(fromStruct(request.getOlds())) : undefined;
      const checked = await plugin.check(
        subjectOf(request),
        olds !== undefined && Object.keys(olds).length > 0 ? olds : undefined,
        revealed(news),
        namingOf(request),
      );
      return checkAnswer(checked, news);
    },
    diff: async (request: DiffRequest): Promise<DiffResponse> => {
      const state = revealed(fromStruct(request.getOlds()));
      const ignored = request.getIgnorechangesList();
      const news = withIgnored(revealed(fromStruct(request.getNews())), state, ignored);
      const difference = await plugin.diff(subjectOf(request), state, oldInputsOf(request), news);
      return diffAnswer(withoutIgnored(difference, ignored));
    },
    create: async (request: CreateRequest, signal: AbortSignal) => {
      const given = fromStruct(request.getProperties());
      const inputs = revealed(given);
      const answer = new CreateResponse();
      if (request.getPreview()) {
        const planned = await plugin.previewCreate(subjectOf(request), inputs, actOf(request, signal));
        answer.setProperties(toStruct(concealed(planned, given)));
        return answer;
      }
      const made = await plugin.create(subjectOf(request), inputs, actOf(request, signal));
      answer.setId(made.id);
      answer.setProperties(toStruct(stateOut(plugin, made.state, given)));
      return answer;
    },
    read: async (request: ReadRequest, signal: AbortSignal) => {
      const givenState = fromStruct(request.getProperties());
      const givenInputs = fromStruct(request.getInputs());
      const inputs = Object.keys(givenInputs).length > 0 ? revealed(givenInputs) : undefined;
      const found = await plugin.read(
        subjectOf(request),
        request.getId(),
        revealed(givenState),
        inputs,
        actOf(request, signal),
      );
      // An empty ID says that it is gone.
      const answer = new ReadResponse();
      if (found === undefined) return answer;
      answer.setId(found.id);
      answer.setProperties(toStruct(stateOut(plugin, concealed(found.state, givenState), givenInputs)));
      answer.setInputs(toStruct(stateOut(plugin, found.inputs, givenInputs)));
      return answer;
    },
    update: async (request: UpdateRequest, signal: AbortSignal) => {
      const given = fromStruct(request.getNews());
      const state = revealed(fromStruct(request.getOlds()));
      const inputs = withIgnored(revealed(given), state, request.getIgnorechangesList());
      const answer = new UpdateResponse();
      const left = request.getPreview()
        ? await plugin.previewUpdate(subjectOf(request), state, inputs, actOf(request, signal))
        : await plugin.update(
            subjectOf(request),
            { id: request.getId(), state },
            inputs,
            actOf(request, signal),
          );
      answer.setProperties(toStruct(stateOut(plugin, left, given)));
      return answer;
    },
    delete: async (request: DeleteRequest, signal: AbortSignal) => {
      const state = revealed(fromStruct(request.getProperties()));
      await plugin.delete(subjectOf(request), { id: request.getId(), state }, actOf(request, signal));
      return new Empty();
    },
    invoke: async (request: InvokeRequest, signal: AbortSignal) => {
      const args = revealed(fromStruct(request.getArgs()));
      const answer = new InvokeResponse();
      answer.setReturn(
        toStruct(await plugin.invoke(request.getTok(), args, { signal, timeoutMs: undefined })),
      );
      return answer;
    },
  };
}

/** State with the secrets that the program named, and those that are secret in any case. */
export function stateOut(plugin: Plugin, state: PropertyMap, given: PropertyMap): PropertyMap {
  const marked = Object.entries(concealed(state, given)).map(
    ([key, value]) => [key, plugin.isSecret?.(state, key) === true ? secret(value) : value] as const,
  );
  return Object.fromEntries(marked);
}

function checkAnswer({ inputs, failures }: Checked, given: PropertyMap): CheckResponse {
  const answer = new CheckResponse();
  answer.setInputs(toStruct(concealed(inputs, given)));
  answer.setFailuresList(failures.map(failureMessage));
  return answer;
}

function failureMessage({ property, reason }: Failure): CheckFailure {
  const failure = new CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

/** Type and name come with requests of newer engines; those before say them only in the URN. */
function subjectOf(request: { getUrn(): string; getType(): string; getName(): string }): Subject {
  const urn = request.getUrn();
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return {
    urn,
    type: request.getType() || (qualifiedType.split("$").at(-1) ?? ""),
    name: request.getName() || name.join("::"),
  };
}

function actOf(request: { getTimeout(): number }, signal: AbortSignal): Act {
  const seconds = request.getTimeout();
  return { signal, timeoutMs: seconds > 0 ? seconds * 1000 : undefined };
}

/** Engines before 3.86 send no old inputs; the state is as good for what depends on them. */
function oldInputsOf(request: DiffRequest): Properties {
  return revealed(fromStruct(request.hasOldInputs() ? request.getOldInputs() : request.getOlds()));
}

function namingOf(request: CheckRequest): Naming {
  const seed = request.getRandomseed_asU8();
  const asked = request.getAutonaming();
  if (asked === undefined) return { seed, asked };
  const { PROPOSE, ENFORCE } = CheckRequest.AutonamingOptions.Mode;
  const mode = asked.getMode();
  if (mode !== PROPOSE && mode !== ENFORCE) return { seed, asked: "disabled" };
  return {
    seed,
    asked: { mode: mode === PROPOSE ? "propose" : "enforce", name: asked.getProposedName() },
  };
}

/** `args` is complete; engines that don't send it say the same, flat, as `aws:config:region` in `variables`. */
function configurationOf(request: ConfigureRequest): Properties {
  const args = request.getArgs();
  if (args !== undefined) return revealed(fromStruct(args));
  const inputs: Properties = {};
  request.getVariablesMap().forEach((value, key) => {
    inputs[key.split(":").at(-1) ?? key] = value;
  });
  return inputs;
}
