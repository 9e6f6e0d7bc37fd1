import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { KubernetesError, type StatusDetails } from "./kubernetesError";
import { unlessOver } from "./unlessOver";

/** What the API server answered a request that it granted. */
export interface Reply {
  readonly status: number;
  readonly json: unknown;
}

/** A way to an API server. */
export interface Transport {
  /**
   * Sends one request, once.
   *
   * @param object is sent as JSON; with PATCH as a merge patch.
   * @param limit ends the waiting for an answer.
   * @throws KubernetesError for everything but an answer below 300.
   */
  readonly send: (
    method: string,
    path: string,
    object: object | undefined,
    limit: AbortSignal,
  ) => Promise<Reply>;
  /**
   * Reads an answer that comes line by line, each one JSON, until the server ends it: a watch.
   *
   * @param limit ends the reading, with its reason.
   * @throws KubernetesError for everything but an answer below 300, and where the connection breaks.
   */
  readonly lines: (path: string, limit: AbortSignal) => AsyncGenerator<unknown, void>;
}

/**
 * More than evictions and watches take at once: each may take as long as the lease of a rotation is good, so its renewal
 * must not wait for one of theirs.
 */
const CONNECTIONS = 64;

/**
 * A way to the API server of a kubeconfig's current context, over connections that are kept open: the official client
 * makes a TLS connection for each request, which is most of what an eviction costs.
 */
export function kubernetesTransport(kubeConfig: KubeConfig): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const credentials = sharedWhileUnderWay(async () => {
    const options: RequestOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    return options;
  });
  const open = async (
    method: string,
    path: string,
    object: object | undefined,
    limit: AbortSignal,
  ): Promise<IncomingMessage> => {
    // Each time anew: tokens of exec plugins, such as `aws eks get-token`, run out. To get another is a request of its
    // own, which fails like any other; a plugin has no end of its own.
    const given = await unlessOver(credentials(), limit).catch((error: unknown) => {
      throw noAnswer(`${method} ${path}`, error, "no credentials of the kubeconfig: ");
    });
    const options: RequestOptions = { ...given, method };
    // A proxy has an agent of its own kind, which must be kept.
    if (options.agent instanceof Agent && options.agent.constructor === Agent) options.agent = agent;
    const body = object === undefined ? undefined : JSON.stringify(object);
    options.headers = {
      ...(options.headers as OutgoingHttpHeaders | undefined),
      Accept: "application/json",
      ...(body !== undefined && {
        "Content-Type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
        "Content-Length": Buffer.byteLength(body),
      }),
    };
    const server = kubeConfig.getCurrentCluster()?.server ?? "";
    const url = new URL(server.replace(/\/$/, "") + path);
    return exchange(url, { ...options, signal: limit }, body).catch((error: unknown) => {
      throw noAnswer(`${method} ${path}`, error);
    });
  };
  return {
    send: async (method, path, object, limit) => {
      const what = `${method} ${path}`;
      const response = await open(method, path, object, limit);
      const answer = await collect(response, what);
      if (answer.status < 300) return answer;
      throw refusal(what, answer);
    },
    lines: async function* (path, limit) {
      const what = `GET ${path}`;
      const response = await open("GET", path, undefined, limit);
      if ((response.statusCode ?? 0) >= 300) throw refusal(what, await collect(response, what));
      try {
        yield* jsonLines(response);
      } catch (error) {
        limit.throwIfAborted();
        throw noAnswer(what, error);
      }
    },
  };
}

function noAnswer(what: string, error: unknown, before = ""): KubernetesError {
  const said = before + (error instanceof Error ? error.message.trim() : String(error));
  return new KubernetesError(what, 0, said, {}, { cause: error });
}

async function* jsonLines(response: IncomingMessage): AsyncGenerator<unknown, void> {
  response.setEncoding("utf8");
  let rest = "";
  for await (const chunk of response) {
    const lines = (rest + String(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield JSON.parse(line) as unknown;
  }
}

/** The same, but who asks while an answer is under way gets that one: one exec plugin runs at a time, not thirty. */
function sharedWhileUnderWay<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

interface Answer extends Reply {
  /** Of the header; in seconds. */
  readonly retryAfter: number | undefined;
}

function exchange(url: URL, options: RequestOptions, body: string | undefined): Promise<IncomingMessage> {
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, resolve);
    request.once("error", (error: NodeJS.ErrnoException) => {
      // The server had closed the connection that was kept, before it read anything: nothing was done.
      if (request.reusedSocket && error.code === "ECONNRESET") {
        exchange(url, options, body).then(resolve, reject);
      } else reject(error);
    });
    request.end(body);
  });
}

/** The whole answer to what was asked. @throws KubernetesError where it breaks off. */
async function collect(response: IncomingMessage, what: string): Promise<Answer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw noAnswer(what, error);
  }
  const retryAfter = Number(response.headers["retry-after"]);
  return {
    status: response.statusCode ?? 0,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    json: parsed(Buffer.concat(chunks).toString("utf8")),
  };
}

/** JSON as what it says; anything else, such as a proxy's page, as the message that it is. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200).trim() };
  }
}

function refusal(what: string, { status, json, retryAfter }: Answer): KubernetesError {
  const { message = "", details } = (json ?? {}) as { message?: string; details?: StatusDetails | null };
  const { causes, retryAfterSeconds = retryAfter } = details ?? {};
  return new KubernetesError(what, status, message, {
    ...(causes !== undefined && { causes }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}
