import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, jsonAnswer } from "./protocol/answers";
import { AwsError } from "./protocol/awsError";
import { readAwsRequest, type AwsRequest, type AwsResponse } from "./protocol/awsRequest";

/** Answers of the sandbox's own, by path: all below /_sandbox/. */
export type OwnPaths = Readonly<Record<string, () => unknown>>;

/** A server on 127.0.0.1. */
export interface FrontServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1.
 *
 * @param answer a call to AWS; what it throws is told in the way of the service's protocol.
 */
export async function startFrontServer(
  answer: (request: AwsRequest) => Promise<AwsResponse>,
  ownPaths: OwnPaths,
  log: (line: string) => void,
): Promise<FrontServer> {
  const server = createServer((message, response) => {
    const [path = "/"] = (message.url ?? "/").split("?");
    const given = path.startsWith("/_sandbox/") ? ownAnswer(path, ownPaths) : awsAnswer(message, answer, log);
    given.then(
      ({ status, headers, body }) => {
        response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
        response.end(body);
      },
      (error: unknown) => {
        log(`front: ${path}: ${String(error)}`);
        response.destroy();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function ownAnswer(path: string, ownPaths: OwnPaths): Promise<AwsResponse> {
  const own = Object.hasOwn(ownPaths, path) ? ownPaths[path] : undefined;
  if (own === undefined)
    return jsonAnswer({ message: `no ${path}; there is ${Object.keys(ownPaths).join(", ")}` }, 404);
  return jsonAnswer(await own());
}

async function awsAnswer(
  message: IncomingMessage,
  answer: (request: AwsRequest) => Promise<AwsResponse>,
  log: (line: string) => void,
): Promise<AwsResponse> {
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
