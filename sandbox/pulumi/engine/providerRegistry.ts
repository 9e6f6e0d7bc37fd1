import type { CheckFailure, Provider } from "./provider";
import { secret, type PropertyMap } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import type { ProviderDiff } from "./stepFor";
import { packageOfProviderType, parseProviderReference, parseUrn, type Urn } from "./urn";

/** The configuration of a stack as providers and programs read it. */
export interface RuntimeConfig {
  /** `NAMESPACE:KEY` to value; what has structure is JSON. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

/** The providers of an update: started when they are first needed, ended when it is over. */
export class ProviderRegistry {
  readonly #start: (packageName: string, urn: Urn, signal: AbortSignal) => Promise<Provider>;
  /** Started to check configuration, not configured yet. */
  readonly #started = new Map<Urn, Provider>();
  /** By reference, `URN::ID`. */
  readonly #configured = new Map<string, Provider>();
  /** By reference: started as the state has them, not configured yet. */
  readonly #ensuring = new Map<string, Promise<void>>();
  readonly #all = new Set<Provider>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #over = new AbortController();

  /** @param start starts and connects a provider; given up when the signal is aborted. */
  constructor(start: (packageName: string, urn: Urn, signal: AbortSignal) => Promise<Provider>) {
    this.#start = start;
  }

  /** @throws Error when there is none of that reference. */
  get(reference: string): Provider {
    const provider = this.#configured.get(reference);
    if (provider === undefined) throw new Error(`unknown provider '${reference}'`);
    return provider;
  }

  /** Makes sure that the provider of a resource in the stack runs, as it was configured then; once for all who ask. */
  async ensure(reference: string, resources: ReadonlyMap<Urn, ResourceState>): Promise<void> {
    if (this.#configured.has(reference)) return;
    const begun = this.#ensuring.get(reference) ?? this.#startFromState(reference, resources);
    this.#ensuring.set(reference, begun);
    try {
      await begun;
    } finally {
      this.#ensuring.delete(reference);
    }
  }

  async check(
    urn: Urn,
    olds: PropertyMap,
    news: PropertyMap,
  ): Promise<{ inputs: PropertyMap; failures: readonly CheckFailure[] }> {
    const provider = await this.#launch(urn);
    this.#started.set(urn, provider);
    const answer = await provider.checkConfig(urn, configurationOf(olds), configurationOf(news));
    const { version } = news;
    return {
      inputs: version === undefined ? answer.inputs : { ...answer.inputs, version },
      failures: answer.failures,
    };
  }

  async diff(old: ResourceState, news: PropertyMap): Promise<ProviderDiff | undefined> {
    const provider = this.#started.get(old.urn) ?? this.#configured.get(`${old.urn}::${old.id}`);
    return provider?.diffConfig(
      old.urn,
      { inputs: configurationOf(old.inputs), outputs: old.outputs },
      configurationOf(news),
    );
  }

  /** Whether resources of one provider can't go on with another one: their new one says so. */
  async diffOfChange(
    reference: string,
    before: ResourceState,
    after: PropertyMap,
  ): Promise<ProviderDiff | undefined> {
    return this.get(reference).diffConfig(
      parseProviderReference(reference).urn,
      { inputs: configurationOf(before.inputs), outputs: before.outputs },
      configurationOf(after),
    );
  }

  /** Configures what was started to check the configuration, or a fresh one. */
  async configure(urn: Urn, id: string, inputs: PropertyMap): Promise<void> {
    const reference = `${urn}::${id}`;
    const provider = this.#started.get(urn) ?? (await this.#launch(urn));
    this.#started.delete(urn);
    await provider.configure(urn, id, configurationOf(inputs));
    this.#configured.set(reference, provider);
  }

  /** Ends one provider. */
  async release(urn: Urn, id: string): Promise<void> {
    const reference = `${urn}::${id}`;
    const provider = this.#configured.get(reference);
    this.#configured.delete(reference);
    if (provider === undefined) return;
    this.#all.delete(provider);
    await provider.close();
  }

  /** Asks all to give up what they are doing. */
  async cancel(): Promise<void> {
    await Promise.all([...this.#all].map((provider) => provider.cancel()));
  }

  /** Ends all, also those that are only being started. */
  async close(): Promise<void> {
    this.#over.abort();
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#all].map((provider) => provider.close()));
    this.#all.clear();
  }

  async #startFromState(reference: string, resources: ReadonlyMap<Urn, ResourceState>): Promise<void> {
    const { urn, id } = parseProviderReference(reference);
    const state = resources.get(urn);
    if (state?.id !== id) throw new Error(`the provider ${reference} is not in the state of the stack`);
    const provider = await this.#launch(urn);
    await provider.configure(urn, id, configurationOf(state.inputs));
    this.#configured.set(reference, provider);
  }

  async #launch(urn: Urn): Promise<Provider> {
    const start = this.#start(packageOfProviderType(parseUrn(urn).type), urn, this.#over.signal);
    this.#starting.add(start);
    try {
      const provider = await start;
      this.#all.add(provider);
      return provider;
    } finally {
      this.#starting.delete(start);
    }
  }
}

/** Inputs without what is the engine's own. */
function configurationOf(inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => key !== "__internal"));
}

/** What the stack's configuration says to a package: `aws:region` is `region` of the package aws. */
export function packageConfiguration(packageName: string, config: RuntimeConfig): PropertyMap {
  const prefix = `${packageName}:`;
  return Object.fromEntries(
    Object.entries(config.values)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [
        key.slice(prefix.length),
        config.secretKeys.includes(key) ? secret(value) : value,
      ]),
  );
}
