import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { KubeConfig } from "@kubernetes/client-node";
import { systemClock, type Clock } from "../../automation/clock";
import { smokeTest } from "../../automation/verification/smokeTest";
import { describeVerificationEvent } from "../../automation/verification/verificationEvent";
import { clusterWith, newNode } from "../planning/rotation/builders";
import { kubeConfigAt } from "../support/kubeConfigAt";

describe("a smoke test whose pods never start", () => {
  let server: Server;
  let kubeConfig: KubeConfig;
  let happened: string[];
  /** Methods that nobody may. */
  let refused: readonly string[];

  // Looks alone: what is asked of namespaces, but for the pods in them.
  beforeEach((done) => {
    [happened, refused] = [[], []];
    server = createServer(({ method = "", url = "" }, response) => {
      const [path = ""] = url.split("?");
      const namespace = /^\/api\/v1\/namespaces\/[^/]+$/.test(path);
      if (namespace) happened.push(method);
      const granted = namespace && method === "GET" ? 404 : 200;
      response.writeHead(refused.includes(method) ? 403 : granted, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ metadata: {}, items: [] }));
    });
    server.listen(0, "127.0.0.1", () => {
      kubeConfig = kubeConfigAt(server);
      done();
    });
  });
  afterEach((done) => {
    server.close(done);
    server.closeAllConnections();
  });

  const tried = (clock: Clock) =>
    smokeTest(
      {
        ...{ kubeConfig, clock, signal: new AbortController().signal },
        observe: () => Promise.resolve(clusterWith([newNode], [])),
        onEvent: (event) => happened.push(describeVerificationEvent(event)),
      },
      "nginx",
    );

  it("says that it removes its namespace, before it waits until that is gone", async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      sleep: () => {
        now += 400_000;
        return Promise.resolve();
      },
    };
    await tried(clock);
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

  it("says what it may not do first, and not what it may not tidy up for the same reason", async () => {
    refused = ["POST", "DELETE"];
    await assert.rejects(tried(systemClock), {
      name: "KubernetesError",
      message: /^POST \/api\/v1\/namespaces/,
    });
  });
});
