import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, jsonAnswer } from "./protocol/answers";
import { AwsError } from "./protocol/awsError";
import { readAwsRequest, type AwsRequest, type AwsResponse } from "./protocol/awsRequest";

/** A call to one of the sandbox's own paths. */
export interface OwnCall {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** Answers of the sandbox's own, by path: all below /_sandbox/. What they throw as an AwsError is told as JSON. */
export type OwnPaths = Readonly<Record<string, (call: OwnCall) => unknown>>;

/** A server on 127.0.0.1. */
export interface FrontServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * How long a connection without a request is kept. Node's own 5 s are as long as its clients', and a busy process closes
 * a connection in the very moment in which a client sends on it: "socket hang up".
 */
const KEEP_ALIVE_MS = 10 * 60_000;

/**
 * Listens on 127.0.0.1.
 *
 * @param answer a call to AWS; what it throws is told in the way of the service's protocol. Undefined leaves the caller
 *   without an answer until it gives up.
 * @param port 0 for a free one.
 * @throws Error EADDRINUSE when something else listens there.
 */
export async function startFrontServer(
  answer: (request: AwsRequest) => Promise<AwsResponse | undefined>,
  ownPaths: OwnPaths,
  log: (line: string) => void,
  port = 0,
): Promise<FrontServer> {
  const server = createServer((message, response) => {
    const [path = "/"] = (message.url ?? "/").split("?");
    const isOwn = path.startsWith("/_sandbox/");
    const given = isOwn ? ownAnswer(message, path, ownPaths) : awsAnswer(message, answer, log);
    given.then(
      (answered) => {
        if (answered === undefined) return;
        const { status, headers, body } = answered;
        response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
        response.end(body);
      },
      (error: unknown) => {
        log(`front: ${path}: ${String(error)}`);
        response.destroy();
      },
    );
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function ownAnswer(message: IncomingMessage, path: string, ownPaths: OwnPaths): Promise<AwsResponse> {
  const own = Object.hasOwn(ownPaths, path) ? ownPaths[path] : undefined;
  if (own === undefined)
    return jsonAnswer({ message: `no ${path}; there is ${Object.keys(ownPaths).join(", ")}` }, 404);
  const { searchParams } = new URL(message.url ?? "/", "http://front");
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  try {
    return jsonAnswer(await own({ method: message.method ?? "GET", query: searchParams, body }));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return jsonAnswer({ message: error.message, ...error.members }, error.status);
  }
}

async function awsAnswer(
  message: IncomingMessage,
  answer: (request: AwsRequest) => Promise<AwsResponse | undefined>,
  log: (line: string) => void,
): Promise<AwsResponse | undefined> {
  let service = "";
  try {
    const request = await readAwsRequest(message);
    service = request.service;
    return await answer(request);
  } catch (error) {
    return errorAnswer(service, awsErrorOf(error, log));
  }
}

/** What AWS would say: its own refusals, those of the services below, and for all else that it failed. */
function awsErrorOf(error: unknown, log: (line: string) => void): AwsError {
  if (error instanceof AwsError) return error;
  if (isServiceError(error)) return new AwsError(error.name, error.message, error.$metadata.httpStatusCode);
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log(`front: ${said}`);
  return new AwsError("InternalFailure", error instanceof Error ? error.message : String(error), 500);
}

function isServiceError(error: unknown): error is Error & { $metadata: { httpStatusCode?: number } } {
  return error instanceof Error && "$fault" in error && "$metadata" in error;
}
