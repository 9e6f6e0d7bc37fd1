import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A comment of a pull request, as GitHub's REST API has it. */
export interface PlayedComment {
  readonly id: number;
  readonly login: string;
  body: string;
}

/** An answer in the place of the usual one. */
export interface PlayedFailure {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether what was asked for is done all the same, as behind a gateway that gave up. @default false */
  readonly isDone?: boolean;
  /** Whether the connection ends without an answer. @default false */
  readonly isBroken?: boolean;
}

const TOKEN = "ghs_played";
/** GitHub takes no longer body: 422, "body is too long (maximum is 65536 characters)". */
const LONGEST_BODY = 65_536;

/**
 * The part of GitHub that comments of one pull request are in, as its documentation describes it: pages of at most 100
 * with a Link header, tokens, who may write, and answers that say when to come back.
 */
export class PlayedGithub {
  /** Method and path of each request, in their order. */
  readonly requests: string[] = [];
  readonly comments: PlayedComment[] = [];
  /** Taken one after another by requests that they match: `POST /repos/…`. */
  readonly failures: { readonly at: RegExp; readonly failure: PlayedFailure }[] = [];
  /** Whose token it is. */
  viewer = "github-actions[bot]";
  /** Whether the token may write. */
  mayWrite = true;
  readonly token = TOKEN;
  apiUrl = "";
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  #nextId = 1;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.apiUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Comments that are there before anything is asked. */
  has(login: string, body: string): PlayedComment {
    const comment = { id: this.#nextId++, login, body };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const sent =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as { body?: string });
    const asked = `${request.method ?? ""} ${request.url ?? ""}`;
    this.requests.push(asked);
    const index = this.failures.findIndex(({ at }) => at.test(asked));
    const [failing] = index === -1 ? [] : this.failures.splice(index, 1);
    const write = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
      response.end(status === 204 ? undefined : JSON.stringify(body));
    };
    if (failing === undefined) {
      this.#carryOut(request, sent, write);
      return;
    }
    const { failure } = failing;
    if (failure.isDone === true) this.#carryOut(request, sent, () => undefined);
    if (failure.isBroken === true) response.destroy();
    else write(failure.status, failure.body ?? { message: "played" }, failure.headers);
  }

  #carryOut(
    { method = "", url = "", headers }: IncomingMessage,
    { body = "" }: { readonly body?: string },
    write: (status: number, body: unknown, headers?: Readonly<Record<string, string>>) => void,
  ): void {
    const { pathname, searchParams } = new URL(url, this.apiUrl);
    if (headers.authorization !== `token ${TOKEN}`) {
      write(401, { message: "Bad credentials" });
      return;
    }
    if (pathname === "/graphql") {
      write(200, { data: { viewer: { login: this.viewer } } });
      return;
    }
    const list = "/repos/shop/infra/issues/12/comments";
    const [, id] = /^\/repos\/shop\/infra\/issues\/comments\/(\d+)$/.exec(pathname) ?? [];
    const comment = this.comments.find((one) => String(one.id) === id);
    if (method === "GET" && pathname === list) {
      const size = Number(searchParams.get("per_page") ?? 30);
      const page = Number(searchParams.get("page") ?? 1);
      const from = (page - 1) * size;
      const next = `<${this.apiUrl}${list}?per_page=${size}&page=${page + 1}>; rel="next"`;
      const hasNext = from + size < this.comments.length;
      write(200, this.comments.slice(from, from + size).map(asJson), hasNext ? { link: next } : {});
      return;
    }
    if ((pathname !== list || method !== "POST") && comment === undefined) {
      write(404, { message: "Not Found" });
      return;
    }
    if (!this.mayWrite) {
      write(403, { message: "Resource not accessible by integration" });
      return;
    }
    if (method !== "DELETE" && body.length > LONGEST_BODY) {
      write(422, { message: "Validation Failed: body is too long (maximum is 65536 characters)" });
      return;
    }
    if (comment === undefined) write(201, asJson(this.has(this.viewer, body)));
    else if (method === "DELETE") {
      this.comments.splice(this.comments.indexOf(comment), 1);
      write(204, undefined);
    } else {
      comment.body = body;
      write(200, asJson(comment));
    }
  }
}

function asJson({ id, login, body }: PlayedComment): object {
  return {
    id,
    body,
    user: { login },
    html_url: `https://github.example/shop/infra/pull/12#issuecomment-${id}`,
  };
}
