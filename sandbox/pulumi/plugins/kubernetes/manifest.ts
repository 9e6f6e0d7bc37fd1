import { isObject, type Properties } from "../protocol/values";

/** The plugin's mark on objects whose name it chose itself. */
export const AUTONAMED = "pulumi.com/autonamed";
/** Overrides who the API server is told to be the owner of fields. */
export const FIELD_MANAGER = "pulumi.com/patchFieldManager";
/** Takes fields over from other owners. */
export const FORCE = "pulumi.com/patchForce";
/** Makes the plugin not wait for the object to become ready. */
export const SKIP_AWAIT = "pulumi.com/skipAwait";
/** What becomes of what belongs to a deleted object: `foreground`, `background` or `orphan`. */
export const DELETION_PROPAGATION = "pulumi.com/deletionPropagationPolicy";

export function metadataOf(manifest: Properties): Properties {
  const metadata = manifest["metadata"];
  return isObject(metadata) ? metadata : {};
}

/** The object's name; "" when it has none. */
export function nameOf(manifest: Properties): string {
  return textOf(metadataOf(manifest), "name");
}

/** The object's namespace; "" when it says none. */
export function namespaceOf(manifest: Properties): string {
  return textOf(metadataOf(manifest), "namespace");
}

/** An annotation's value; "" when there is none. */
export function annotationOf(manifest: Properties, key: string): string {
  const annotations = metadataOf(manifest)["annotations"];
  return isObject(annotations) ? textOf(annotations, key) : "";
}

/** The same manifest with other fields in its metadata. */
export function withMetadata(manifest: Properties, fields: Properties): Properties {
  return { ...manifest, metadata: { ...metadataOf(manifest), ...fields } };
}

/** The same manifest with one more annotation. */
export function withAnnotation(manifest: Properties, key: string, value: string): Properties {
  const annotations = metadataOf(manifest)["annotations"];
  return withMetadata(manifest, {
    annotations: { ...(isObject(annotations) ? annotations : {}), [key]: value },
  });
}

/** The same manifest without the fields of its metadata that only the API server writes. */
export function withoutServersOwn(manifest: Properties): Properties {
  if (!isObject(manifest["metadata"])) return manifest;
  const metadata = Object.entries(manifest["metadata"]).filter(([key]) => !SERVERS_OWN.includes(key));
  return { ...manifest, metadata: Object.fromEntries(metadata) };
}

const SERVERS_OWN = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];

/** The plugin's ID of an object: its name, with its namespace before it if it is in one. */
export function idOf(manifest: Properties): string {
  const namespace = namespaceOf(manifest);
  return namespace === "" ? nameOf(manifest) : `${namespace}/${nameOf(manifest)}`;
}

/** Namespace ("" for none) and name of an ID. */
export function partsOfId(id: string): { namespace: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0
    ? { namespace: "", name: id }
    : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

function textOf(properties: Properties, key: string): string {
  const value = properties[key];
  return typeof value === "string" ? value : "";
}
