import { Agent, request, type RequestOptions } from "node:https";
import { request as requestPlain, type OutgoingHttpHeaders } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Properties } from "../protocol/values";
import type { Kind } from "./typeToken";

/** What the API server answered other than "done". */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** How a call is made. */
export interface Call {
  readonly method: "DELETE" | "GET" | "PATCH" | "POST" | "PUT";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Properties | readonly Properties[];
  /** Default: `application/json`. */
  readonly contentType?: string;
  /** Ends a GET at any time, and every other call before it is sent. */
  readonly signal: AbortSignal;
}

/** Where objects of a kind are in the API. */
export interface ApiResource {
  readonly apiVersion: string;
  /** For example `eniconfigs`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/**
 * The API server, spoken to in plain JSON: the typed client knows the fields of built-in kinds only, and would turn their
 * times into dates.
 */
export class ApiServer {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly known = new Map<string, ApiResource>();

  constructor(private readonly kubeConfig: KubeConfig) {}

  /**
   * Looks a kind up in the API server's discovery.
   *
   * @returns undefined when there is none such, which may change: a CRD is made in the same update.
   */
  async resourceOf({ apiVersion, kind }: Kind, signal: AbortSignal): Promise<ApiResource | undefined> {
    const key = `${apiVersion} ${kind}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const found = await this.discovered(apiVersion, signal);
    const entry = found.find(({ kind: other, name }) => other === kind && !name.includes("/"));
    if (entry === undefined) return undefined;
    const resource = { apiVersion, plural: entry.name, namespaced: entry.namespaced };
    this.known.set(key, resource);
    return resource;
  }

  private async discovered(apiVersion: string, signal: AbortSignal): Promise<Discovered[]> {
    try {
      const answer = await this.call({ method: "GET", path: apiPath(apiVersion), signal });
      return answer["resources"] as unknown as Discovered[];
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return [];
      throw error;
    }
  }

  /** @throws ApiError when the API server says no; Error when it does not answer. */
  async call({ method, path, query = {}, body, contentType, signal }: Call): Promise<Properties> {
    const server = new URL(this.kubeConfig.getCurrentCluster()?.server ?? "");
    const search = new URLSearchParams(query).toString();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      method,
      hostname: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port,
      path: server.pathname.replace(/\/$/, "") + path + (search === "" ? "" : `?${search}`),
      headers: {
        accept: "application/json",
        ...(text === undefined ? {} : contentHeaders(text, contentType)),
      },
      // What was sent may be done: its answer is waited for, or the state would not know of it.
      ...(method === "GET" && { signal }),
    };
    signal.throwIfAborted();
    const plain = server.protocol === "http:";
    await this.kubeConfig.applyToHTTPSOptions(options);
    // The kubeconfig's certificates are in the options of each request, so that one agent serves all of them.
    if (!plain) options.agent = this.agent;
    const answer = await send(options, plain, text);
    const said = parsed(answer.text);
    if (answer.code >= 400) throw new ApiError(answer.code, messageOf(said, answer.text, answer.code));
    return said;
  }
}

/** Node says the length of a body by itself, but not of a deletion's. */
function contentHeaders(text: string, contentType = "application/json"): OutgoingHttpHeaders {
  return { "content-type": contentType, "content-length": Buffer.byteLength(text) };
}

interface Discovered {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The path of a group and version. */
export function apiPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of the objects of a kind, or of one of them. */
export function objectPath(resource: ApiResource, namespace: string, name?: string): string {
  const within = resource.namespaced ? `/namespaces/${encodeURIComponent(namespace || "default")}` : "";
  const one = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${apiPath(resource.apiVersion)}${within}/${resource.plural}${one}`;
}

function send(
  options: RequestOptions,
  plain: boolean,
  body: string | undefined,
): Promise<{ code: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = (plain ? requestPlain : request)(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.once("error", reject);
      incoming.once("end", () => {
        resolve({ code: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.once("error", (error) => {
      reject(new Error(`the Kubernetes API server did not answer: ${error.message}`, { cause: error }));
    });
    outgoing.end(body);
  });
}

function parsed(text: string): Properties {
  try {
    return JSON.parse(text) as Properties;
  } catch {
    return {};
  }
}

/** What a Status object says, or whatever was said. */
function messageOf(answer: Properties, text: string, code: number): string {
  const { message } = answer;
  return typeof message === "string" ? message : `HTTP ${code}: ${text.trim()}`;
}
