import { createServer } from "node:http";
import type { Duplex } from "node:stream";

/** An answer to a GET. */
export interface HttpAnswer {
  readonly contentType: string;
  readonly body: string;
}

/** Answers by path, without the query. */
export type HttpAnswers = (path: string) => HttpAnswer;

/** HTTP over connections that others have accepted; it listens nowhere itself. */
export class HttpOverConnections {
  private readonly answersOf = new WeakMap<Duplex, HttpAnswers>();
  private readonly server = createServer((request, response) => {
    const answers = this.answersOf.get(request.socket);
    if (answers === undefined) throw new Error("a request over a connection that nobody served");
    const { contentType, body } = answers((request.url ?? "/").split("?")[0] ?? "/");
    response.writeHead(200, { "content-type": contentType, "content-length": Buffer.byteLength(body) });
    response.end(request.method === "HEAD" ? undefined : body);
  });

  serve(connection: Duplex, answers: HttpAnswers): void {
    this.answersOf.set(connection, answers);
    // Node's own way of having a server serve a connection that it has not accepted itself.
    this.server.emit("connection", connection);
  }
}
