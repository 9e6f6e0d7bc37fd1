import { fromEnv } from "../../planning/awsNode/env";
import { podsByNode, type Observation } from "../../planning/rotation/observation";
import type { Share } from "../../planning/rotation/verification";
import { ipamdDifferences, readIpamdEnis, type IpamdEni } from "../../planning/verification/ipamd";
import { containerOf, envOf, getAwsNode } from "../awsNodeDaemonSet";
import type { Kubernetes } from "../kubernetes";
import type { ObserverOutside } from "../rotation/outside";
import type { ApiPod } from "../rotation/slim";
import { askForwarded } from "./portForward";
import type { VerificationEvent } from "./verificationEvent";

/** What ipamd of each node has, held against EC2 and the API server. */
export interface Introspection {
  /** Nodes whose ipamd has what the others have. */
  readonly nodes: Share;
  readonly differences: readonly { readonly node: string; readonly what: string }[];
  /** Nodes whose ipamd could not be asked, and why. */
  readonly unread: readonly { readonly node: string; readonly because: string }[];
}

/** What ipamd is asked with. */
export interface IntrospectionOutside extends Pick<ObserverOutside, "kubeConfig" | "clock" | "signal"> {
  readonly kubernetes: Kubernetes;
  /** The cluster as it is whenever this is called. */
  readonly observe: () => Promise<Observation>;
  readonly onEvent: (event: VerificationEvent) => void;
}

/** Nodes that are asked at once: each costs the API server a connection to its kubelet. */
const AT_ONCE = 8;
/**
 * EC2, the API server and ipamd are asked one after the other while pods come and go; what is a difference is there the
 * next times as well. ipamd itself reconciles with EC2 once a minute, and cools addresses for 30 s.
 */
const ROUNDS = 3;
const PAUSE_MS = 3_000;

/**
 * Asks ipamd of every node what it has (`/v1/enis`), and holds it against EC2 and the API server. It listens on localhost of
 * its node alone, so it is asked by way of a port-forward to aws-node's pod.
 *
 * Needs, in Kubernetes, list on pods, get on daemonsets of kube-system, create and get on pods/portforward there.
 *
 * @throws KubernetesError; what AWS answers; the signal's reason.
 */
export async function introspect(outside: IntrospectionOutside): Promise<Introspection> {
  const { kubernetes, clock, signal, observe, onEvent } = outside;
  const place = introspectionPort(envOf(containerOf(await getAwsNode(kubernetes), "aws-node")));
  const first = await observe();
  const workers = first.nodes.filter(({ owner }) => owner.kind !== "fargate");
  if (typeof place === "string") {
    return {
      nodes: { right: 0, of: workers.length },
      differences: [],
      unread: workers.map(({ name }) => ({ node: name, because: place })),
    };
  }
  const port = place;
  const unread = new Map<string, string>();
  const differing = new Map<string, readonly string[]>();
  let left = workers.map(({ name }) => name);
  for (let round = 1; round <= ROUNDS && left.length > 0; round++) {
    if (round > 1) await clock.sleep(PAUSE_MS, signal);
    const answers = await askAll(left);
    const now = await observe();
    const nodes = new Map(now.nodes.map((node) => [node.name, node]));
    const byNode = podsByNode(now.pods);
    for (const [name, answer] of answers) {
      const node = nodes.get(name);
      const before = differing.get(name);
      unread.delete(name);
      differing.delete(name);
      // It has gone meanwhile.
      if (node === undefined) continue;
      if (typeof answer === "string") {
        unread.set(name, answer);
        continue;
      }
      const found = ipamdDifferences(node, byNode.get(name) ?? [], answer);
      const lasting = found.filter((what) => before?.includes(what) ?? true);
      if (lasting.length > 0) differing.set(name, lasting);
    }
    left = [...unread.keys(), ...differing.keys()];
  }
  return {
    nodes: { right: workers.length - left.length, of: workers.length },
    differences: [...differing].flatMap(([node, found]) => found.map((what) => ({ node, what }))),
    unread: [...unread].map(([node, because]) => ({ node, because })),
  };

  /** What ipamd of each of these nodes has, or why that can't be told. */
  async function askAll(names: readonly string[]): Promise<Map<string, IpamdEni[] | string>> {
    const awsNodes = await awsNodePods(kubernetes);
    const answers = new Map<string, IpamdEni[] | string>();
    const waiting = [...names];
    const askInTurn = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        signal.throwIfAborted();
        answers.set(name, await ask(awsNodes.get(name)));
        onEvent({ type: "ipamdAsked", nodes: answers.size, of: names.length });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askInTurn));
    return answers;
  }

  /** @param pod of aws-node. */
  async function ask(pod: string | undefined): Promise<IpamdEni[] | string> {
    if (pod === undefined) return "no pod of aws-node runs there";
    try {
      const request = { namespace: "kube-system", pod, port, path: "/v1/enis" };
      const answer = await askForwarded(outside.kubeConfig, request, signal);
      const enis = readIpamdEnis(JSON.parse(answer));
      return enis ?? "its CNI is older than 1.11.0, or answers in a form that is not known here";
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** ipamd's default (INTROSPECTION_BIND_ADDRESS). */
const DEFAULT_PORT = 61_679;

/** The port where ipamd answers, or why there is none. */
function introspectionPort(env: Readonly<Record<string, string>>): number | string {
  const { disableIntrospection = false, introspectionBindAddress: address = "" } = fromEnv(env).settings;
  if (disableIntrospection) return "introspection is off (DISABLE_INTROSPECTION=true of aws-node)";
  if (address === "") return DEFAULT_PORT;
  const [, port] = /:(\d+)$/.exec(address) ?? [];
  return port === undefined
    ? `introspection is on no port of TCP (INTROSPECTION_BIND_ADDRESS=${address} of aws-node)`
    : Number(port);
}

/** The running pod of aws-node on each node. */
async function awsNodePods(kubernetes: Kubernetes): Promise<ReadonlyMap<string, string>> {
  const found = await kubernetes.list(
    "/api/v1/namespaces/kube-system/pods",
    ({ metadata, spec, status }: ApiPod) => ({
      pod: metadata.name,
      node: spec?.nodeName ?? "",
      isRunning: status?.phase === "Running" && metadata.deletionTimestamp === undefined,
    }),
    { labelSelector: "k8s-app=aws-node" },
  );
  return new Map(found.filter(({ isRunning }) => isRunning).map(({ node, pod }) => [node, pod]));
}
