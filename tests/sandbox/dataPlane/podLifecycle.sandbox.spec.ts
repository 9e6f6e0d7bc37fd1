import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import {
  ApiException,
  AppsV1Api,
  BatchV1Api,
  CoreV1Api,
  KubeConfig,
  PolicyV1Api,
  setHeaderOptions,
  PatchStrategy,
  type V1Pod,
} from "@kubernetes/client-node";
import { controlPlaneFixture } from "../../support/sandbox";

const namespace = "default";

describe("pods on the sandbox's kubelets", function () {
  this.timeout(180_000);
  const { controlPlane } = controlPlaneFixture();
  let core: CoreV1Api;
  let kubeConfig: KubeConfig;

  before(async () => {
    kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(controlPlane().kubeconfig);
    core = kubeConfig.makeApiClient(CoreV1Api);
    await core.createNode({
      body: {
        metadata: { name: "node", annotations: { "sandbox/cni": "ok" } },
        status: {
          addresses: [{ type: "InternalIP", address: "10.8.0.4" }],
          capacity: { cpu: "2", memory: "8Gi", pods: "29" },
          allocatable: { cpu: "2", memory: "7Gi", pods: "29" },
        },
      },
    });
    await until("the node can be used", async () => {
      const { spec, status } = await core.readNode({ name: "node" });
      const isReady = status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
      return isReady === true && spec?.taints === undefined;
    });
  });

  async function makePod(
    name: string,
    { annotations, finalizers }: { annotations?: Record<string, string>; finalizers?: string[] } = {},
    terminationGracePeriodSeconds = 30,
  ): Promise<void> {
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: {
          name,
          ...(annotations === undefined ? {} : { annotations }),
          ...(finalizers === undefined ? {} : { finalizers }),
        },
        spec: {
          nodeName: "node",
          hostNetwork: true,
          terminationGracePeriodSeconds,
          initContainers: [{ name: "init", image: "init" }],
          containers: [{ name: "main", image: "web" }],
        },
      },
    });
    await until(`${name} runs`, async () => (await readPod(name))?.status?.phase === "Running");
  }

  async function readPod(name: string): Promise<V1Pod | undefined> {
    const { items } = await core.listNamespacedPod({ namespace, fieldSelector: `metadata.name=${name}` });
    return items[0];
  }

  it("start at once on the host's network, with the node's address", async () => {
    await makePod("host");
    const { status } = (await readPod("host")) ?? {};
    assert.equal(status?.podIP, "10.8.0.4");
    assert.deepEqual(
      status.podIPs?.map(({ ip }) => ip),
      ["10.8.0.4"],
    );
    assert.equal(isReady(await readPod("host")), true);
    assert.equal(status.containerStatuses?.[0]?.ready, true);
    assert.equal(status.initContainerStatuses?.[0]?.state?.terminated?.reason, "Completed");
  });

  it("run at once and become Ready as late as sandbox/ready-after says", async () => {
    await makePod("slow", { annotations: { "sandbox/ready-after": "2s" } });
    await until("Ready", async () => isReady(await readPod("slow")));
    const { containerStatuses: [container] = [], conditions = [] } = (await readPod("slow"))?.status ?? {};
    assert.equal(container?.ready, true);
    // As the pod itself tells, however late anybody looks.
    const ranAt = container.state?.running?.startedAt?.getTime() ?? NaN;
    const readyAt = conditions.find(({ type }) => type === "Ready")?.lastTransitionTime?.getTime() ?? NaN;
    assert.ok(readyAt - ranAt >= 2_000, `${readyAt - ranAt} ms`);
  });

  it("are Ready again where the node lifecycle controller has said that they are not", async () => {
    await makePod("overwritten");
    await core.patchNamespacedPodStatus(
      {
        name: "overwritten",
        namespace,
        body: { status: { conditions: [{ type: "Ready", status: "False" }] } },
      },
      setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
    );
    await until("Ready", async () => isReady(await readPod("overwritten")));
  });

  it("are gone within a second or so of being deleted, however long their grace period", async () => {
    await makePod("quick", {}, 3600);
    await core.deleteNamespacedPod({ name: "quick", namespace });
    await until("gone", async () => (await readPod("quick")) === undefined);
  });

  it("that don't stop by themselves are there until their grace period ends, and not longer", async () => {
    await makePod("stubborn", { annotations: { "sandbox/stop-after": "3600s" } }, 3);
    await core.deleteNamespacedPod({ name: "stubborn", namespace });
    const deletionTimestamp = (await readPod("stubborn"))?.metadata?.deletionTimestamp;
    assert.ok(deletionTimestamp !== undefined);
    await until("gone", async () => (await readPod("stubborn")) === undefined);
    assert.ok(Date.now() >= deletionTimestamp.getTime());
  });

  it("stop but stay while a finalizer holds them", async () => {
    await makePod("held", { finalizers: ["example.com/held"] });
    await core.deleteNamespacedPod({ name: "held", namespace });
    await until("stopped", async () => (await readPod("held"))?.status?.phase === "Succeeded");
    assert.deepEqual((await readPod("held"))?.metadata?.finalizers, ["example.com/held"]);
    await core.patchNamespacedPod(
      { name: "held", namespace, body: { metadata: { finalizers: null } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await until("gone", async () => (await readPod("held")) === undefined);
  });

  it("end once, and never who has their name by then", async function () {
    this.timeout(400_000);
    const labels = { app: "named" };
    await kubeConfig.makeApiClient(AppsV1Api).createNamespacedStatefulSet({
      namespace,
      body: {
        metadata: { name: "named" },
        spec: {
          serviceName: "named",
          selector: { matchLabels: labels },
          template: {
            // With it, who is ended by mistake stays to be seen.
            metadata: { labels, finalizers: ["example.com/held"] },
            spec: { hostNetwork: true, containers: [{ name: "main", image: "web" }] },
          },
        },
      },
    });
    const ended = new Set<string | undefined>();
    const next = async () => {
      let pod: V1Pod | undefined;
      await until(`one that is not among the ${ended.size} that have ended is Ready`, async () => {
        pod = await readPod("named-0");
        return isReady(pod) && !ended.has(pod?.metadata?.uid);
      });
      assert.equal(pod?.metadata?.deletionTimestamp, undefined);
      return pod;
    };
    for (let round = 0; round < 10; round++) {
      ended.add((await next())?.metadata?.uid);
      await core.deleteNamespacedPod({ name: "named-0", namespace });
      await until("stopped", async () => (await readPod("named-0"))?.status?.phase === "Succeeded");
      await core.patchNamespacedPod(
        { name: "named-0", namespace, body: { metadata: { finalizers: null } } },
        setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
      );
    }
    await next();
  });

  it("of a Job succeed", async () => {
    const batch = kubeConfig.makeApiClient(BatchV1Api);
    await batch.createNamespacedJob({
      namespace,
      body: {
        metadata: { name: "job" },
        spec: {
          template: {
            spec: {
              hostNetwork: true,
              restartPolicy: "Never",
              containers: [{ name: "main", image: "job" }],
            },
          },
        },
      },
    });
    await until("complete", async () => {
      const { status } = await batch.readNamespacedJob({ name: "job", namespace });
      return (
        status?.conditions?.some(({ type, status }) => type === "Complete" && status === "True") === true
      );
    });
  });

  it("are not evicted against their disruption budget, until others are Ready in their place", async () => {
    const labels = { app: "web" };
    await kubeConfig.makeApiClient(AppsV1Api).createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: "web" },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels, annotations: { "sandbox/ready-after": "2s" } },
            spec: { hostNetwork: true, containers: [{ name: "main", image: "web" }] },
          },
        },
      },
    });
    await kubeConfig.makeApiClient(PolicyV1Api).createNamespacedPodDisruptionBudget({
      namespace,
      body: {
        metadata: { name: "web" },
        spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
      },
    });
    const budgetAllows = async (count: number) => {
      const { status } = await kubeConfig
        .makeApiClient(PolicyV1Api)
        .readNamespacedPodDisruptionBudget({ name: "web", namespace });
      return status?.disruptionsAllowed === count && status.observedGeneration !== undefined;
    };
    await until("one may go", () => budgetAllows(1));
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=web" });
    const [first = "", second = ""] = items.map(({ metadata }) => metadata?.name ?? "");
    await evict(first);
    await assert.rejects(evict(second), (error) => {
      assert.ok(error instanceof ApiException);
      assert.equal(error.code, 429);
      assert.match(String(error.body), /DisruptionBudget/);
      return true;
    });
    await until("one more may go", () => budgetAllows(1));
    await evict(second);
  });

  function evict(name: string): Promise<unknown> {
    return core.createNamespacedPodEviction({ name, namespace, body: { metadata: { name, namespace } } });
  }
});

function isReady(pod: V1Pod | undefined): boolean {
  return pod?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not so within 60 s: ${what}`);
    await delay(50);
  }
}
