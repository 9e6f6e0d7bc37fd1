import type { Subject } from "../protocol/plugin";
import { ApiError } from "./apiServer";

// In the words of the real plugin as far as people and programs look for them.

/** Why nothing was made. */
export function notCreated({ urn }: Subject, error: unknown): Error {
  const exists = error instanceof ApiError && error.code === 409 ? EXISTS : "";
  return because(
    `resource "${urn}" was not successfully created by the Kubernetes API server: ${said(error)}${exists}`,
    error,
  );
}

/** Why what was made is not ready. */
export function notReadyAfterCreation({ urn }: Subject, error: unknown): Error {
  return because(
    `resource "${urn}" was successfully created, but the Kubernetes API server reported that it failed to fully ` +
      `initialize or become live: ${said(error)}`,
    error,
  );
}

/** Why an update of what is there was not made, or did not become ready: the real plugin says the same of both. */
export function notReadyAfterUpdate(id: string, error: unknown): Error {
  return because(
    `the Kubernetes API server reported that "${id}" failed to fully initialize or become live: ${said(error)}`,
    error,
  );
}

/** Why an update of what is gone failed. */
export function notUpdated({ urn }: Subject, error: unknown): Error {
  return because(`update of resource "${urn}" failed: ${said(error)}`, error);
}

const EXISTS =
  "\n\nThe resource already exists in the cluster. Take it over with the `import` resource option, keep its identity " +
  "with an alias if it was renamed in the program, change fields of it with a Patch resource, or set " +
  "upsertExistingObjects on the provider";

function because(message: string, cause: unknown): Error {
  return new Error(message, { cause });
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
