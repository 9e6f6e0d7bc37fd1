import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { KubeConfig } from "@kubernetes/client-node";

/** The API server said no. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    what: string,
    readonly status: number,
    message: string,
  ) {
    super(`${what}: ${status} ${message}`);
  }
}

/** Kinds of patches, by their content types. */
export type PatchType = "merge" | "strategic-merge";

/**
 * The API server over connections that are kept.
 *
 * `@kubernetes/client-node` opens a TLS connection for every request, which is most of the cost of the thousands of
 * small patches that a data plane makes.
 */
export class ApiServer {
  private readonly agent: Agent;
  private readonly server: URL;
  private waiting: (() => void)[] = [];
  private underWay = 0;

  /** @param atOnce requests at the same time; watches don't count. */
  constructor(
    private readonly kubeConfig: KubeConfig,
    private readonly atOnce = 24,
  ) {
    const server = kubeConfig.getCurrentCluster()?.server;
    if (server === undefined) throw new Error("the kubeconfig names no cluster in its current context");
    this.server = new URL(server);
    this.agent = new Agent({ keepAlive: true });
  }

  /** @throws ApiError for everything but a 2xx. */
  async call<T>(method: string, path: string, body?: unknown, contentType = "application/json"): Promise<T> {
    await this.turn();
    try {
      const response = await this.send(method, path, { body, contentType });
      return JSON.parse(await text(response)) as T;
    } finally {
      this.underWay -= 1;
      this.waiting.shift()?.();
    }
  }

  /** @throws ApiError for everything but a 2xx. */
  patch<T>(path: string, type: PatchType, body: unknown): Promise<T> {
    return this.call<T>("PATCH", path, body, `application/${type}-patch+json`);
  }

  /** A response that goes on until the signal, or the server, ends it. @throws ApiError for everything but a 2xx. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.send("GET", path, { signal });
  }

  close(): void {
    this.agent.destroy();
  }

  private async turn(): Promise<void> {
    while (this.underWay >= this.atOnce) {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.underWay += 1;
  }

  private async send(
    method: string,
    path: string,
    { body, contentType, signal }: { body?: unknown; contentType?: string; signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    const options: RequestOptions = {
      method,
      host: this.server.hostname,
      port: this.server.port,
      path,
      headers: { Accept: "application/json" },
    };
    await this.kubeConfig.applyToHTTPSOptions(options);
    options.agent = this.agent;
    if (signal !== undefined) options.signal = signal;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    if (payload !== undefined) {
      options.headers = {
        ...(options.headers as Record<string, string>),
        "Content-Type": contentType ?? "application/json",
        "Content-Length": Buffer.byteLength(payload),
      };
    }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(options, resolve);
      sent.on("error", reject);
      sent.end(payload);
    });
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    throw new ApiError(`${method} ${path}`, status, messageOf(await text(response)));
  }
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
