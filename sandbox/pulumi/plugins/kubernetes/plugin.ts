import type { Act, Checked, Difference, Live, Naming, Plugin, Subject } from "../protocol/plugin";
import { HalfMade } from "../protocol/plugin";
import { UNKNOWN, containsUnknown, equal, type PropertyMap } from "../../engine/propertyValues";
import type { Properties } from "../protocol/values";
import { ApiServer } from "./apiServer";
import { relinquish } from "./applying";
import { change } from "./changing";
import { namedManifest } from "./checking";
import { identityOf, importedInputs, inputsOf, stateOf } from "./checkpoint";
import type { Cluster } from "./cluster";
import {
  configurationFrom,
  configurationProblems,
  normalized,
  serverOf,
  type Configuration,
} from "./configuration";
import { differenceOf } from "./difference";
import { fieldManagerOf } from "./fieldManager";
import { idOf, metadataOf, nameOf, partsOfId, withMetadata, withoutServersOwn } from "./manifest";
import { canBeAsked, make, previewOfMaking } from "./making";
import { deleteObject, readObject } from "./objects";
import { prunedTo } from "./prune";
import { isRolledOut, isWaitedFor } from "./rollout";
import { isPatch, kindOf, type Kind } from "./typeToken";

/**
 * The stand-in for the kubernetes plugin: any kind that the API server has, made with POST and updated by server-side
 * apply, and patches of what others have made. What it leaves out of the real one: waiting for anything but DaemonSets,
 * validation before the API server's own, and normalizing of quantities.
 */
export class KubernetesPlugin implements Plugin {
  readonly name = "kubernetes";
  private configuration: Configuration | undefined;
  private api: ApiServer | undefined;

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
    this.api = new ApiServer(this.configuration.kubeConfig);
    return Promise.resolve();
  }

  async check(
    subject: Subject,
    olds: Properties | undefined,
    news: Properties,
    naming: Naming,
  ): Promise<Checked> {
    const manifest = withoutServersOwn(news);
    if (manifest["metadata"] === UNKNOWN) return { inputs: manifest, failures: [] };
    const { inputs, failures } = namedManifest(subject, olds, manifest, naming);
    if (failures.length > 0) return { inputs, failures };
    return { inputs: await this.inNamespace(kindOf(subject.type), inputs), failures };
  }

  diff(subject: Subject, state: Properties, oldInputs: Properties, news: Properties): Promise<Difference> {
    return Promise.resolve(differenceOf(subject.type, state, oldInputs, news));
  }

  previewCreate(subject: Subject, inputs: Properties, act: Act): Promise<Properties> {
    return previewOfMaking(this.cluster(), subject, inputs, act);
  }

  async previewUpdate(
    subject: Subject,
    state: Properties,
    inputs: Properties,
    act: Act,
  ): Promise<Properties> {
    const cluster = this.cluster();
    if (!(await canBeAsked(cluster, kindOf(subject.type), inputs, act))) return inputs;
    return change(cluster, subject, { id: idOf(state), state }, inputs, { dryRun: true }, act);
  }

  create(subject: Subject, inputs: Properties, act: Act): Promise<Live> {
    return make(this.cluster(), subject, inputs, act);
  }

  /** Without inputs and state it is an import or seen for the first time: whether it is ready is no matter of ours. */
  async read(
    subject: Subject,
    id: string,
    state: Properties,
    inputs: Properties | undefined,
    act: Act,
  ): Promise<(Live & { inputs: Properties }) | undefined> {
    const kind = kindOf(subject.type);
    // As in the real plugin, which asks for an object of the patch's own kind: there is none.
    if (isPatch(subject.type) && inputs === undefined) return undefined;
    const live = await readObject(this.cluster().api, kind, partsOfId(id), act);
    if (live === undefined) return undefined;
    // What was read before has a state and no inputs: then it counts for what it is, as in the real plugin.
    const known = inputs ?? (state["apiVersion"] === undefined ? undefined : identityOf(live, kind));
    const now = known === undefined ? importedInputs(live, kind) : prunedTo(known, live);
    const found = { id, state: stateOf(now, live, fieldManagerOf(state, now)), inputs: now };
    if (known !== undefined && isWaitedFor(kind, known) && !isRolledOut(live))
      throw new HalfMade(found, new Error(`Resource '${nameOf(live)}' was created but failed to initialize`));
    return found;
  }

  update(subject: Subject, old: Live, inputs: Properties, act: Act): Promise<Properties> {
    return change(this.cluster(), subject, old, inputs, { dryRun: false }, act);
  }

  async delete(subject: Subject, old: Live, act: Act): Promise<void> {
    const kind = kindOf(subject.type);
    const inputs = inputsOf(old.state) ?? {};
    const { api } = this.cluster();
    if (!isPatch(subject.type)) return deleteObject(api, kind, partsOfId(old.id), inputs, act);
    return relinquish(api, kind, old.state, fieldManagerOf(old.state, inputs), act);
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
    const resource = await this.api?.resourceOf(kind, AbortSignal.timeout(10_000));
    return resource?.namespaced === true ? withMetadata(manifest, { namespace }) : manifest;
  }

  private cluster(): Cluster {
    if (this.api === undefined || this.configuration === undefined)
      throw new Error("the kubernetes provider is not configured");
    const { force, upsert } = this.configuration;
    return { api: this.api, force, upsert };
  }
}

/** Inputs of the provider that say which cluster it is. */
const WHERE = ["cluster", "context", "kubeconfig"];
