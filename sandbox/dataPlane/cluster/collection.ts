import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import type { KubernetesObject } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "./apiServer";

/** Takes what a collection is, and how it changes. */
export interface CollectionListener<T> {
  /** All objects; whatever was known and is not among them is gone. */
  readonly replaced: (objects: readonly T[]) => void;
  readonly changed: (object: T) => void;
  readonly removed: (object: T) => void;
}

const RETRY_MS = 500;

/**
 * Follows a collection of the API server: lists it in pages, watches it, and starts again whenever either ends. A kind
 * that the server doesn't know (yet) is an empty collection.
 *
 * @param path such as `/api/v1/pods`, and with `?labelSelector=…` a part of it.
 * @param slim makes of an object what is kept of it, as it arrives.
 * @param log takes what went wrong.
 * @returns when it was listed for the first time; it goes on until the signal.
 */
export async function follow<T>(
  api: ApiServer,
  path: string,
  slim: (object: KubernetesObject) => T,
  listener: CollectionListener<T>,
  { log, signal }: { readonly log: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  await new Promise<void>((listed) => {
    void keepFollowing(listed);
  });

  async function keepFollowing(listed: () => void): Promise<void> {
    while (!signal.aborted) {
      try {
        const { objects, resourceVersion } = await list(api, path, slim);
        listener.replaced(objects);
        listed();
        if (resourceVersion !== undefined) await watch(api, path, resourceVersion, slim, listener, signal);
      } catch (error) {
        if (!isAborted(signal)) log(`${path}: ${String(error)}; listing again`);
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    listed();
  }
}

interface Page {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubernetesObject[];
}

async function list<T>(
  api: ApiServer,
  path: string,
  slim: (object: KubernetesObject) => T,
): Promise<{ objects: T[]; resourceVersion?: string }> {
  const objects: T[] = [];
  let next: string | undefined;
  for (;;) {
    const query = new URLSearchParams({ limit: "500", ...(next ? { continue: next } : {}) });
    let page: Page;
    try {
      page = await api.call<Page>("GET", withQuery(path, query));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return { objects: [] };
      throw error;
    }
    objects.push(...page.items.map(slim));
    next = page.metadata.continue;
    if (!next) return { objects, resourceVersion: page.metadata.resourceVersion };
  }
}

/** Until the server ends it, as it does every now and then, or says that the version is too old. */
async function watch<T>(
  api: ApiServer,
  path: string,
  resourceVersion: string,
  slim: (object: KubernetesObject) => T,
  listener: CollectionListener<T>,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({ watch: "1", resourceVersion });
  const response = await api.stream(withQuery(path, query), signal);
  for await (const line of createInterface({ input: response })) {
    const { type, object } = JSON.parse(line) as { type: string; object: KubernetesObject };
    if (type === "ERROR") return;
    if (type === "DELETED") listener.removed(slim(object));
    else listener.changed(slim(object));
  }
}

function withQuery(path: string, query: URLSearchParams): string {
  return `${path}${path.includes("?") ? "&" : "?"}${query.toString()}`;
}

/** A function, because a signal changes while somebody waits and the compiler does not know. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
