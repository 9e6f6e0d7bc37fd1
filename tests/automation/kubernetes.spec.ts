import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import type { Clock } from "../../automation/clock";
import { connectKubernetes, KubernetesError, type Kubernetes } from "../../automation/kubernetes";
import { kubeConfigAt } from "../support/kubeConfigAt";
import { temporaryFolder } from "../support/temporaryFolder";

/** What the server of a test answers; `hang` answers never. */
type Reply =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | "hang"
  | "break";

/** What it was asked. */
interface Asked {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly body: string;
}

describe("the Kubernetes client", () => {
  let server: Server;
  let replies: Reply[];
  let asked: Asked[];
  let slept: number[];
  let controller: AbortController;
  let kubernetes: Kubernetes;
  let whileWaiting: () => void;
  let whileHanging: () => void;

  // Waiting costs no time, but the clock goes on by it, and it is written down.
  const clock: Clock = {
    now: () => slept.reduce((sum, milliseconds) => sum + milliseconds, 0),
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      whileWaiting();
      return Promise.resolve();
    },
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    asked.push({ method, url, contentType: headers["content-type"], body: Buffer.concat(chunks).toString() });
    const reply = replies.shift() ?? "break";
    if (reply === "hang") {
      whileHanging();
      return;
    }
    if (reply === "break") {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { "Content-Type": "application/json", ...reply.headers });
    response.end(typeof reply.json === "string" ? reply.json : JSON.stringify(reply.json ?? {}));
  };

  beforeEach((done) => {
    [replies, asked, slept, controller] = [[], [], [], new AbortController()];
    [whileWaiting, whileHanging] = [() => undefined, () => undefined];
    server = createServer((request, response) => void answer(request, response));
    server.listen(0, "127.0.0.1", () => {
      kubernetes = connectKubernetes(kubeConfigAt(server), { clock, signal: controller.signal });
      done();
    });
  });
  afterEach((done) => {
    server.closeAllConnections();
    server.close(done);
  });

  const errorOf = (act: Promise<unknown>): Promise<KubernetesError> =>
    act.then(
      () => assert.fail("it was not refused"),
      (error: unknown) => (error instanceof KubernetesError ? error : assert.fail(String(error))),
    );
  const nameOf = ({ metadata }: { readonly metadata: { readonly name: string } }) => metadata.name;
  const page = (names: readonly string[], next?: string): Reply => ({
    status: 200,
    json: { metadata: { continue: next }, items: names.map((name) => ({ metadata: { name } })) },
  });

  it("lists in pages, with selectors on each", async () => {
    replies = [page(["a", "b"], "next"), page(["c"])];
    const selectors = { labelSelector: "app=web", fieldSelector: "spec.nodeName=n" };
    assert.deepEqual(await kubernetes.list("/api/v1/pods", nameOf, selectors), ["a", "b", "c"]);
    assert.deepEqual(
      asked.map(({ url }) => url),
      [
        "/api/v1/pods?limit=500&labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dn",
        "/api/v1/pods?limit=500&labelSelector=app%3Dweb&fieldSelector=spec.nodeName%3Dn&continue=next",
      ],
    );
  });

  it("begins a list again when its pages have expired", async () => {
    replies = [page(["a"], "next"), { status: 410, json: { message: "expired" } }, page(["b"])];
    assert.deepEqual(await kubernetes.list("/api/v1/pods", nameOf), ["b"]);
  });

  it("asks again after 429, as late as it was told to, whatever it asked", async () => {
    replies = [
      { status: 429, headers: { "Retry-After": "3" } },
      { status: 201, json: { metadata: { name: "a" } } },
    ];
    await kubernetes.create("/api/v1/pods", { metadata: { name: "a" } });
    assert.deepEqual([asked.length, slept], [2, [3000]]);
  });

  it("repeats a read, a patch and a deletion after 500, 503 and a broken connection", async () => {
    for (const act of [
      () => kubernetes.get("/api/v1/nodes/n"),
      () => kubernetes.patch("/api/v1/nodes/n", {}),
      () => kubernetes.delete("/api/v1/nodes/n"),
    ]) {
      replies = [{ status: 503 }, { status: 500 }, "break", { status: 200 }];
      asked = [];
      await act();
      assert.equal(asked.length, 4);
    }
  });

  it("repeats no creation that may have happened", async () => {
    replies = [{ status: 500, json: { message: "etcd is slow" } }];
    const error = await errorOf(kubernetes.create("/api/v1/pods", { metadata: { name: "a" } }));
    assert.deepEqual([error.status, error.said, asked.length], [500, "etcd is slow", 1]);
  });

  const noUpstream: Reply = { status: 503, json: "<html>no upstream</html>" };

  it("gives a server that never answered five attempts, and says what it asked", async () => {
    replies = Array.from({ length: 9 }, () => noUpstream);
    const error = await errorOf(kubernetes.get("/api/v1/nodes/n"));
    assert.equal(error.message, "GET /api/v1/nodes/n: 503: <html>no upstream</html>");
    assert.deepEqual([asked.length, slept], [5, [400, 800, 1600, 3200]]);
  });

  it("waits two minutes for a server that has answered before", async () => {
    for (const act of [
      () => kubernetes.get("/api/v1/nodes/n"),
      () => kubernetes.patch("/api/v1/nodes/n", {}),
    ]) {
      replies = [{ status: 404 }, ...Array.from({ length: 99 }, () => noUpstream)];
      await errorOf(kubernetes.get("/api/v1/nodes/other"));
      slept = [];
      await errorOf(act());
      assert.deepEqual(slept.slice(0, 6), [400, 800, 1600, 3200, 6400, 10_000]);
      assert.ok(clock.now() > 110_000 && clock.now() <= 120_000, `${clock.now()}`);
    }
  });

  it("waits no longer than who asks has time for", async () => {
    replies = [{ status: 200 }, ...Array.from({ length: 99 }, () => noUpstream)];
    await kubernetes.get("/api/v1/nodes/n");
    await errorOf(kubernetes.get("/api/v1/nodes/n", 2000));
    assert.deepEqual(slept, [400, 800]);
  });

  it("does not ask again what was refused", async () => {
    replies = [{ status: 403, json: { message: "nodes is forbidden" } }];
    const error = await errorOf(kubernetes.get("/api/v1/nodes"));
    assert.match(error.fix, /permission/);
    assert.equal(asked.length, 1);
  });

  it("patches as merge patch, and takes a deletion of what is not there for done", async () => {
    replies = [{ status: 200 }, { status: 404 }];
    await kubernetes.patch("/api/v1/nodes/n", { spec: { unschedulable: null } });
    await kubernetes.delete("/api/v1/nodes/n");
    assert.deepEqual(
      [asked[0]?.contentType, asked[0]?.body],
      ["application/merge-patch+json", '{"spec":{"unschedulable":null}}'],
    );
  });

  it("evicts exactly the pod that is meant, and gives the answer as it is", async () => {
    const details = {
      causes: [{ reason: "DisruptionBudget", message: "web needs 2" }],
      retryAfterSeconds: 10,
    };
    replies = [{ status: 429, json: { message: "Cannot evict", details } }, { status: 201 }];
    const pod = { namespace: "shop", name: "web-1", uid: "u-1" };
    assert.deepEqual(await kubernetes.evict(pod, 1000), { status: 429, message: "Cannot evict", ...details });
    assert.equal((await kubernetes.evict(pod, 1000)).status, 201);
    assert.equal(asked[0]?.url, "/api/v1/namespaces/shop/pods/web-1/eviction");
    assert.deepEqual((JSON.parse(asked[0].body) as { deleteOptions: unknown }).deleteOptions, {
      preconditions: { uid: "u-1" },
    });
  });

  it("waits for the answer to an eviction no longer than it is told", async () => {
    replies = ["hang"];
    const answered = await kubernetes.evict({ namespace: "shop", name: "web-1", uid: "u" }, 50);
    assert.equal(answered.status, 0);
  });

  it("says of a watch whose refusal breaks off what it asked", async () => {
    replies = [{ status: 410, json: "{", headers: { "Content-Length": "9", Connection: "close" } }];
    const events = kubernetes.watch("/api/v1/pods", { resourceVersion: "1", signal: controller.signal });
    await assert.rejects(events.next(), {
      name: "KubernetesError",
      status: 0,
      message: /^GET \/api\/v1\/pods/,
    });
  });

  it("ends a read when it is aborted, with the signal's reason", async () => {
    replies = ["hang"];
    whileHanging = () => {
      controller.abort(new Error("enough"));
    };
    await assert.rejects(kubernetes.get("/api/v1/nodes/n"), /enough/);
    await assert.rejects(kubernetes.get("/api/v1/nodes/n"), /enough/);
    assert.equal(asked.length, 1);
  });

  it("finishes a write that has begun", async () => {
    replies = [{ status: 200, json: { metadata: { name: "n" } } }];
    const writing = kubernetes.patch("/api/v1/nodes/n", {});
    controller.abort(new Error("enough"));
    assert.equal((await writing).metadata.name, "n");
  });

  describe("with an exec plugin for its token", () => {
    // The plugin says what lies in a file, after it has noted that it ran, or fails without one.
    const PLUGIN = `
      const { appendFileSync, readFileSync } = require("node:fs");
      const [folder] = process.argv.slice(1);
      appendFileSync(folder + "/runs", "x");
      setTimeout(() => process.stdout.write(readFileSync(folder + "/answer", "utf8")), 100);
    `;
    const credential = (expirationTimestamp: string) =>
      JSON.stringify({ status: { token: "of-plugin", expirationTimestamp } });
    let folder: string;
    let withPlugin: Kubernetes;

    beforeEach(() => {
      folder = temporaryFolder();
      const kubeConfig = new KubeConfig();
      const cluster = { name: "c", server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
      const exec = { command: process.execPath, args: ["-e", PLUGIN, "--", folder] };
      kubeConfig.loadFromClusterAndUser({ ...cluster, skipTLSVerify: true }, { name: "u", exec });
      withPlugin = connectKubernetes(kubeConfig, { clock, signal: controller.signal });
    });
    afterEach(() => {
      rmSync(folder, { recursive: true });
    });
    const runs = () => readFileSync(join(folder, "runs"), "utf8").length;

    it("reads again when the plugin fails once", async () => {
      whileWaiting = () => {
        writeFileSync(join(folder, "answer"), credential("2000-01-01T00:00:00Z"));
      };
      replies = [{ status: 200, json: { metadata: { name: "n" } } }];
      assert.equal((await withPlugin.get("/api/v1/nodes/n")).metadata.name, "n");
      assert.deepEqual([runs(), asked.length], [2, 1]);
    });

    it("answers an eviction as if there had been no answer when the plugin fails, and never throws", async () => {
      const answered = await withPlugin.evict({ namespace: "shop", name: "web-1", uid: "u" }, 5000);
      assert.equal(answered.status, 0);
      assert.match(answered.message, /^no credentials of the kubeconfig: .*ENOENT/s);
      assert.equal(asked.length, 0);
    });

    it("waits for the plugin no longer than for an answer", async () => {
      writeFileSync(join(folder, "answer"), credential("2000-01-01T00:00:00Z"));
      const answered = await withPlugin.evict({ namespace: "shop", name: "web-1", uid: "u" }, 10);
      assert.deepEqual([answered.status, asked.length], [0, 0]);
    });

    it("runs the plugin once for requests that wait for a token at the same time", async () => {
      writeFileSync(join(folder, "answer"), credential("2000-01-01T00:00:00Z"));
      replies = Array.from({ length: 5 }, () => ({ status: 200, json: { metadata: { name: "n" } } }));
      await Promise.all(replies.map(() => withPlugin.get("/api/v1/nodes/n")));
      assert.deepEqual([runs(), asked.length], [1, 5]);
    });
  });
});
