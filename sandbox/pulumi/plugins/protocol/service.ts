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
import { diffAnswer } from "./diffAnswer";
import type { Act, Checked, Failure, Naming, Plugin, Subject } from "./plugin";
import type { Properties } from "./values";
import { concealed, message, revealed, secret, sent } from "./wire";

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
      const news = sent(request.getNews());
      return Promise.resolve(checkAnswer(plugin.checkConfig(revealed(news)), news));
    },
    diffConfig: (request: DiffRequest) =>
      Promise.resolve(diffAnswer(plugin.diffConfig(oldInputsOf(request), revealed(sent(request.getNews()))))),
    configure: async (request: ConfigureRequest) => {
      await plugin.configure(configurationOf(request));
      const answer = new ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    },
    check: async (request: CheckRequest) => {
      const news = sent(request.getNews());
      const olds = request.hasOlds() ? revealed(sent(request.getOlds())) : undefined;
      const checked = await plugin.check(
        subjectOf(request),
        olds !== undefined && Object.keys(olds).length > 0 ? olds : undefined,
        revealed(news),
        namingOf(request),
      );
      return checkAnswer(checked, news);
    },
    diff: async (request: DiffRequest): Promise<DiffResponse> =>
      diffAnswer(
        await plugin.diff(
          subjectOf(request),
          revealed(sent(request.getOlds())),
          oldInputsOf(request),
          revealed(sent(request.getNews())),
        ),
      ),
    create: async (request: CreateRequest, signal: AbortSignal) => {
      const given = sent(request.getProperties());
      const inputs = revealed(given);
      const answer = new CreateResponse();
      if (request.getPreview()) {
        answer.setProperties(message(concealed(plugin.previewCreate(subjectOf(request), inputs), given)));
        return answer;
      }
      const made = await plugin.create(subjectOf(request), inputs, actOf(request, signal));
      answer.setId(made.id);
      answer.setProperties(message(stateOut(plugin, made.state, given)));
      return answer;
    },
    read: async (request: ReadRequest, signal: AbortSignal) => {
      const givenState = sent(request.getProperties());
      const givenInputs = sent(request.getInputs());
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
      answer.setProperties(message(stateOut(plugin, concealed(found.state, givenState), givenInputs)));
      answer.setInputs(message(stateOut(plugin, found.inputs, givenInputs)));
      return answer;
    },
    update: async (request: UpdateRequest, signal: AbortSignal) => {
      const given = sent(request.getNews());
      const inputs = revealed(given);
      const state = revealed(sent(request.getOlds()));
      const answer = new UpdateResponse();
      const left = request.getPreview()
        ? plugin.previewUpdate(subjectOf(request), state, inputs)
        : await plugin.update(
            subjectOf(request),
            { id: request.getId(), state },
            inputs,
            actOf(request, signal),
          );
      answer.setProperties(message(stateOut(plugin, left, given)));
      return answer;
    },
    delete: async (request: DeleteRequest, signal: AbortSignal) => {
      const state = revealed(sent(request.getProperties()));
      await plugin.delete(subjectOf(request), { id: request.getId(), state }, actOf(request, signal));
      return new Empty();
    },
    invoke: async (request: InvokeRequest, signal: AbortSignal) => {
      const args = revealed(sent(request.getArgs()));
      const answer = new InvokeResponse();
      answer.setReturn(
        message(await plugin.invoke(request.getTok(), args, { signal, timeoutMs: undefined })),
      );
      return answer;
    },
  };
}

/** State with the secrets that the program named, and those that are secret in any case. */
export function stateOut(plugin: Plugin, state: Properties, given: Properties): Properties {
  const marked = concealed(state, given);
  for (const [key, value] of Object.entries(marked)) {
    if (plugin.isSecret?.(state, key) === true) marked[key] = secret(value);
  }
  return marked;
}

function checkAnswer({ inputs, failures }: Checked, given: Properties): CheckResponse {
  const answer = new CheckResponse();
  answer.setInputs(message(concealed(inputs, given)));
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
  return revealed(sent(request.hasOldInputs() ? request.getOldInputs() : request.getOlds()));
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
  if (args !== undefined) return revealed(sent(args));
  const inputs: Properties = {};
  request.getVariablesMap().forEach((value, key) => {
    inputs[key.split(":").at(-1) ?? key] = value;
  });
  return inputs;
}
