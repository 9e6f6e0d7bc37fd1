import { once } from "node:events";
import { createServer, request, type IncomingHttpHeaders, type RequestOptions } from "node:http";
import { createServer as createTlsServer, request as tlsRequest, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { buffer } from "node:stream/consumers";

/** A request, and how it was answered. */
export interface Exchange {
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Empty where another protocol was asked for. */
  readonly body: Buffer;
  readonly status: number;
}

/** A way to a server on which is seen what is asked there. */
export interface Wire {
  /** For whoever is to go this way. */
  readonly url: string;
  /** All that were answered, in the order of the answers. */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

/**
 * Listens on a port of 127.0.0.1, and hands everything on to a server as it is: long answers line by line, and connections
 * that change to another protocol.
 *
 * @param tls the certificate to answer with, and the authority of the server's. @default HTTP without TLS
 */
export async function tapped(server: string, tls?: ServerOptions): Promise<Wire> {
  const exchanges: Exchange[] = [];
  const onward = (options: RequestOptions) =>
    tls === undefined ? request(server, options) : tlsRequest(server, { ...options, ca: tls.ca });
  const listener = tls === undefined ? createServer() : createTlsServer(tls);
  // Longer than any client keeps a connection, so that none is closed as a request is sent on it.
  listener.keepAliveTimeout = 600_000;
  listener.on("request", (asked, answer) => {
    const { method = "GET", url = "/", headers } = asked;
    const handOn = async () => {
      const body = await buffer(asked);
      const out = onward({ method, path: url, headers });
      answer.on("close", () => out.destroy());
      out.on("error", () => answer.destroy());
      out.on("response", (answered) => {
        const { statusCode: status = 0 } = answered;
        exchanges.push({ method, url, headers, body, status });
        answer.writeHead(status, answered.headers);
        answer.flushHeaders();
        // An answer that breaks off does so here as well.
        pipeline(answered, answer, () => undefined);
      });
      out.end(body);
    };
    handOn().catch(() => answer.destroy());
  });
  listener.on("upgrade", (asked, socket, head) => {
    const { method = "GET", url = "/", headers } = asked;
    const out = onward({ method, path: url, headers });
    const answerWith = (status: number, lines: readonly string[]) => {
      exchanges.push({ method, url, headers, body: Buffer.alloc(0), status });
      socket.write(`HTTP/1.1 ${status} \r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`);
    };
    socket.on("error", () => out.destroy());
    out.on("error", () => socket.destroy());
    out.on("response", ({ statusCode = 0 }) => {
      answerWith(statusCode, ["Content-Length: 0"]);
      socket.end();
    });
    out.on("upgrade", (answered, beyond, first) => {
      answerWith(101, pairs(answered.rawHeaders));
      beyond.on("error", () => socket.destroy());
      beyond.write(head);
      socket.write(first);
      socket.pipe(beyond).pipe(socket);
    });
    out.end();
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    exchanges,
    close: async () => {
      listener.closeAllConnections();
      listener.close();
      await once(listener, "close");
    },
  };
}

/** Lines of headers, of their names and values in turns. */
function pairs(raw: readonly string[]): string[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${raw[at + 1] ?? ""}`] : []));
}
