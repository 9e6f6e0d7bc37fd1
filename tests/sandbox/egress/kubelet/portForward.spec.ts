import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import WebSocket from "ws";
import { HttpOverConnections } from "../../../../sandbox/egress/httpAnswers";
import { forwardPorts } from "../../../../sandbox/egress/kubelet/portForward";

/** What came on the channels of a WebSocket until it was closed. */
interface Received {
  readonly data: string;
  readonly error: string;
}

describe("port-forward over a WebSocket", () => {
  let server: Server;
  beforeEach(async () => {
    const http = new HttpOverConnections();
    server = createServer().on("upgrade", (request, connection: Duplex, head: Buffer) => {
      forwardPorts(request, connection, head, {
        name: "web",
        uid: "uid-1",
        connect: (port) =>
          port === 8080
            ? {
                serve: (stream) => {
                  http.serve(stream, (path) => ({ contentType: "text/plain", body: `this is ${path}` }));
                },
              }
            : { refused: "connect: connection refused" },
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => server.close());

  /** Sends a request and collects what comes back. */
  async function ask(port: number): Promise<Received> {
    const { port: own } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${own}/portForward/default/web?port=${port}`, [
      "v5.channel.k8s.io",
      "v4.channel.k8s.io",
    ]);
    const channels: [Buffer[], Buffer[]] = [[], []];
    socket.on("message", (message: Buffer) => channels[message[0] === 1 ? 1 : 0].push(message.subarray(1)));
    socket.on("open", () => {
      const request = "GET /a/path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(request)]));
    });
    await new Promise((resolve, reject) => socket.on("close", resolve).on("error", reject));
    const [data, error] = channels.map((chunks) => {
      const bytes = Buffer.concat(chunks);
      assert.equal(bytes.readUInt16LE(0), port);
      return bytes.subarray(2).toString();
    });
    return { data: data ?? "", error: error ?? "" };
  }

  it("brings a request to the pod, and its answer back", async () => {
    const { data, error } = await ask(8080);
    assert.match(data, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(data, /\r\n\r\nthis is \/a\/path$/);
    assert.equal(error, "");
  });

  it("tells on the channel for errors that nothing listens", async () => {
    assert.deepEqual(await ask(9999), {
      data: "",
      error:
        "error forwarding port 9999 to pod web, uid uid-1: failed to connect to localhost:9999 inside the pod's " +
        "network namespace: dial tcp4 127.0.0.1:9999: connect: connection refused",
    });
  });
});
