import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { systemClock } from "../../../../sandbox/aws/clock";
import { clusterAccess, type ClusterAccess } from "../../../../sandbox/aws/eks/clusterAccess";
import { temporaryFolder } from "../../../support/temporaryFolder";

describe("EKS's access to a cluster", () => {
  /** What the API server does with the calls to come: a status, or a broken connection. */
  let script: (number | "break")[] = [];
  let server: Server;
  let folder: string;
  let access: ClusterAccess;
  before(async () => {
    server = createServer((_message, response) => {
      const next = script.shift() ?? 404;
      if (next === "break") response.destroy();
      else
        response
          .writeHead(next, { "content-type": "application/json" })
          .end(JSON.stringify({ apiVersion: "v1", kind: "Status", code: next }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    folder = temporaryFolder();
    const kubeconfig = join(folder, "kubeconfig");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "one",
        contexts: [{ name: "one", context: { cluster: "one", user: "one" } }],
        clusters: [{ name: "one", cluster: { server: url, "insecure-skip-tls-verify": true } }],
        users: [{ name: "one", user: {} }],
      }),
    );
    access = clusterAccess(kubeconfig, { clock: systemClock, signal: new AbortController().signal });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("asks again when the connection breaks or the API server fails", async () => {
    script = ["break", 503, 404];
    assert.equal(await access.awsNode(), undefined);
    assert.deepEqual(script, []);
  });

  it("asks once when the API server refuses", async () => {
    script = [403, 404];
    await assert.rejects(access.awsNode(), { code: 403 });
    assert.deepEqual(script, [404]);
  });

  it("takes an eviction that budgets refuse for one to come back to, be it one budget or two", async () => {
    const pod = { metadata: { name: "one", namespace: "default" } };
    script = [429, 500, 404];
    assert.deepEqual(
      [await access.evict(pod), await access.evict(pod), await access.evict(pod)],
      [false, false, true],
    );
  });
});
