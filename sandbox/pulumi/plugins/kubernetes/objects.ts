import { setTimeout as sleep } from "node:timers/promises";
import type { Act } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import { waitFor } from "../protocol/waitFor";
import { ApiError, objectPath, type ApiResource, type ApiServer } from "./apiServer";
import { CREATOR } from "./fieldManager";
import { annotationOf, DELETION_PROPAGATION, metadataOf, nameOf, namespaceOf } from "./manifest";
import type { Kind } from "./typeToken";

/** As long as the real plugin waits. */
const DELETE_TIMEOUT_MS = 10 * 60_000;
/** Pauses between tries to make an object whose kind or namespace is not there yet, in milliseconds. */
const TRY_AGAIN_AFTER_MS = [500, 1_000, 2_000, 4_000];

/** Where an object is. */
export interface Place {
  /** "" for none. */
  readonly namespace: string;
  readonly name: string;
}

/** Makes an object; an error if there is one already. With `dryRun` the API server only says what would come of it. */
export async function createObject(
  api: ApiServer,
  kind: Kind,
  manifest: Properties,
  { dryRun }: { readonly dryRun: boolean },
  act: Act,
): Promise<Properties> {
  const resource = await needed(api, kind, act);
  return api.call({
    method: "POST",
    path: objectPath(resource, namespaceOf(manifest)),
    query: { fieldManager: CREATOR, ...onlyAsked(dryRun) },
    body: manifest,
    signal: act.signal,
  });
}

/**
 * Tries again for some seconds as long as something is missing: a CRD or a namespace, for example, may come at the same
 * time.
 */
export async function withPatience<T>(act: Act, work: () => Promise<T>): Promise<T> {
  for (const pauseMs of TRY_AGAIN_AFTER_MS) {
    try {
      return await work();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await sleep(pauseMs, undefined, { signal: act.signal });
    }
  }
  return work();
}

/** An object; undefined when it, or its kind, is not there. */
export async function readObject(
  api: ApiServer,
  kind: Kind,
  where: Place,
  act: Act,
): Promise<Properties | undefined> {
  const resource = await api.resourceOf(kind, act.signal);
  if (resource === undefined) return undefined;
  try {
    const path = objectPath(resource, where.namespace, where.name);
    return await api.call({ method: "GET", path, signal: act.signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Deletes an object, by default with all that belongs to it, and waits until it is gone. */
export async function deleteObject(
  api: ApiServer,
  kind: Kind,
  where: Place,
  inputs: Properties,
  act: Act,
): Promise<void> {
  const resource = await api.resourceOf(kind, act.signal);
  if (resource === undefined) return;
  const uid = metadataOf((await readObject(api, kind, where, act)) ?? {})["uid"];
  if (uid === undefined) return;
  try {
    await api.call({
      method: "DELETE",
      path: objectPath(resource, where.namespace, where.name),
      body: { propagationPolicy: propagationOf(inputs) },
      signal: act.signal,
    });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await waitFor(`waiting for ${kind.kind} ${where.name} to be deleted`, act, DELETE_TIMEOUT_MS, async () => {
    const live = await readObject(api, kind, where, act);
    // One of the same name may have come in its place.
    return live === undefined || metadataOf(live)["uid"] !== uid ? true : undefined;
  });
}

function propagationOf(inputs: Properties): string {
  const asked = annotationOf(inputs, DELETION_PROPAGATION).toLowerCase();
  return ["Orphan", "Background"].find((policy) => policy.toLowerCase() === asked) ?? "Foreground";
}

/** Where objects of a kind are. @throws ApiError when the API server has no such kind. */
export async function needed(api: ApiServer, kind: Kind, act: Act): Promise<ApiResource> {
  const resource = await api.resourceOf(kind, act.signal);
  if (resource !== undefined) return resource;
  throw new ApiError(
    404,
    `no matches for kind "${kind.kind}" in version "${kind.apiVersion}". ` +
      "Verify that any required CRDs have been created",
  );
}

/** The path of the object that a manifest names. */
export function pathOf(resource: ApiResource, manifest: Properties): string {
  return objectPath(resource, namespaceOf(manifest), nameOf(manifest));
}

/** Makes a request one that changes nothing. */
export function onlyAsked(dryRun: boolean): Record<string, string> {
  return dryRun ? { dryRun: "All" } : {};
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}
