import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CoreV1Api, KubeConfig, PolicyV1Api } from "@kubernetes/client-node";
import {
  controlPlaneHealth,
  releaseControlPlane,
  startControlPlane,
} from "../../../sandbox/controlPlane/controlPlane";
import { ensurePrograms } from "../../../sandbox/controlPlane/programs";
import { ownProcesses, stopProcesses } from "../../../sandbox/processes";
import { listenersOf } from "../../support/listeners";
import { controlPlaneFixture, noProgress } from "../../support/sandbox";
import { temporaryFolder } from "../../support/temporaryFolder";

const kwokConfig = join(__dirname, "..", "..", "..", "sandbox", "dataPlane", "kwok.yaml");

describe("a control plane", function () {
  this.timeout(300_000);
  const { controlPlane, folder } = controlPlaneFixture();

  const kubeConfig = () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane().kubeconfig);
    return config;
  };

  it("is Ready when each of its five components answers itself", async () => {
    assert.deepEqual(
      (await controlPlaneHealth(folder())).map(({ name, problem }) => [name, problem]),
      [
        ["etcd", undefined],
        ["kube-apiserver", undefined],
        ["kube-controller-manager", undefined],
        ["kube-scheduler", undefined],
        ["kwok", undefined],
      ],
    );
  });

  it("listens on 127.0.0.1 and nowhere else", () => {
    for (const { name, pid } of ownProcesses(folder())) {
      const listeners = listenersOf([pid]);
      assert.ok(listeners.length > 0, name);
      for (const address of listeners) assert.match(address, /^127\.0\.0\.1:\d+$/, name);
    }
  });

  it("keeps what etcd holds to its user", () => {
    const text = readFileSync(join(folder(), "ports.json"), "utf8");
    const { etcdHealth } = JSON.parse(text) as { etcdHealth: number };
    const etcd = ownProcesses(folder()).find(({ name }) => name === "etcd");
    assert.ok(etcd);
    // Its health is all that it tells on a port.
    assert.deepEqual(listenersOf([etcd.pid]), [`127.0.0.1:${etcdHealth}`]);
  });

  it("makes pods' service accounts and their tokens, and allows them only what RBAC does", async () => {
    const core = kubeConfig().makeApiClient(CoreV1Api);
    await core.createNamespacedServiceAccount({
      namespace: "default",
      body: { metadata: { name: "nobody" } },
    });
    const { status } = await core.createNamespacedServiceAccountToken({
      namespace: "default",
      name: "nobody",
      body: { spec: { audiences: [], expirationSeconds: 3600 } },
    });
    const config = kubeConfig();
    const nobody = new KubeConfig();
    nobody.loadFromClusterAndUser(config.getCurrentCluster() ?? assert.fail("no cluster"), {
      name: "nobody",
      token: status?.token ?? assert.fail("no token"),
    });
    await assert.rejects(
      nobody.makeApiClient(CoreV1Api).listNode(),
      (error: { code: number; body: string }) => {
        assert.equal(error.code, 403);
        assert.match(
          error.body,
          /User \\"system:serviceaccount:default:nobody\\" cannot list resource \\"nodes\\"/,
        );
        return true;
      },
    );
    assert.deepEqual((await core.listNode()).items, []);
  });

  it("refuses whoever has no certificate of its own authority", async () => {
    const config = kubeConfig();
    const stranger = new KubeConfig();
    stranger.loadFromClusterAndUser(config.getCurrentCluster() ?? assert.fail("no cluster"), {
      name: "stranger",
    });
    await assert.rejects(stranger.makeApiClient(CoreV1Api).listNode(), { code: 403 });
  });

  it("gives services addresses of 172.20.0.0/16, as EKS does", async () => {
    const core = kubeConfig().makeApiClient(CoreV1Api);
    const { spec } = await core.readNamespacedService({ namespace: "default", name: "kubernetes" });
    assert.equal(spec?.clusterIP, "172.20.0.1");
  });

  it("makes pods at once, and its PodDisruptionBudgets have a status", async () => {
    const core = kubeConfig().makeApiClient(CoreV1Api);
    const policy = kubeConfig().makeApiClient(PolicyV1Api);
    const metadata = { name: "web", labels: { app: "web" } };
    await core.createNamespacedPod({
      namespace: "default",
      body: { metadata, spec: { containers: [{ name: "web", image: "web" }] } },
    });
    await policy.createNamespacedPodDisruptionBudget({
      namespace: "default",
      body: { metadata, spec: { minAvailable: 1, selector: { matchLabels: metadata.labels } } },
    });
    for (;;) {
      const { status } = await policy.readNamespacedPodDisruptionBudget({
        namespace: "default",
        name: "web",
      });
      if (status?.expectedPods === 1) {
        assert.deepEqual([status.disruptionsAllowed, status.currentHealthy], [0, 0]);
        return;
      }
    }
  });

  it("has a kubeconfig file that kubectl can use as it is", async () => {
    const { kubectl } = await ensurePrograms({ progress: noProgress });
    const env = { KUBECACHEDIR: join(folder(), "kubecache") };
    const args = ["--kubeconfig", controlPlane().kubeconfig, "get", "namespaces", "-o", "name"];
    assert.match(execFileSync(kubectl, args, { env, encoding: "utf8" }), /^namespace\/kube-system$/m);
  });

  it("is not well once its scheduler is dead, though the API server answers", async () => {
    const scheduler = ownProcesses(folder()).find(({ name }) => name === "kube-scheduler");
    process.kill(scheduler?.pid ?? assert.fail("no scheduler"), "SIGKILL");
    const problems = async () =>
      (await controlPlaneHealth(folder())).flatMap(({ name, problem }) =>
        problem ? [`${name} ${problem}`] : [],
      );
    // It stops to answer a moment before the system has ended it.
    while ((await problems()).join() !== "kube-scheduler ended") await new Promise(setImmediate);
  });
});

describe("control planes", function () {
  this.timeout(300_000);
  let parent: string;
  let folders: string[];
  beforeEach(() => {
    parent = temporaryFolder();
    folders = ["a", "b"].map((name) => join(parent, name));
    for (const folder of folders) mkdirSync(folder);
  });
  afterEach(async () => {
    for (const folder of folders) {
      await stopProcesses(folder);
      releaseControlPlane(folder);
    }
    rmSync(parent, { recursive: true });
  });

  const start = async (folder: string, config = kwokConfig) =>
    await startControlPlane(folder, {
      programs: await ensurePrograms({ progress: noProgress }),
      kwokConfig: config,
      clusterName: "small",
      progress: noProgress,
    });

  it("that start at the same time are two: neither sees the other's objects", async () => {
    const [a, b] = await Promise.all(folders.map((folder) => start(folder)));
    assert.ok(a && b);
    const coreOf = ({ kubeconfig }: { kubeconfig: string }) => {
      const config = new KubeConfig();
      config.loadFromFile(kubeconfig);
      return config.makeApiClient(CoreV1Api);
    };
    await coreOf(a).createNamespace({ body: { metadata: { name: "only-in-a" } } });
    const names = async (core: CoreV1Api) =>
      (await core.listNamespace()).items.map((item) => item.metadata?.name);
    assert.equal((await names(coreOf(a))).includes("only-in-a"), true);
    assert.equal((await names(coreOf(b))).includes("only-in-a"), false);
    for (const folder of folders) {
      assert.deepEqual(
        (await controlPlaneHealth(folder)).flatMap(({ problem }) => problem ?? []),
        [],
      );
    }
  });

  it("with a component that can't start are not Ready, and say which and why", async () => {
    const wrong = join(parent, "kwok.yaml");
    writeFileSync(wrong, "apiVersion: config.kwok.x-k8s.io/v1alpha1\nkind: KwokConfiguration\noptions: 7\n");
    const [folder = ""] = folders;
    await assert.rejects(start(folder, wrong), (error: Error) => {
      assert.match(error.message, /^kwok ended \(exit 1\); its last lines:\n {2}kwok: /);
      return true;
    });
  });
});
