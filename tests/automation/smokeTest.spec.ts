import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "../../automation/clock";
import { smokeTest } from "../../automation/verification/smokeTest";
import { describeVerificationEvent } from "../../automation/verification/verificationEvent";
import { clusterWith, newNode } from "../planning/rotation/builders";

describe("a smoke test whose pods never start", () => {
  let server: Server;
  let kubeConfig: KubeConfig;
  let happened: string[];

  // Looks alone: what is asked of namespaces, but for the pods in them.
  beforeEach((done) => {
    happened = [];
    server = createServer(({ method = "", url = "" }, response) => {
      const [path = ""] = url.split("?");
      const namespace = /^\/api\/v1\/namespaces\/[^/]+$/.test(path);
      if (namespace) happened.push(method);
      response.writeHead(namespace && method === "GET" ? 404 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ metadata: {}, items: [] }));
    });
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      kubeConfig = new KubeConfig();
      kubeConfig.loadFromClusterAndUser(
        { name: "c", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
        { name: "u", token: "secret" },
      );
      done();
    });
  });
  afterEach((done) => {
    server.close(done);
    server.closeAllConnections();
  });

  it("says that it removes its namespace, before it waits until that is gone", async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      sleep: () => {
        now += 400_000;
        return Promise.resolve();
      },
    };
    await smokeTest(
      {
        ...{ kubeConfig, clock, signal: new AbortController().signal },
        observe: () => Promise.resolve(clusterWith([newNode], [])),
        onEvent: (event) => happened.push(describeVerificationEvent(event)),
      },
      "nginx",
    );
    assert.deepEqual(
      happened.map((line) => line.replace(/-[0-9a-f]{8}$/, "-ID")),
      [
        "0 of 10 pods ready in namespace eks-pod-network-smoke-ID",
        "DELETE",
        "removing namespace eks-pod-network-smoke-ID",
        "GET",
      ],
    );
  });
});
