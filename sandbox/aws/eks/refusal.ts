import { ApiException } from "@kubernetes/client-node";

/** The API server found the object wrong, or may not take it: validation, admission, rights. */
const REFUSALS = new Set([400, 403, 422]);

/** The message of the API server's Status, when it refused an object for what it is. */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof ApiException) || !REFUSALS.has(error.code)) return undefined;
  const body: unknown = error.body;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === "string" ? message : text;
  } catch {
    return text;
  }
}

/** Whether the API server has no such kind: it says 404, or the client, which asks for the kind first, finds none. */
export function isUnknownKind(error: unknown): boolean {
  if (error instanceof ApiException) return error.code === 404;
  return error instanceof Error && error.message.startsWith("Unrecognized API version and kind");
}
