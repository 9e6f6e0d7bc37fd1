import { setTimeout as sleep } from "node:timers/promises";
import type { Act } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import { waitFor } from "../protocol/waitFor";
import { ApiError, objectPath, type ApiResource, type ApiServer } from "./apiServer";
import { CREATOR, takeOver } from "./fieldManager";
import { metadataOf, nameOf, namespaceOf } from "./manifest";
import type { Kind } from "./typeToken";

/** As long as the real plugin waits. */
const DELETE_TIMEOUT_MS = 10 * 60_000;
/** Pauses between tries to make an object whose kind or namespace is not there yet, in milliseconds. */
const TRY_AGAIN_AFTER_MS = [500, 1_000, 2_000, 4_000];

/** Makes an object. What is missing for it, a CRD or a namespace, may come at the same time: some tries are made. */
export async function createObject(
  api: ApiServer,
  kind: Kind,
  manifest: Properties,
  act: Act,
): Promise<Properties> {
  for (const pauseMs of [...TRY_AGAIN_AFTER_MS, undefined]) {
    try {
      const resource = await needed(api, kind, act);
      return await api.call({
        method: "POST",
        path: objectPath(resource, namespaceOf(manifest)),
        query: { fieldManager: CREATOR },
        body: manifest,
        signal: act.signal,
      });
    } catch (error) {
      if (pauseMs === undefined || !isNotFound(error)) throw error;
      await sleep(pauseMs, undefined, { signal: act.signal });
    }
  }
  throw new Error("the last try ends in an answer or an error");
}

/** An object; undefined when it, or its kind, is not there. */
export async function readObject(
  api: ApiServer,
  kind: Kind,
  where: { readonly namespace: string; readonly name: string },
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

/** Makes an object what a manifest says, by server-side apply. */
export async function applyObject(
  api: ApiServer,
  kind: Kind,
  manifest: Properties,
  how: { readonly fieldManager: string; readonly force: boolean },
  act: Act,
): Promise<Properties> {
  const resource = await needed(api, kind, act);
  const path = objectPath(resource, namespaceOf(manifest), nameOf(manifest));
  const live = await api.call({ method: "GET", path, signal: act.signal });
  const patch = takeOver(live, how.fieldManager);
  if (patch !== undefined) {
    const contentType = "application/json-patch+json";
    await api.call({ method: "PATCH", path, body: patch, contentType, signal: act.signal });
  }
  try {
    return await api.call({
      method: "PATCH",
      path,
      query: { fieldManager: how.fieldManager, force: String(how.force) },
      body: manifest,
      contentType: "application/apply-patch+yaml",
      signal: act.signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    throw new Error(
      "server-side apply field conflict detected: the resource managed by field manager " +
        `${JSON.stringify(how.fieldManager)} had an apply conflict: ${error.message}. ` +
        'Take the fields over with the annotation pulumi.com/patchForce: "true", or leave them out',
      { cause: error },
    );
  }
}

/** Deletes an object with all that belongs to it, and waits until it is gone. */
export async function deleteObject(
  api: ApiServer,
  kind: Kind,
  where: { readonly namespace: string; readonly name: string },
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
      body: { propagationPolicy: "Foreground" },
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

async function needed(api: ApiServer, kind: Kind, act: Act): Promise<ApiResource> {
  const resource = await api.resourceOf(kind, act.signal);
  if (resource !== undefined) return resource;
  throw new ApiError(
    404,
    `no matches for kind "${kind.kind}" in version "${kind.apiVersion}". ` +
      "Verify that any required CRDs have been created",
  );
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}
