import assert from "node:assert/strict";
import { awaitAwsNode, AwsNodeError, type AwsNodeProgress } from "../../automation/awsNodeRollout";
import type { Clock } from "../../automation/clock";
import type { Kubernetes } from "../../automation/kubernetes";

const MEANT = [
  { name: "WARM_ENI_TARGET", value: "1" },
  { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "true" },
  { name: "ENI_CONFIG_LABEL_DEF", value: "topology.kubernetes.io/zone" },
];

/** The DaemonSet aws-node of a cluster of six nodes. */
function daemonSet({ updated = 6, available = 6, env = MEANT, generation = 2, observed = 2 } = {}) {
  return {
    metadata: { name: "aws-node", generation },
    spec: { template: { spec: { containers: [{ name: "aws-eks-nodeagent" }, { name: "aws-node", env }] } } },
    status: {
      observedGeneration: observed,
      desiredNumberScheduled: 6,
      updatedNumberScheduled: updated,
      numberAvailable: available,
    },
  };
}

/** Waits while the DaemonSet goes through states, the last of which lasts. */
async function wait(...states: ReturnType<typeof daemonSet>[]) {
  let now = 0;
  let looks = 0;
  const seen: AwsNodeProgress[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
  const get = (path: string) => {
    assert.equal(path, "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node");
    return Promise.resolve(states[Math.min(looks++, states.length - 1)]);
  };
  const outcome = await awaitAwsNode({
    kubernetes: { get: get as unknown as Kubernetes["get"] },
    clock,
    onProgress: (progress) => seen.push(progress),
    signal: new AbortController().signal,
    timeoutSeconds: 60,
  }).catch((error: unknown) => error);
  return { outcome, seen, now };
}

describe("awaitAwsNode", () => {
  it("waits until every node has an available pod with the settings of today", async () => {
    const { outcome, seen } = await wait(
      daemonSet({ updated: 0, observed: 1 }),
      daemonSet({ updated: 2, available: 5 }),
      daemonSet({ updated: 2, available: 5 }),
      daemonSet({ updated: 6, available: 5 }),
      daemonSet(),
    );
    assert.deepEqual(outcome, { nodes: 6, updated: 6, available: 6 });
    assert.deepEqual(
      seen.map(({ updated, available }) => [updated, available]),
      [
        [0, 6],
        [2, 5],
        [6, 5],
      ],
    );
  });

  it("does not take the numbers of the settings before for those of today", async () => {
    const { now } = await wait(daemonSet({ observed: 1 }), daemonSet());
    assert.equal(now, 1000);
  });

  it("says which settings the DaemonSet never got", async () => {
    const { outcome, now } = await wait(
      daemonSet({ env: [{ name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", value: "false" }] }),
    );
    assert.ok(outcome instanceof AwsNodeError);
    assert.equal(
      outcome.message,
      "aws-node has not AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true, ENI_CONFIG_LABEL_DEF=topology.kubernetes.io/zone, 60 s after the add-on was given it",
    );
    assert.match(outcome.fix, /--show-managed-fields/);
    assert.equal(now, 60_000);
  });

  it("says how far it came when pods don't follow", async () => {
    const { outcome } = await wait(daemonSet({ updated: 4, available: 3 }));
    assert.ok(outcome instanceof AwsNodeError);
    assert.equal(
      outcome.message,
      "of 6 nodes, 4 have aws-node with its settings of today and 3 an available one, after 60 s",
    );
  });
});
