import { request } from "node:http";
import type { RequestOptions } from "node:https";
import { Duplex, PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { PortForward } from "@kubernetes/client-node";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { unlessOver } from "../unlessOver";

/** A port of a pod, and what is asked of the server there. */
export interface ForwardedRequest {
  readonly namespace: string;
  readonly pod: string;
  /** On localhost of the pod; of its node where the pod has its node's network. */
  readonly port: number;
  readonly path: string;
}

/** How long the way there and the answer may take together. */
const TIMEOUT_MS = 15_000;

/**
 * Asks an HTTP server that listens on localhost of a pod, over the API server, as `kubectl port-forward` comes there.
 *
 * Needs, in Kubernetes, create and get on pods/portforward.
 *
 * @throws Error with what is in the way, or the answer where it is no 200; the signal's reason.
 */
export async function askForwarded(
  kubeConfig: KubeConfig,
  { namespace, pod, port, path }: ForwardedRequest,
  signal: AbortSignal,
): Promise<string> {
  const [output, errors, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  limit.throwIfAborted();
  const opening = new PortForward(endedBy(limit, kubeConfig), false).portForward(
    namespace,
    pod,
    [port],
    output,
    errors,
    input,
  );
  const opened = await unlessOver(opening, limit).catch((error: unknown) => {
    signal.throwIfAborted();
    // An ErrorEvent of ws, which is no Error.
    throw new Error(`no way to port ${port} of pod ${namespace}/${pod}: ${(error as Error).message}`);
  });
  const socket = typeof opened === "function" ? opened() : opened;
  const end = () => {
    output.end();
    errors.end();
  };
  socket?.on("close", end);
  const close = () => socket?.close();
  limit.addEventListener("abort", close);
  try {
    const refused = text(errors);
    const connection = Duplex.from({ readable: output, writable: input });
    const answer = await httpAnswer(connection, path, limit).catch(async (error: unknown) => {
      signal.throwIfAborted();
      close();
      const said = (await refused).trim();
      throw new Error(said === "" ? `no answer: ${(error as Error).message}` : said, { cause: error });
    });
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.body.slice(0, 200)}`);
    return answer.body;
  } finally {
    limit.removeEventListener("abort", close);
    close();
  }
}

/** The same kubeconfig, whose WebSockets end with a limit also while they are opened: the client gives no other way. */
function endedBy(limit: AbortSignal, kubeConfig: KubeConfig): KubeConfig {
  return Object.assign(Object.create(kubeConfig) as KubeConfig, {
    applyToHTTPSOptions: async (options: RequestOptions) => {
      await kubeConfig.applyToHTTPSOptions(options);
      options.signal = limit;
    },
  });
}

function httpAnswer(
  connection: Duplex,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { createConnection: () => connection, path, host: "localhost", signal },
      (response) => {
        text(response).then((body) => {
          resolve({ status: response.statusCode ?? 0, body });
        }, reject);
      },
    );
    asking.once("error", reject);
    asking.end();
  });
}
