import { rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { isIPv4 } from "node:net";
import type { Duplex } from "node:stream";
import type { Attempt, Refusal } from "./connection";

/** What the proxy connects to. */
export interface EgressTargets {
  /** A port of a node, by the node's name. */
  readonly node: (nodeName: string, port: number) => Promise<Attempt>;
  /** A port of an address. */
  readonly address: (address: string, port: number) => Promise<Attempt>;
}

/** A proxy that listens. */
export interface EgressProxy {
  close(): Promise<void>;
}

/**
 * The way of the API server into the cluster's network, as HTTP CONNECT: `host:port` is what it dials. Nothing that it
 * asks for is dialled on this computer.
 *
 * @param socket path of a unix socket; it may have no more than 104 characters, so that it's best relative.
 * @param log takes why a connection did not come about, where the API server is not told.
 */
export async function startEgressProxy(
  socket: string,
  targets: EgressTargets,
  log: (line: string) => void,
): Promise<EgressProxy> {
  const server = createServer();
  const open = new Set<Duplex>();
  server.on("connect", (request: IncomingMessage, connection: Duplex, head: Buffer) => {
    open.add(connection);
    connection.on("close", () => open.delete(connection));
    // The API server breaks connections off as it likes.
    connection.on("error", () => undefined);
    if (head.length > 0) connection.unshift(head);
    void connectTo(request.url ?? "", connection, targets, log);
  });
  // One that was killed leaves it behind.
  rmSync(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  return {
    close: async () => {
      for (const connection of open) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function connectTo(
  target: string,
  connection: Duplex,
  targets: EgressTargets,
  log: (line: string) => void,
): Promise<void> {
  try {
    const attempt = await attemptTo(target, targets);
    if ("serve" in attempt) {
      connection.write("HTTP/1.1 200 Connection established\r\n\r\n");
      attempt.serve(connection);
      return;
    }
    if (attempt.why !== undefined) log(`egress: ${target}: ${attempt.refused}: ${attempt.why}`);
    connection.end(refusalOf(target, attempt));
  } catch (error) {
    log(`egress: ${target}: ${String(error)}`);
    connection.end("HTTP/1.1 500 the sandbox failed; podnet sandbox logs tells why\r\n\r\n");
  }
}

async function attemptTo(target: string, targets: EgressTargets): Promise<Attempt> {
  const [, host = "", digits = ""] = /^([^:]+):(\d+)$/.exec(target) ?? [];
  const port = Number(digits);
  return await (isIPv4(host) ? targets.address(host, port) : targets.node(host, port));
}

/** In the words in which the API server's own dialler would have failed. */
function refusalOf(target: string, { refused }: Refusal): string {
  const status = refused === "i/o timeout" ? 504 : 502;
  const words = refused === "no such host" ? `lookup ${target.split(":")[0] ?? ""}` : target;
  return `HTTP/1.1 ${status} dial tcp ${words}: ${refused}\r\n\r\n`;
}
