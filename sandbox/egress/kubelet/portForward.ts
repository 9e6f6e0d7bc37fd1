import type { IncomingMessage } from "node:http";
import type { Duplex, Writable } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Attempt } from "../connection";
import { channelStreams } from "./channelStreams";
import { serveSpdy } from "./spdy/spdyConnection";

/** A pod whose ports are forwarded. */
export interface ForwardedPod {
  readonly name: string;
  readonly uid: string;
  /** A connection to localhost in the pod's network. */
  readonly connect: (port: number) => Attempt;
}

const STREAM_PROTOCOL = "portforward.k8s.io";
const CHANNEL_PROTOCOL = "v4.channel.k8s.io";

/**
 * Forwards ports of a pod over the connection of a request, in either way that a kubelet knows: streams of SPDY, as
 * kubectl (behind the API server's tunnel), or channels of a WebSocket, as clients of Kubernetes in JavaScript and Python.
 *
 * Source: kubernetes/kubernetes, staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward.
 */
export function forwardPorts(
  request: IncomingMessage,
  connection: Duplex,
  head: Buffer,
  pod: ForwardedPod,
): void {
  if (request.headers.upgrade?.toLowerCase() === "websocket") {
    webSockets.handleUpgrade(request, connection, head, (socket) => {
      forwardOverChannels(socket, portsOf(request), pod);
    });
    return;
  }
  if (head.length > 0) connection.unshift(head);
  connection.write(
    [
      "HTTP/1.1 101 Switching Protocols",
      "Connection: Upgrade",
      "Upgrade: SPDY/3.1",
      `X-Stream-Protocol-Version: ${STREAM_PROTOCOL}`,
      "\r\n",
    ].join("\r\n"),
  );
  forwardOverStreams(connection, pod);
}

const webSockets = new WebSocketServer({
  noServer: true,
  handleProtocols: (offered) => (offered.has(CHANNEL_PROTOCOL) ? CHANNEL_PROTOCOL : false),
});

function forwardOverStreams(connection: Duplex, pod: ForwardedPod): void {
  /** The first stream of each pair, by the id of its request. */
  const waiting = new Map<string, { readonly type: string; readonly stream: Duplex }>();
  serveSpdy(connection, ({ headers, stream }) => {
    const type = headers.get("streamtype") ?? "";
    const requestId = headers.get("requestid") ?? "";
    const first = waiting.get(requestId);
    if (first === undefined || first.type === type) {
      waiting.set(requestId, { type, stream });
      return;
    }
    waiting.delete(requestId);
    const [data, error] = type === "data" ? [stream, first.stream] : [first.stream, stream];
    forward(Number(headers.get("port")), data, error, pod);
  }).catch(() => undefined);
}

function forwardOverChannels(socket: WebSocket, ports: readonly number[], pod: ForwardedPod): void {
  const streams = channelStreams(socket, ports.length * 2);
  for (const [index, port] of ports.entries()) {
    const [data, error] = streams.slice(index * 2);
    if (data === undefined || error === undefined) continue;
    const announced = Buffer.alloc(2);
    announced.writeUInt16LE(port);
    data.write(announced);
    error.write(announced);
    forward(port, data, error, pod);
  }
}

function forward(port: number, data: Duplex, error: Writable, { name, uid, connect }: ForwardedPod): void {
  const attempt = connect(port);
  if ("serve" in attempt) {
    data.once("finish", () => error.end());
    attempt.serve(data);
    return;
  }
  error.end(
    `error forwarding port ${port} to pod ${name}, uid ${uid}: failed to connect to localhost:${port} inside ` +
      `the pod's network namespace: dial tcp4 127.0.0.1:${port}: ${attempt.refused}`,
  );
  data.end();
}

/** From `?port=8080,8081`, as the API server writes the `ports` that it was asked for. */
function portsOf({ url = "" }: IncomingMessage): number[] {
  const query = new URL(url, "https://kubelet").searchParams;
  return query.getAll("port").flatMap((text) => text.split(",").map(Number));
}
