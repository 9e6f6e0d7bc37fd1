import type { Act } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import { ApiError, type ApiServer } from "./apiServer";
import { identityOf } from "./checkpoint";
import { isForced, takeOver, type Forcing } from "./fieldManager";
import { metadataOf, withMetadata } from "./manifest";
import { needed, onlyAsked, pathOf } from "./objects";
import type { Kind } from "./typeToken";

/** Whose fields are applied, and how. */
export interface Applying extends Forcing {
  readonly fieldManager: string;
  /** A patch leaves to others what is not in it, and takes no fields over that it doesn't name. */
  readonly isPatch: boolean;
}

/** Makes the fields of a manifest a manager's own by server-side apply, whether or not the object is there. */
export async function applyFields(
  api: ApiServer,
  kind: Kind,
  manifest: Properties,
  how: { readonly fieldManager: string; readonly force: boolean; readonly dryRun: boolean },
  act: Act,
): Promise<Properties> {
  const resource = await needed(api, kind, act);
  try {
    return await api.call({
      method: "PATCH",
      path: pathOf(resource, manifest),
      query: { fieldManager: how.fieldManager, force: String(how.force), ...onlyAsked(how.dryRun) },
      body: manifest,
      contentType: "application/apply-patch+yaml",
      signal: act.signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    throw new Error(
      `${CONFLICT}\nThe resource managed by field manager ${JSON.stringify(how.fieldManager)} had an apply conflict: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}

/** In the words of the real plugin: programs and people look for them. */
const CONFLICT =
  "server-side apply field conflict detected, see https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/" +
  "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help";

/** Makes an object that is there what a manifest says. */
export async function updateObject(
  api: ApiServer,
  kind: Kind,
  manifest: Properties,
  how: Applying,
  act: Act,
): Promise<Properties> {
  const resource = await needed(api, kind, act);
  const path = pathOf(resource, manifest);
  const live = await api.call({ method: "GET", path, signal: act.signal });
  if (kind.kind === "CustomResourceDefinition") {
    // The whole of it at once, as the real plugin does: parts of a schema can't be merged.
    const { resourceVersion = "" } = metadataOf(live);
    const body = withMetadata(manifest, { resourceVersion });
    const query = { fieldManager: how.fieldManager, ...onlyAsked(how.dryRun) };
    return api.call({ method: "PUT", path, query, body, signal: act.signal });
  }
  const patch = how.isPatch || how.dryRun ? undefined : takeOver(live, how.fieldManager);
  if (patch !== undefined) {
    const contentType = "application/json-patch+json";
    await api.call({ method: "PATCH", path, body: patch, contentType, signal: act.signal });
  }
  const force = isForced(manifest, live, how);
  return applyFields(api, kind, manifest, { ...how, force }, act);
}

/** Gives up all that a manager owns of an object: fields that nobody else owns go. */
export async function relinquish(
  api: ApiServer,
  kind: Kind,
  of: Properties,
  fieldManager: string,
  act: Act,
): Promise<void> {
  await applyFields(api, kind, identityOf(of, kind), { fieldManager, force: false, dryRun: false }, act);
}
