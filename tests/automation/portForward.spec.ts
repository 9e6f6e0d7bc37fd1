import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { KubeConfig } from "@kubernetes/client-node";
import { askForwarded } from "../../automation/verification/portForward";
import { kubeConfigAt } from "../support/kubeConfigAt";

const request = { namespace: "kube-system", pod: "aws-node-1", port: 61_679, path: "/v1/enis" };

describe("a port-forward to which the API server says nothing", () => {
  let server: Server;
  let kubeConfig: KubeConfig;
  let connections: Socket[];

  beforeEach(async () => {
    connections = [];
    server = createServer((socket) => connections.push(socket.resume()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    kubeConfig = kubeConfigAt(server, "https");
  });
  afterEach((done) => {
    server.close(done);
    for (const socket of connections) socket.destroy();
  });

  it("ends with the signal, and holds no connection any more, for which a process would stay alive", async () => {
    const interruption = new AbortController();
    const asking = askForwarded(kubeConfig, request, interruption.signal);
    const [socket] = (await once(server, "connection")) as [Socket];
    const closed = once(socket, "close");
    interruption.abort(new Error("asked to stop"));
    await assert.rejects(asking, { message: "asked to stop" });
    await closed;
  });

  it("is one whose credentials do not come, too", async () => {
    const interruption = new AbortController();
    kubeConfig.applyToHTTPSOptions = () => new Promise(() => undefined);
    const asking = askForwarded(kubeConfig, request, interruption.signal);
    interruption.abort(new Error("asked to stop"));
    await assert.rejects(asking, { message: "asked to stop" });
  });
});
