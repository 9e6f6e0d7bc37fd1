import { randomUUID } from "node:crypto";
import type { CheckFailure, Provider, ProviderResult } from "./provider";
import type { ProviderRegistry } from "./providerRegistry";
import { equal, type PropertyMap } from "./propertyValues";
import type { ResourceState } from "./resourceState";
import type { ProviderDiff } from "./stepFor";
import { UNKNOWN_ID, type Urn } from "./urn";
import { diffInputs } from "./valueDiff";

/** Who does what is to be done with a resource. */
export interface Manager {
  /**
   * Completes inputs and says what is wrong with them.
   *
   * @param seed what names are made up from.
   */
  check(
    urn: Urn,
    olds: PropertyMap,
    news: PropertyMap,
    seed: Uint8Array,
  ): Promise<{ inputs: PropertyMap; failures: readonly CheckFailure[] }>;
  diff(old: ResourceState, news: PropertyMap, ignoreChanges: readonly string[]): Promise<ProviderDiff>;
  create(now: ResourceState): Promise<ProviderResult>;
  update(old: ResourceState, now: ResourceState): Promise<ProviderResult>;
  /** Takes note of a resource that stays as it is. */
  same(state: ResourceState): Promise<void>;
  delete(old: ResourceState): Promise<void>;
}

/** Components: nobody manages them, they are what their program says. */
export const componentManager: Manager = {
  check: (_urn, _olds, news) => Promise.resolve({ inputs: news, failures: [] }),
  diff: (old, news) =>
    Promise.resolve({
      changes: equal(old.inputs, news) ? "none" : "some",
      replaceKeys: [],
      changedKeys: [],
      detailedDiff: undefined,
      deleteBeforeReplace: false,
    }),
  create: () => Promise.resolve({ id: "", outputs: {}, initErrors: [] }),
  update: () => Promise.resolve({ id: "", outputs: {}, initErrors: [] }),
  same: () => Promise.resolve(),
  delete: () => Promise.resolve(),
};

/** Resources: their provider manages them. */
export function resourceManager(provider: Provider, preview: boolean): Manager {
  return {
    check: (urn, olds, news, randomSeed) => provider.check(urn, olds, news, { preview, randomSeed }),
    diff: async (old, news, ignoreChanges) => {
      const diff = await provider.diff(old.urn, old.id, old, news, { preview, ignoreChanges });
      return diff.changes === "unknown" ? ownDiff(old.inputs, news, diff) : diff;
    },
    create: ({ urn, inputs, customTimeouts }) =>
      provider.create(urn, inputs, { preview, timeout: customTimeouts?.create ?? 0 }),
    update: (old, { urn, inputs, customTimeouts, ignoreChanges }) =>
      provider.update(urn, old.id, old, inputs, {
        preview,
        timeout: customTimeouts?.update ?? 0,
        ignoreChanges,
      }),
    same: () => Promise.resolve(),
    delete: (old) => provider.delete(old.urn, old.id, old, old.customTimeouts?.delete ?? 0),
  };
}

/** Providers: the engine manages them, by starting and configuring their plugins. */
export function providerManager(registry: ProviderRegistry, preview: boolean): Manager {
  return {
    check: (urn, olds, news) => registry.check(urn, olds, news),
    diff: async (old, news) => {
      const said = await registry.diff(old, news);
      if (said !== undefined && said.changes !== "unknown") return said;
      const changes = equal(old.outputs, news) ? "none" : "some";
      return {
        replaceKeys: [],
        changedKeys: [],
        detailedDiff: undefined,
        deleteBeforeReplace: false,
        ...said,
        changes,
      };
    },
    create: async ({ urn, inputs }) => {
      const id = preview ? UNKNOWN_ID : randomUUID();
      await registry.configure(urn, id, inputs);
      return { id, outputs: inputs, initErrors: [] };
    },
    update: async (old, { urn, inputs }) => {
      await registry.configure(urn, old.id, inputs);
      return { id: old.id, outputs: inputs, initErrors: [] };
    },
    same: ({ urn, id, inputs }) => registry.configure(urn, id, inputs),
    delete: ({ urn, id }) => registry.release(urn, id),
  };
}

/** A diff of the inputs, for a provider that leaves it to the engine. */
function ownDiff(olds: PropertyMap, news: PropertyMap, said: ProviderDiff): ProviderDiff {
  const detailedDiff = diffInputs(olds, news);
  const changedKeys = Object.keys({ ...olds, ...news }).filter((key) => !equal(olds[key], news[key]));
  return Object.keys(detailedDiff).length === 0
    ? { ...said, changes: "none" }
    : { ...said, changes: "some", changedKeys, detailedDiff };
}
