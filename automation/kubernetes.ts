import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { Clock } from "./clock";
import { isStatus, KubernetesError, type StatusDetails } from "./kubernetesError";
import { kubernetesTransport, type Transport } from "./kubernetesTransport";

export { isStatus, KubernetesError } from "./kubernetesError";

/** What narrows a list. */
export interface Selectors {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** An object as the API server writes it. */
export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
}

/** Of a pod, what an eviction names. */
export interface EvictedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * The Kubernetes API, thin. Reads end when the signal is aborted; a write that has begun is always finished, so that
 * nobody has to guess whether it happened.
 */
export interface Kubernetes {
  /**
   * @param patienceMs for how long to ask again where there is no answer. @default two minutes
   * @throws KubernetesError
   */
  get<T extends ApiObject>(path: string, patienceMs?: number): Promise<T>;
  /**
   * Lists objects in pages, each made slim at once, so that memory holds what is needed of them and no more.
   *
   * @throws KubernetesError
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what lies at a path, the caller knows
  list<T extends ApiObject, S>(path: string, slim: (object: T) => S, selectors?: Selectors): Promise<S[]>;
  /** The same, with the version of the collection that it shows, from which it can be watched. @throws KubernetesError */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as above
  snapshot<T extends ApiObject, S>(
    path: string,
    slim: (object: T) => S,
    selectors?: Selectors,
  ): Promise<Snapshot<S>>;
  /**
   * What happens to the objects of a collection after a version of it, until the server ends the watch or says nothing
   * for two minutes. Begun once; who follows it begins it again.
   *
   * @throws KubernetesError, 410 where the version is too old to go on from; the signal's reason.
   */
  watch<T extends ApiObject>(path: string, from: WatchedFrom): AsyncGenerator<WatchEvent<T>, void>;
  /** @throws KubernetesError: 409 where there is one of that name. */
  create<T extends ApiObject>(path: string, object: T): Promise<T>;
  /** @throws KubernetesError: 409 where another wrote since its resourceVersion. */
  replace<T extends ApiObject>(path: string, object: T): Promise<T>;
  /**
   * Changes parts of an object (JSON merge patch: null removes); a resourceVersion in it makes 409 of a race.
   *
   * @throws KubernetesError
   */
  patch(path: string, change: object): Promise<ApiObject>;
  /** Deletes an object; one that is not there is as good. @throws KubernetesError */
  delete(path: string): Promise<void>;
  /**
   * Asks for the eviction of exactly this pod, not of one of the same name. Never throws: what the API server said is
   * the answer.
   *
   * @param timeoutMs how long to wait. The API server itself tries for 10 s where the pod is Pending and another one.
   * @param gracePeriodSeconds how long it may take to end. @default its own
   */
  evict(pod: EvictedPod, timeoutMs: number, gracePeriodSeconds?: number): Promise<Answer>;
}

/** The objects of a collection at one version of it. */
export interface Snapshot<S> {
  readonly objects: S[];
  readonly resourceVersion: string;
}

/** What is to be watched. */
export interface WatchedFrom {
  /** The version of the collection behind which the watch begins. */
  readonly resourceVersion: string;
  readonly selectors?: Selectors | undefined;
  /** Ends the watch, as the client's own signal does. */
  readonly signal: AbortSignal;
}

/** What a watch tells; a bookmark only tells how far it is. */
export interface WatchEvent<T extends ApiObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: T;
}

/** What the API server answered. */
export interface Answer extends StatusDetails {
  readonly status: number;
  readonly message: string;
}

/** Objects per page of a list. */
const PAGE = 500;
/** How long a request may take; lists of big clusters are paged, so none is long. */
const TIMEOUT_MS = 30_000;
/** For how long a request that may be repeated is: EKS's own upgrades and the change of a leader take a minute. */
const PATIENCE_MS = 120_000;
/** The same before the first answer: it may be the wrong address, or a kubeconfig whose plugin fails. */
const FIRST_PATIENCE_MS = 6_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Speaks to the API server of a kubeconfig's current context. Where it once answered and does so no more, what can be
 * repeated without harm is repeated for two minutes.
 *
 * @param signal ends reads, and the waiting between attempts.
 */
export function connectKubernetes(
  kubeConfig: KubeConfig,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Kubernetes {
  const { send, lines } = kubernetesTransport(kubeConfig);
  let hasAnswered = false;

  const call = async <T>(
    method: string,
    path: string,
    { object, patienceMs = PATIENCE_MS }: { readonly object?: object; readonly patienceMs?: number } = {},
  ): Promise<T> => {
    const beganMs = clock.now();
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const limit = method === "GET" ? AbortSignal.any([timeout, signal]) : timeout;
      try {
        const { json } = await send(method, path, object, limit);
        hasAnswered = true;
        return json as T;
      } catch (error) {
        if (method === "GET") signal.throwIfAborted();
        if (!(error instanceof KubernetesError)) throw error;
        // Not 5xx: a proxy gives these for a server that is none.
        hasAnswered ||= error.status > 0 && error.status < 500;
        const { retryAfterSeconds = 0 } = error.details;
        const pauseMs = Math.max(Math.min(200 * 2 ** attempt, LONGEST_PAUSE_MS), retryAfterSeconds * 1000);
        const untilMs = beganMs + Math.min(patienceMs, hasAnswered ? PATIENCE_MS : FIRST_PATIENCE_MS);
        if (!mayRepeat(method, error.status) || clock.now() + pauseMs > untilMs) throw error;
        await clock.sleep(pauseMs, signal);
      }
    }
  };

  return {
    get: (path, patienceMs) => call("GET", path, patienceMs === undefined ? {} : { patienceMs }),
    list: async (path, slim, selectors) =>
      (await listInPages((url) => call("GET", url), path, slim, selectors)).objects,
    snapshot: (path, slim, selectors) => listInPages((url) => call("GET", url), path, slim, selectors),
    watch: (path, from) =>
      watchEvents(lines, path, { ...from, signal: AbortSignal.any([signal, from.signal]) }),
    create: (path, object) => call("POST", path, { object }),
    replace: (path, object) => call("PUT", path, { object }),
    patch: (path, change) => call("PATCH", path, { object: change }),
    delete: async (path) => {
      await call("DELETE", path).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    },
    evict: async ({ namespace, name, uid }, timeoutMs, gracePeriodSeconds) => {
      const eviction = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { namespace, name },
        deleteOptions: {
          preconditions: { uid },
          ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
        },
      };
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      try {
        const { status } = await send("POST", path, eviction, AbortSignal.timeout(timeoutMs));
        return { status, message: "" };
      } catch (error) {
        if (!(error instanceof KubernetesError)) throw error;
        return { status: error.status, message: error.said, ...error.details };
      }
    },
  };
}

interface ListPage<T> {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
  readonly items: readonly T[];
}

async function listInPages<T, S>(
  get: (url: string) => Promise<ListPage<T>>,
  path: string,
  slim: (object: T) => S,
  selectors: Selectors = {},
): Promise<Snapshot<S>> {
  const query = queryOf(selectors, { limit: String(PAGE) });
  const found: S[] = [];
  for (;;) {
    const page = await get(`${path}?${query.toString()}`).catch((error: unknown) => {
      // The continue token has run out (after 5 minutes): from the start.
      if (!isStatus(error, 410) || !query.has("continue")) throw error;
      return undefined;
    });
    if (page === undefined) {
      query.delete("continue");
      found.length = 0;
      continue;
    }
    for (const item of page.items) found.push(slim(item));
    const next = page.metadata?.continue ?? "";
    if (next === "") return { objects: found, resourceVersion: page.metadata?.resourceVersion ?? "" };
    query.set("continue", next);
  }
}

function queryOf(selectors: Selectors, others: Readonly<Record<string, string>>): URLSearchParams {
  const query = new URLSearchParams(others);
  for (const [key, value] of Object.entries(selectors))
    if (value !== undefined) query.set(key, String(value));
  return query;
}

/** The server ends a watch after this time; bookmarks come each minute, so one that is silent longer is dead. */
const WATCH_SECONDS = 110;

async function* watchEvents<T extends ApiObject>(
  lines: Transport["lines"],
  path: string,
  { resourceVersion, selectors = {}, signal }: WatchedFrom,
): AsyncGenerator<WatchEvent<T>, void> {
  const query = queryOf(selectors, {
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion,
    timeoutSeconds: String(WATCH_SECONDS),
  });
  const timeout = AbortSignal.timeout((WATCH_SECONDS + 10) * 1000);
  try {
    for await (const line of lines(`${path}?${query.toString()}`, AbortSignal.any([timeout, signal]))) {
      const event = line as WatchEvent<T> | { readonly type: "ERROR"; readonly object: ApiStatus };
      if (event.type === "ERROR") {
        const { code = 0, message = "" } = event.object;
        throw new KubernetesError(`watch ${path}`, code, message);
      }
      yield event;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!timeout.aborted) throw error;
  }
}

interface ApiStatus {
  readonly code?: number;
  readonly message?: string;
}

/**
 * Whether the same request may be sent again. After 429 it was not done; after anything else it may have been, which
 * is harmless for a read, a patch and a deletion.
 */
function mayRepeat(method: string, status: number): boolean {
  if (status === 429) return true;
  const passes = status === 0 || status === 500 || status === 502 || status === 503 || status === 504;
  return passes && (method === "GET" || method === "PATCH" || method === "DELETE");
}
