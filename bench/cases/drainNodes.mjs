// Run in a process of its own: drains the nodes that are named on the command line by what `podnet rotate` drains them
// with, ten at once or as many as are told. There is no AWS: an instance that is terminated takes its Node along.
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../dist/automation/clock.js";
import { connectKubernetes } from "../../dist/automation/kubernetes.js";
import { whileWatching } from "../../dist/automation/rotation/clusterWatch.js";
import { drainOf } from "../../dist/automation/rotation/drain.js";
import { acquireLease } from "../../dist/automation/rotation/lease.js";
import { addSoftTaint } from "../../dist/automation/rotation/nodeMarks.js";
import { NO_RESTARTS } from "../../dist/automation/rotation/singleReplicas.js";
import { undoStack } from "../../dist/automation/rotation/undoStack.js";
import { volumeAttachmentsIn } from "../../dist/automation/rotation/volumeAttachments.js";

const [kubeconfig, atOnce, ...names] = process.argv.slice(2);
const kubeConfig = new KubeConfig();
kubeConfig.loadFromFile(kubeconfig);
const clock = systemClock;
const { signal } = new AbortController();
const kubernetes = connectKubernetes(kubeConfig, { clock, signal });

const GATHERED_MS = 50;
const TAINTED_AT_ONCE = 10;
const nodesByInstance = new Map();
const leaving = new Set();
const autoScaling = {
  send: async ({ input: { InstanceId, InstanceIds = [] } }) => {
    if (InstanceId === undefined)
      return {
        AutoScalingInstances: InstanceIds.map((id) => ({
          InstanceId: id,
          LifecycleState: leaving.has(id) ? "Terminating" : "InService",
        })),
      };
    leaving.add(InstanceId);
    await kubernetes.delete(`/api/v1/nodes/${nodesByInstance.get(InstanceId)}`);
    return {};
  },
};
const ec2 = { send: () => Promise.resolve({}) };

const emit = () => undefined;
const tools = { kubernetes, clock, signal, emit, autoScaling, ec2 };
const loadBalancers = {
  targetGroups: () => Promise.resolve([]),
  ofItsGroup: () => Promise.resolve(new Set()),
};
const blocked = await whileWatching(tools, async (watch) => {
  const lease = await acquireLease(kubernetes, { holder: "bench", clock, signal, emit });
  const ended = await drainAll(watch, lease);
  await lease.release();
  return ended.filter(({ stage }) => stage === "blocked");
});
for (const { name, because } of blocked) console.error(`${name}: ${because.join("; ")}`);
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
console.log(
  JSON.stringify({ peakMegabytes: maxRSS / 1024, cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000 }),
);
process.exit(blocked.length > 0 ? 1 : 0);

async function drainAll(watch, lease) {
  const options = {
    force: false,
    deleteEmptyDirData: true,
    restartSingleReplicas: false,
    removeLeakedEnis: false,
    runId: "bench",
    podTimeoutMs: 1_800_000,
    nodeTimeoutMs: 600_000,
    onUnschedulable: () => Promise.resolve(undefined),
  };
  const drain = drainOf({
    tools: { ...tools, lease },
    watch,
    lease,
    undo: undoStack(),
    loadBalancers,
    attachments: volumeAttachmentsIn(tools),
    restarts: NO_RESTARTS,
    options,
  });
  for (let from = 0; from < names.length; from += TAINTED_AT_ONCE) {
    await Promise.all(
      names.slice(from, from + TAINTED_AT_ONCE).map((name) => addSoftTaint(kubernetes, name)),
    );
  }
  const changes = watch.changes();
  const left = [...names];
  const ended = [];
  while (left.length > 0 || drain.nodes().length > 0) {
    for (const name of left.splice(0, Number(atOnce) - drain.nodes().length)) {
      const node = { ...watch.node(name), enis: [] };
      nodesByInstance.set(node.instanceId, name);
      await drain.begin({ node, pods: watch.podsOn(name), reasons: [] });
    }
    ended.push(...(await drain.turn()));
    // As rotation does: what changes together is looked at together.
    await changes.next(1_000, GATHERED_MS);
  }
  await drain.finished();
  return ended;
}
