import assert from "node:assert/strict";
import type { Provider } from "../../../../sandbox/pulumi/engine/provider";
import { ProviderRegistry } from "../../../../sandbox/pulumi/engine/providerRegistry";
import { newState } from "../../../../sandbox/pulumi/engine/resourceState";

const TYPE = "pulumi:providers:tiny";
const URN = `urn:pulumi:test::tiny::${TYPE}::default`;
const REFERENCE = `${URN}::one`;
const stack = new Map([
  [URN, newState({ urn: URN, type: TYPE, custom: true, id: "one", inputs: { a: "b" } })],
]);

/** A registry whose plugin fails as often as told; with what was started and configured. */
function registryOf({ failures }: { readonly failures: number }) {
  const said: string[] = [];
  let left = failures;
  const provider = {
    configure: (_urn: string, id: string, inputs: unknown) => {
      said.push(`configured ${id} with ${JSON.stringify(inputs)}`);
      return Promise.resolve();
    },
  } as Partial<Provider> as Provider;
  const registry = new ProviderRegistry((packageName) => {
    said.push(`started ${packageName}`);
    if (left === 0) return Promise.resolve(provider);
    left -= 1;
    return Promise.reject(new Error("it does not start"));
  });
  return { registry, said };
}

describe("the providers of an update", () => {
  it("are started once for all resources that ask at the same time", async () => {
    const { registry, said } = registryOf({ failures: 0 });
    await Promise.all([1, 2, 3].map(() => registry.ensure(REFERENCE, stack)));
    await registry.ensure(REFERENCE, stack);
    assert.deepEqual(said, ["started tiny", 'configured one with {"a":"b"}']);
  });

  it("fail for all who asked, and are started anew for who asks after that", async () => {
    const { registry, said } = registryOf({ failures: 1 });
    const outcomes = await Promise.allSettled([1, 2].map(() => registry.ensure(REFERENCE, stack)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    await registry.ensure(REFERENCE, stack);
    assert.deepEqual(said, ["started tiny", "started tiny", 'configured one with {"a":"b"}']);
  });
});
