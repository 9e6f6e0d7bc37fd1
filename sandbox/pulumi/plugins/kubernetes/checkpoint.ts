import { isObject, without, type Properties, type Value } from "../protocol/values";
import { FIELD_MANAGER_KEY } from "./fieldManager";
import { metadataOf, nameOf, namespaceOf, withMetadata, withoutServersOwn } from "./manifest";
import { isBuiltIn, type Kind } from "./typeToken";

/** Where state keeps the inputs that it came from. */
export const INPUTS_KEY = "__inputs";
const INITIAL_API_VERSION_KEY = "__initialApiVersion";

/** State is the live object, with what the plugin has to remember beside it. */
export function stateOf(inputs: Properties, live: Properties, fieldManager: string): Properties {
  return {
    ...withKeys(live, toSdk),
    [INPUTS_KEY]: withKeys(inputs, toSdk),
    [INITIAL_API_VERSION_KEY]: live["apiVersion"] ?? "",
    [FIELD_MANAGER_KEY]: fieldManager,
  };
}

/** The live object that a state remembers, without what only the API server writes. */
export function liveOf(state: Properties): Properties {
  return withoutServersOwn(withoutOwn(withKeys(state, toManifest)));
}

/** The inputs that a state came from; undefined when it doesn't say. */
export function inputsOf(state: Properties): Properties | undefined {
  const inputs = state[INPUTS_KEY];
  return isObject(inputs) ? withKeys(inputs, toManifest) : undefined;
}

/** Inputs as the API server takes them; programs may leave out what the type says. */
export function manifestOf({ apiVersion, kind }: Kind, inputs: Properties): Properties {
  return { ...withoutOwn(withKeys(inputs, toManifest)), apiVersion, kind };
}

/**
 * Inputs of an object that is imported: the whole of it, without what only the API server and controllers write. Of
 * kinds that the real plugin has no schema of it says no more than what the object is: an import of one is always
 * followed by an update.
 */
export function importedInputs(live: Properties, { apiVersion, kind }: Kind): Properties {
  if (!isBuiltIn(apiVersion)) return identityOf(live, { apiVersion, kind });
  const inputs = without(withoutServersOwn(live), "status");
  const { annotations } = metadataOf(inputs);
  return isObject(annotations)
    ? withMetadata(inputs, { annotations: without(annotations, ...NO_INPUTS) })
    : inputs;
}

/** What says which object it is. */
export function identityOf(live: Properties, { apiVersion, kind }: Kind): Properties {
  const namespace = namespaceOf(live);
  return { apiVersion, kind, metadata: { name: nameOf(live), ...(namespace !== "" && { namespace }) } };
}

/** Annotations that say what others made of an object. */
const NO_INPUTS = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

function withoutOwn(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
}

/** The dashes of `x-kubernetes-…` in the schemas of CustomResourceDefinitions are underscores in the SDK. */
const toSdk = (key: string) => (key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key);
const toManifest = (key: string) => (key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key);

function withKeys(properties: Properties, rename: (key: string) => string): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [rename(key), renamedIn(value, rename)]),
  );
}

function renamedIn(value: Value, rename: (key: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => renamedIn(item, rename));
  return isObject(value) ? withKeys(value, rename) : value;
}
