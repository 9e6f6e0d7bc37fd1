import assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../../automation/clock";
import { connectKubernetes, type ApiObject, type Kubernetes } from "../../../automation/kubernetes";
import { mirror, type Mirror } from "../../../automation/kubernetesMirror";
import type { DrainingNode } from "../../../automation/rotation/drainingNode";
import type { RotationHappening } from "../../../automation/rotation/events";
import { restartControlPlane } from "../../support/restartControlPlane";
import { controlPlaneFixture } from "../../support/sandbox";
import { deletePodAtOnce, drainNode, makeBudget, makeDeployment, makeNode, podsOf } from "./bareCluster";
import { cuttableProxy, type CuttableProxy } from "./cuttableProxy";
import { startObserver, type ClusterObserver } from "./observer";
import { eventually } from "./podNetwork";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

describe("a real API server", function () {
  this.timeout(400_000);
  const { controlPlane, folder } = controlPlaneFixture();
  let kubernetes: Kubernetes;
  before(() => {
    kubernetes = connected(adminConfig());
  });

  const adminConfig = () => {
    const config = new KubeConfig();
    config.loadFromFile(controlPlane().kubeconfig);
    return config;
  };
  /** Puts pods of an app on a node; when they leave it there is another one for them. */
  const fill = async (index: number, app: string, pods: number) => {
    const names = [`node-${index}`, `node-${index + 1}`];
    await makeNode(kubernetes, names[0] ?? "", index);
    await makeDeployment(kubernetes, app, pods, onlyOn(names));
    await makeNode(kubernetes, names[1] ?? "", index + 1);
  };
  const connected = (config: KubeConfig) =>
    connectKubernetes(config, { clock: systemClock, signal: new AbortController().signal });
  /** The same credentials for a server elsewhere. */
  const configFor = (server: string, token?: string) => {
    const config = adminConfig();
    const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
    if (cluster === null || user === null) throw new Error("the kubeconfig names a cluster and a user");
    config.loadFromClusterAndUser(
      { ...cluster, server },
      token === undefined ? user : { name: "throttled", token },
    );
    return config;
  };

  describe("that is mirrored", () => {
    let proxy: CuttableProxy;
    let controller: AbortController;
    /** What the mirror asked for. */
    let asked: string[];
    let through: Kubernetes;
    beforeEach(async () => {
      proxy = await cuttableProxy(Number(new URL(controlPlane().server).port));
      [controller, asked] = [new AbortController(), []];
      const plain = connected(configFor(`https://127.0.0.1:${proxy.port}`));
      through = {
        ...plain,
        snapshot: (...given) => {
          asked.push("list");
          return plain.snapshot(...given);
        },
        watch: (...given) => {
          asked.push("watch");
          return plain.watch(...given);
        },
      };
    });
    afterEach(async () => {
      controller.abort(new Error("the test is over"));
      await proxy.close();
    });

    const mirrored = () =>
      mirror(
        { kubernetes: through, clock: systemClock, signal: controller.signal },
        {
          path: CONFIG_MAPS,
          slim: ({ metadata }: ApiObject) => metadata.name,
          selectors: { labelSelector: "part=mirror" },
        },
      );
    const make = (name: string) =>
      kubernetes.create(CONFIG_MAPS, { metadata: { name, labels: { part: "mirror" } } });
    const shows = (of: Mirror<string>, ...names: string[]) =>
      eventually(`${names.join(", ")} seen`, () =>
        Promise.resolve([...of.values()].sort().join() === names.join()),
      );

    it("shows after the connections broke what happened meanwhile, and lists nothing again", async () => {
      await make("a");
      const names = await mirrored();
      await make("b");
      await shows(names, "a", "b");
      proxy.cut();
      await make("c");
      await kubernetes.delete(`${CONFIG_MAPS}/a`);
      // Refused at least twice.
      const before = proxy.connections();
      await eventually("it tries again", () => Promise.resolve(proxy.connections() >= before + 2));
      proxy.mend();
      await shows(names, "b", "c");
      assert.deepEqual(
        asked.filter((what) => what === "list"),
        ["list"],
      );
      assert.ok(asked.length >= 4);
    });

    it("goes on when the API server is started again, and lists anew where that one knows too little", async () => {
      const names = await mirrored();
      await shows(names, "b", "c");
      await restartControlPlane(folder());
      await make("d");
      await shows(names, "b", "c", "d");
      // The new one keeps no event from before its own begin.
      const before = { ...through };
      let isFirst = true;
      through.watch = (path, from) => {
        const version = isFirst ? "1" : from.resourceVersion;
        isFirst = false;
        return before.watch(path, { ...from, resourceVersion: version });
      };
      asked.length = 0;
      const anew = await mirrored();
      await eventually("a second list", () => Promise.resolve(asked.join() === "list,watch,list,watch"));
      await kubernetes.delete(`${CONFIG_MAPS}/d`);
      await shows(anew, "b", "c");
      assert.equal(anew.lost.aborted, false);
    });
  });

  describe("under which nodes are drained", () => {
    let observer: ClusterObserver | undefined;
    afterEach(async () => {
      await observer?.close();
      observer = undefined;
    });

    it("refuses none of the evictions that its budgets would refuse: they are not asked for", async () => {
      await fill(1, "web", 6);
      await makeBudget(kubernetes, "web", { maxUnavailable: 1 });
      observer = await startObserver(controlPlane().kubeconfig, { maxUnavailable: 1 });
      const { ended, events } = await drainNode(kubernetes, "node-1");
      assertGone(ended, "node-1");
      assert.deepEqual([countOf(events, "evicted"), countOf(events, "evictionRefused")], [6, 0]);
      // It watches by itself, and may see the end later.
      const seen = observer;
      await eventually("the observer has seen the node go", () =>
        Promise.resolve(seen.report().nodesGone > 0),
      );
      const { broken, evicted, mostOut, nodesGone, interruptions } = observer.report();
      assert.deepEqual([broken, evicted, mostOut, nodesGone, interruptions], [[], 6, 1, 1, 0]);
    });

    it("may fail, know a pod no more, or give no answer: the others go, and this one in its turn", async () => {
      await fill(3, "api", 3);
      const [failing = "", gone = "", silent = ""] = await podsOf(kubernetes, "api", "node-3");
      const asked: string[] = [];
      const said = { status: 500, message: "etcdserver: request timed out" };
      const through: Kubernetes = {
        ...kubernetes,
        evict: async (pod, timeoutMs) => {
          const isFirst = !asked.includes(pod.name);
          asked.push(pod.name);
          if (isFirst && pod.name === failing) return said;
          if (isFirst && pod.name === gone) await deletePodAtOnce(kubernetes, pod.name);
          // Granted, and nobody heard.
          const answer = await kubernetes.evict(pod, timeoutMs);
          return isFirst && pod.name === silent ? { status: 0, message: "socket hang up" } : answer;
        },
      };
      const { ended, events } = await drainNode(through, "node-3");
      assertGone(ended, "node-3");
      const refused = events.flatMap((event) =>
        event.type === "evictionRefused" ? [[event.pod, event.because]] : [],
      );
      assert.deepEqual(
        refused.sort(),
        [
          [`default/${failing}`, said.message],
          [`default/${silent}`, "socket hang up"],
        ].sort(),
      );
      const times = (name: string) => asked.filter((one) => one === name).length;
      assert.deepEqual([times(failing), times(gone)], [2, 1]);
    });

    it("may be started again in the middle of it", async () => {
      await fill(5, "shop", 20);
      const restarted: Promise<void>[] = [];
      const { ended } = await drainNode(kubernetes, "node-5", ({ type }) => {
        if (type === "evicted" && restarted.length === 0) restarted.push(restartControlPlane(folder()));
      });
      await Promise.all(restarted);
      assertGone(ended, "node-5");
      await eventually(
        "all 20 pods are on the other node",
        async () => (await podsOf(kubernetes, "shop", "node-6")).length === 20,
      );
    });
  });

  describe("with priority and fairness, and little of it for us", () => {
    it("is asked for no more at once than it bears, and every pod goes", async () => {
      await fill(7, "many", 60);
      const throttled = connected(configFor(controlPlane().server, await throttledToken(kubernetes)));
      const { ended, events } = await drainNode(throttled, "node-7");
      assertGone(ended, "node-7");
      assert.equal(countOf(events, "evicted"), 60);
      const refused = events.flatMap((event) => (event.type === "evictionRefused" ? [event.because] : []));
      assert.deepEqual([...new Set(refused)], ["Too many requests, please try again later."]);
    });
  });
});

function assertGone(ended: readonly DrainingNode[], node: string): void {
  const [one] = ended;
  assert.deepEqual([one?.name, one?.stage], [node, "gone"], one?.because.join("; "));
}

function onlyOn(names: readonly string[]): object {
  const matchExpressions = [{ key: "name", operator: "In", values: names }];
  const required = { nodeSelectorTerms: [{ matchExpressions }] };
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

function countOf(events: readonly RotationHappening[], type: RotationHappening["type"]): number {
  return events.filter((event) => event.type === type).length;
}

const FLOW_CONTROL = "/apis/flowcontrol.apiserver.k8s.io/v1";

/** Makes a user who may do everything, and is given as few seats as there can be, without a queue. */
async function throttledToken(kubernetes: Kubernetes): Promise<string> {
  const name = "throttled";
  const subject = { kind: "ServiceAccount", name, namespace: "default" };
  const accounts = "/api/v1/namespaces/default/serviceaccounts";
  const make = (path: string, object: object) => kubernetes.create(path, { metadata: { name }, ...object });
  await make(accounts, {});
  await make("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [subject],
  });
  await make(`${FLOW_CONTROL}/prioritylevelconfigurations`, {
    spec: {
      type: "Limited",
      limited: {
        nominalConcurrencyShares: 1,
        borrowingLimitPercent: 0,
        limitResponse: { type: "Reject" },
      },
    },
  });
  await make(`${FLOW_CONTROL}/flowschemas`, {
    spec: {
      priorityLevelConfiguration: { name },
      matchingPrecedence: 3,
      rules: [
        {
          subjects: [{ kind: "ServiceAccount", serviceAccount: { name, namespace: "default" } }],
          resourceRules: [
            { verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"], clusterScope: true },
          ],
        },
      ],
    },
  });
  // The API server heeds a binding a moment after it was made.
  await eventually("it may do everything", async () => {
    const { status } = await kubernetes.create<
      ApiObject & { readonly status?: { readonly allowed: boolean } }
    >("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: {
        user: `system:serviceaccount:default:${name}`,
        resourceAttributes: { verb: "*", group: "*", resource: "*" },
      },
    } as object as ApiObject);
    return status?.allowed === true;
  });
  const token = await kubernetes.create<ApiObject & { readonly status?: { readonly token: string } }>(
    `${accounts}/${name}/token`,
    { spec: {} } as object as ApiObject,
  );
  return token.status?.token ?? "";
}
