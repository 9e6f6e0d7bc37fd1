import { autoName } from "../protocol/autoName";
import type { Act, Checked, Difference, Live, Naming, Plugin, Subject } from "../protocol/plugin";
import { UNKNOWN, containsUnknown, equal, type PropertyMap } from "../../engine/propertyValues";
import { isObject, without, type Properties } from "../protocol/values";
import { ApiError, ApiServer } from "./apiServer";
import { manifestChanges } from "./compare";
import {
  configurationFrom,
  configurationProblems,
  normalized,
  serverOf,
  type Configuration,
} from "./configuration";
import { fieldManagerOf, FIELD_MANAGER_KEY } from "./fieldManager";
import {
  annotationOf,
  AUTONAMED,
  FORCE,
  idOf,
  metadataOf,
  nameOf,
  namespaceOf,
  partsOfId,
  SKIP_AWAIT,
  withAnnotation,
  withMetadata,
  withoutServersOwn,
} from "./manifest";
import { applyObject, createObject, deleteObject, readObject } from "./objects";
import { prunedTo } from "./prune";
import { replacingFields } from "./replacing";
import { isAwaited, kindOf, type Kind } from "./typeToken";

/** Where state keeps the inputs that it came from. */
const INPUTS_KEY = "__inputs";
const INITIAL_API_VERSION_KEY = "__initialApiVersion";

/**
 * The stand-in for the kubernetes plugin: any kind that the API server has, made with POST and updated by server-side
 * apply. What it leaves out of the real one: waiting for rollouts, validation before the API server's own, normalizing of
 * quantities, and previews by dry run.
 */
export class KubernetesPlugin implements Plugin {
  readonly name = "kubernetes";
  private configuration: Configuration | undefined;
  private server: ApiServer | undefined;

  constructor(readonly version: string) {}

  isSecret(state: PropertyMap, key: string): boolean {
    return state["kind"] === "Secret" && (key === "data" || key === "stringData");
  }

  checkConfig(inputs: Properties): Checked {
    const own = normalized(inputs);
    return { inputs: own, failures: configurationProblems(own) };
  }

  /** Objects of another cluster are other objects: then the provider, and with it they, are made anew. */
  diffConfig(olds: Properties, news: Properties): Difference {
    const was = normalized(olds);
    const is = normalized(news);
    const changed = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
      (key) => !equal(was[key], is[key]),
    );
    const unknown = containsUnknown(is);
    const moved = !unknown && changed.length > 0 && serverOf(was) !== serverOf(is);
    return {
      changes: new Map(
        changed.map((key) => [key, moved && WHERE.includes(key) ? "update-replace" : "update"] as const),
      ),
    };
  }

  configure(inputs: Properties): Promise<void> {
    const own = normalized(inputs);
    // In a preview it may depend on what is not there yet; then nothing is asked of it either.
    if (containsUnknown(own)) return Promise.resolve();
    this.configuration = configurationFrom(own);
    this.server = new ApiServer(this.configuration.kubeConfig);
    return Promise.resolve();
  }

  async check(
    subject: Subject,
    olds: Properties | undefined,
    news: Properties,
    naming: Naming,
  ): Promise<Checked> {
    const kind = kindOf(subject.type);
    let manifest = withoutServersOwn(news);
    if (isAwaited(kind) && annotationOf(manifest, SKIP_AWAIT) !== "true") {
      const reason =
        `${subject.type}: the sandbox's stand-in for the kubernetes plugin does not wait until it is ready, ` +
        `as the real one does; to do without, give it the annotation ${SKIP_AWAIT}: "true"`;
      return { inputs: manifest, failures: [{ property: "metadata.annotations", reason }] };
    }
    if (manifest["metadata"] === UNKNOWN) return { inputs: manifest, failures: [] };
    if (metadataOf(manifest)["generateName"] !== undefined && nameOf(manifest) === "") {
      const reason = "the `.metadata.generateName` field is not supported in Server-Side Apply mode";
      return { inputs: manifest, failures: [{ property: "metadata.generateName", reason }] };
    }
    if (nameOf(manifest) === "") {
      const adopted = olds !== undefined && annotationOf(olds, AUTONAMED) === "true" ? nameOf(olds) : "";
      if (adopted === "" && naming.asked === "disabled") {
        const reason = "autonaming is disabled, resource requires the .metadata.name field to be set";
        return { inputs: manifest, failures: [{ property: "metadata.name", reason }] };
      }
      const asked = naming.asked === "disabled" ? undefined : naming.asked?.name;
      const name = adopted || (asked ?? autoName(subject.name, naming.seed));
      manifest = withAnnotation(withMetadata(manifest, { name }), AUTONAMED, "true");
    }
    return { inputs: await this.inNamespace(kind, manifest), failures: [] };
  }

  diff(subject: Subject, state: Properties, oldInputs: Properties, news: Properties): Promise<Difference> {
    const kind = kindOf(subject.type);
    const inputs = isObject(state[INPUTS_KEY]) ? state[INPUTS_KEY] : oldInputs;
    let was = prunedTo(withoutServersOwn(inputs), liveOf(state));
    let is = withoutServersOwn(news);
    // The live object's own identity counts, whether or not the program named it.
    was = withMetadata(was, { name: nameOf(state) });
    const namespace = namespaceOf(state);
    if (namespace !== "") {
      was = withMetadata(was, { namespace });
      if (namespaceOf(is) === "" && !containsUnknown(metadataOf(is)["namespace"] ?? null)) {
        is = withMetadata(is, { namespace: "default" });
      }
    }
    const kept = nameOf(is) === nameOf(was) && namespaceOf(is) === namespaceOf(was);
    return Promise.resolve({
      changes: manifestChanges(was, is, replacingFields(kind)),
      deleteBeforeReplace: kept && annotationOf(is, AUTONAMED) !== "true",
    });
  }

  previewCreate(_subject: Subject, inputs: Properties): Properties {
    return inputs;
  }

  /** What the API server adds stays; the fields of the program are the new ones. */
  previewUpdate(_subject: Subject, state: Properties, inputs: Properties): Properties {
    const old = isObject(state[INPUTS_KEY]) ? state[INPUTS_KEY] : {};
    return { ...applied(old, state, inputs), [INPUTS_KEY]: inputs };
  }

  async create(subject: Subject, inputs: Properties, act: Act): Promise<Live> {
    const kind = kindOf(subject.type);
    try {
      const live = await createObject(this.api(), kind, manifestOf(kind, inputs), act);
      return { id: idOf(live), state: stateOf(inputs, live, fieldManagerOf({}, inputs)) };
    } catch (error) {
      throw new Error(
        `resource ${subject.urn} was not successfully created by the Kubernetes API server: ` +
          said(error) +
          (error instanceof ApiError && error.code === 409 ? EXISTS : ""),
        { cause: error },
      );
    }
  }

  async read(
    subject: Subject,
    id: string,
    state: Properties,
    inputs: Properties | undefined,
    act: Act,
  ): Promise<(Live & { inputs: Properties }) | undefined> {
    const kind = kindOf(subject.type);
    const live = await readObject(this.api(), kind, partsOfId(id), act);
    if (live === undefined) return undefined;
    const now = inputs === undefined ? importedInputs(live) : prunedTo(inputs, live);
    return { id, state: stateOf(now, live, fieldManagerOf(state, now)), inputs: now };
  }

  async update(subject: Subject, old: Live, inputs: Properties, act: Act): Promise<Properties> {
    const kind = kindOf(subject.type);
    const fieldManager = fieldManagerOf(old.state, inputs);
    const force = annotationOf(inputs, FORCE) === "true" || this.configuration?.force === true;
    try {
      const live = await applyObject(
        this.api(),
        kind,
        manifestOf(kind, inputs),
        { fieldManager, force },
        act,
      );
      return stateOf(inputs, live, fieldManager);
    } catch (error) {
      throw new Error(`update of resource ${subject.urn} failed: ${said(error)}`, { cause: error });
    }
  }

  async delete(subject: Subject, old: Live, act: Act): Promise<void> {
    await deleteObject(this.api(), kindOf(subject.type), partsOfId(old.id), act);
  }

  invoke(token: string): Promise<Properties> {
    return Promise.reject(
      new Error(`${token} is not part of the sandbox's stand-in for the kubernetes plugin`),
    );
  }

  /** With the provider's namespace, if the kind is in one and the program says none. */
  private async inNamespace(kind: Kind, manifest: Properties): Promise<Properties> {
    const namespace = this.configuration?.namespace ?? "";
    if (namespace === "" || metadataOf(manifest)["namespace"] !== undefined) return manifest;
    const resource = await this.server?.resourceOf(kind, AbortSignal.timeout(10_000));
    return resource?.namespaced === true ? withMetadata(manifest, { namespace }) : manifest;
  }

  private api(): ApiServer {
    if (this.server === undefined) throw new Error("the kubernetes provider is not configured");
    return this.server;
  }
}

/** Inputs of the provider that say which cluster it is. */
const WHERE = ["cluster", "context", "kubeconfig"];

const EXISTS =
  ". The resource already exists in the cluster: import it with the import resource option, keep its identity with " +
  "an alias if it was renamed in the program, or delete it first";

/** Inputs as the API server takes them; programs may leave out what the type says. */
function manifestOf({ apiVersion, kind }: Kind, inputs: Properties): Properties {
  return { ...withoutOwn(inputs), apiVersion, kind };
}

function liveOf(state: Properties): Properties {
  return withoutServersOwn(withoutOwn(state));
}

function withoutOwn(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

/** State is the live object, with what the plugin has to remember beside it. */
function stateOf(inputs: Properties, live: Properties, fieldManager: string): Properties {
  return {
    ...live,
    [INPUTS_KEY]: inputs,
    [INITIAL_API_VERSION_KEY]: live["apiVersion"] ?? "",
    [FIELD_MANAGER_KEY]: fieldManager,
  };
}

/** Inputs of an object that is imported: the whole of it, without what only the API server and controllers write. */
function importedInputs(live: Properties): Properties {
  return without(withoutServersOwn(live), "status");
}

/** The live object with the program's fields exchanged. */
function applied(old: Properties, live: Properties, news: Properties): Properties {
  const result = { ...live };
  for (const key of Object.keys(old)) if (!(key in news)) Reflect.deleteProperty(result, key);
  for (const [key, value] of Object.entries(news)) {
    const was = old[key];
    const now = live[key];
    result[key] = isObject(value) && isObject(now) ? applied(isObject(was) ? was : {}, now, value) : value;
  }
  return result;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
