import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "./clock";

/** The API server refused, or did not answer. */
export class KubernetesError extends Error {
  override readonly name = "KubernetesError";
  readonly fix: string;

  /**
   * @param what was asked, such as `GET /api/v1/nodes`.
   * @param status of HTTP; 0 when there was no answer.
   * @param said the message of the Status object, or what broke.
   * @param details of the Status object.
   */
  constructor(
    readonly what: string,
    readonly status: number,
    readonly said: string,
    readonly details: StatusDetails = {},
    options?: ErrorOptions,
  ) {
    super(`${what}: ${status === 0 ? "no answer" : `${status}`}: ${said}`, options);
    this.fix =
      status === 401 || status === 403
        ? "Give the kubeconfig's user this permission, or use another one."
        : "Look whether the API server is well and can be reached; then do it again.";
  }
}

/** `details` of a Status object. */
export interface StatusDetails {
  readonly causes?: readonly { readonly reason: string; readonly message: string }[] | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** Whether an error is an answer of the API server with this status. */
export function isStatus(error: unknown, status: number): error is KubernetesError {
  return error instanceof KubernetesError && error.status === status;
}

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
  /** @throws KubernetesError */
  get<T extends ApiObject>(path: string): Promise<T>;
  /**
   * Lists objects in pages, each made slim at once, so that memory holds what is needed of them and no more.
   *
   * @throws KubernetesError
   */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what lies at a path, the caller knows
  list<T extends ApiObject, S>(path: string, slim: (object: T) => S, selectors?: Selectors): Promise<S[]>;
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
   */
  evict(pod: EvictedPod, timeoutMs: number): Promise<Answer>;
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
/** How often a request that may be repeated is sent at the most. */
const ATTEMPTS = 5;

/**
 * Speaks to the API server of a kubeconfig's current context, over connections that are kept open: the official client
 * makes a TLS connection for each request, which is most of what an eviction costs.
 *
 * @param signal ends reads, and the waiting between attempts.
 */
export function connectKubernetes(
  kubeConfig: KubeConfig,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Kubernetes {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });

  const once = async (
    method: string,
    path: string,
    body: Body | undefined,
    limit: AbortSignal,
  ): Promise<Reply> => {
    const options: RequestOptions = { method };
    // Each time anew: tokens of exec plugins, such as `aws eks get-token`, run out.
    await kubeConfig.applyToHTTPSOptions(options);
    const server = kubeConfig.getCurrentCluster()?.server ?? "";
    const url = new URL(server.replace(/\/$/, "") + path);
    // A proxy has an agent of its own kind, which must be kept.
    if (options.agent instanceof Agent && options.agent.constructor === Agent) options.agent = agent;
    options.headers = {
      ...(options.headers as OutgoingHttpHeaders | undefined),
      Accept: "application/json",
      ...(body === undefined
        ? {}
        : { "Content-Type": body.contentType, "Content-Length": Buffer.byteLength(body.text) }),
    };
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
      const request = send(url, { ...options, signal: limit }, (response) => {
        collect(response).then(resolve, reject);
      });
      request.once("error", reject);
      request.end(body?.text);
    });
  };

  const call = async <T>(method: string, path: string, object?: object): Promise<T> => {
    const what = `${method} ${path}`;
    const isRead = method === "GET";
    const body = object === undefined ? undefined : bodyOf(method, object);
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      const outcome = await once(
        method,
        path,
        body,
        isRead ? AbortSignal.any([timeout, signal]) : timeout,
      ).catch((error: unknown) => error as Error);
      if (!(outcome instanceof Error) && outcome.status < 300) return outcome.json as T;
      if (isRead) signal.throwIfAborted();
      const error = errorOf(what, outcome);
      if (attempt === ATTEMPTS || !mayRepeat(method, error.status)) throw error;
      await clock.sleep(Math.max(200 * 2 ** attempt, (error.details.retryAfterSeconds ?? 0) * 1000), signal);
    }
  };

  return {
    get: (path) => call("GET", path),
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what lies at a path, the caller knows
    list: async <T extends ApiObject, S>(path: string, slim: (object: T) => S, selectors: Selectors = {}) => {
      const query = new URLSearchParams({ limit: String(PAGE) });
      for (const [key, value] of Object.entries(selectors))
        if (value !== undefined) query.set(key, String(value));
      const found: S[] = [];
      for (;;) {
        const page = await call<ListPage<T>>("GET", `${path}?${query.toString()}`).catch((error: unknown) => {
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
        if (next === "") return found;
        query.set("continue", next);
      }
    },
    create: (path, object) => call("POST", path, object),
    replace: (path, object) => call("PUT", path, object),
    patch: (path, change) => call("PATCH", path, change),
    delete: async (path) => {
      await call("DELETE", path).catch((error: unknown) => {
        if (!isStatus(error, 404)) throw error;
      });
    },
    evict: async ({ namespace, name, uid }, timeoutMs) => {
      const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
      const eviction = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { namespace, name },
        deleteOptions: { preconditions: { uid } },
      };
      const outcome = await once(
        "POST",
        path,
        bodyOf("POST", eviction),
        AbortSignal.timeout(timeoutMs),
      ).catch((error: unknown) => error as Error);
      if (!(outcome instanceof Error) && outcome.status < 300) return { status: outcome.status, message: "" };
      const { status, said, details } = errorOf(`POST ${path}`, outcome);
      return { status, message: said, ...details };
    },
  };
}

interface Body {
  readonly contentType: string;
  readonly text: string;
}

interface Reply {
  readonly status: number;
  /** Of the header; in seconds. */
  readonly retryAfter: number | undefined;
  readonly json: unknown;
}

interface ListPage<T> {
  readonly metadata?: { readonly continue?: string };
  readonly items: readonly T[];
}

function bodyOf(method: string, object: object): Body {
  const contentType = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return { contentType, text: JSON.stringify(object) };
}

async function collect(response: IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const retryAfter = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode ?? 0,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    json: parsed(text),
  };
}

/** JSON as what it says; anything else, such as a proxy's page, as the message that it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

function errorOf(what: string, outcome: Error | Reply): KubernetesError {
  if (outcome instanceof Error) {
    return new KubernetesError(what, 0, outcome.message, {}, { cause: outcome });
  }
  const { message = "", details = {} } = (outcome.json ?? {}) as {
    message?: string;
    details?: StatusDetails | null;
  };
  const { causes, retryAfterSeconds = outcome.retryAfter } = details ?? {};
  return new KubernetesError(what, outcome.status, message, {
    ...(causes !== undefined && { causes }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
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
