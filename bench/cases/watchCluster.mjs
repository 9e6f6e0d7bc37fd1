// Run in a process of its own: watches the cluster of an API server as `podnet rotate` does, until as many changes were
// seen as are told, and says what memory that took at most.
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../dist/automation/clock.js";
import { connectKubernetes } from "../../dist/automation/kubernetes.js";
import { whileWatching } from "../../dist/automation/rotation/clusterWatch.js";

const [server, lastPod] = process.argv.slice(2);
const kubeConfig = new KubeConfig();
kubeConfig.loadFromClusterAndUser({ name: "bench", server, skipTLSVerify: true }, { name: "bench" });
const clock = systemClock;
const { signal } = new AbortController();
const kubernetes = connectKubernetes(kubeConfig, { clock, signal });
const megabytes = () => process.resourceUsage().maxRSS / 1024;
const figures = await whileWatching({ kubernetes, clock, signal }, async (watch) => {
  const listed = megabytes();
  const changes = watch.changes();
  const isLastSeen = () => watch.podsOn("node-0").some(({ name, isReady }) => name === lastPod && !isReady);
  while (!isLastSeen()) await changes.next(1_000);
  return { nodes: watch.nodes().length, pods: watch.pods().length, listed, peakMegabytes: megabytes() };
});
console.log(JSON.stringify(figures));
process.exit(0);
