import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { Duplex } from "node:stream";
import type { V1Pod } from "@kubernetes/client-node";
import { ApiError, type ApiServer } from "../../dataPlane/cluster/apiServer";
import type { Attempt } from "../connection";
import { containerLog, writeLog } from "./containerLog";
import { forwardPorts } from "./portForward";

/** Where kubelets listen on their nodes. */
export const KUBELET_PORT = 10250;

/** What a kubelet is made of. */
export interface KubeletOutside {
  readonly api: Pick<ApiServer, "call">;
  /** A connection to localhost in a pod's network. */
  readonly connect: (pod: V1Pod, port: number) => Attempt;
  /** The end of what aws-node of a node has logged, each line with its time before it. */
  readonly awsNodeLines: (nodeName: string) => readonly string[];
  /** What it shows as its certificate, in PEM; as on EKS the API server does not check it. */
  readonly tls: { readonly cert: string; readonly key: string };
  readonly log: (line: string) => void;
}

const NO_COMMANDS =
  "nothing runs in the containers of a sandbox, so that there is nothing to run a command in";

/** A path of a kubelet about a pod. */
interface PodPath {
  readonly action: string;
  readonly namespace: string;
  readonly name: string;
  /** The container, or the pod's uid. */
  readonly rest: string;
}

/**
 * The part of the kubelets that the API server calls, for all nodes at once: logs and port-forward. It answers
 * them itself: commands are never run, and no file is read. It listens nowhere; it is given connections.
 */
export class Kubelet {
  private readonly server;

  constructor(private readonly outside: KubeletOutside) {
    this.server = createServer({ ...outside.tls }, (request, response) => {
      this.answer(request).then(
        ({ status, body }) => {
          response.writeHead(status, { "content-type": "text/plain" });
          response.end(body);
        },
        (error: unknown) => {
          outside.log(`kubelet: ${request.url ?? ""}: ${String(error)}`);
          response.destroy();
        },
      );
    });
    this.server.on("upgrade", (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      connection.on("error", () => undefined);
      this.upgrade(request, connection, head).catch((error: unknown) => {
        outside.log(`kubelet: ${request.url ?? ""}: ${String(error)}`);
        connection.destroy();
      });
    });
  }

  /** Serves a connection of the API server to a node. */
  serve(connection: Duplex): void {
    // Node's own way of having a server serve a connection that it has not accepted itself.
    this.server.emit("connection", connection);
  }

  private async answer({ url = "/" }: IncomingMessage): Promise<{ status: number; body: string }> {
    const path = podPathOf(url);
    if (path === undefined) return { status: 404, body: "404 page not found" };
    if (path.action !== "containerLogs") return { status: 403, body: NO_COMMANDS };
    const pod = await this.pod(path);
    if (pod === undefined) return { status: 404, body: `pod "${path.name}" does not exist` };
    const lines = this.outside.awsNodeLines(pod.spec?.nodeName ?? "");
    const log = containerLog(pod, path.rest, lines);
    if ("refused" in log) return { status: 400, body: log.refused };
    return { status: 200, body: writeLog(log.lines, new URL(url, "https://kubelet").searchParams) };
  }

  private async upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const path = podPathOf(request.url ?? "");
    if (path?.action !== "portForward") {
      connection.end(refusal(403, NO_COMMANDS));
      return;
    }
    const pod = await this.pod(path);
    if (pod === undefined) {
      connection.end(refusal(404, `pod "${path.name}" does not exist`));
      return;
    }
    forwardPorts(request, connection, head, {
      name: path.name,
      uid: pod.metadata?.uid ?? "",
      connect: (port) => this.outside.connect(pod, port),
    });
  }

  private async pod({ namespace, name }: PodPath): Promise<V1Pod | undefined> {
    try {
      return await this.outside.api.call<V1Pod>("GET", `/api/v1/namespaces/${namespace}/pods/${name}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }
}

function podPathOf(url: string): PodPath | undefined {
  const path = /^\/(containerLogs|portForward|exec|attach|run)\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/;
  const [, action, namespace, name, rest = ""] = path.exec(url.split("?")[0] ?? "") ?? [];
  if (action === undefined || namespace === undefined || name === undefined) return undefined;
  return { action, namespace, name, rest };
}

function refusal(status: number, message: string): string {
  const length = Buffer.byteLength(message);
  const head = [`HTTP/1.1 ${status} Refused`, "Content-Type: text/plain", `Content-Length: ${length}`];
  return [...head, "Connection: close", "", message].join("\r\n");
}
