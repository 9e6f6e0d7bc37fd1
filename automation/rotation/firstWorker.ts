import { cidrBlock } from "../../planning/cidrBlock";
import type { Problem } from "../../planning/problem";
import { holds, oldReasons, podEnis } from "../../planning/rotation/oldNode";
import { podsByNode, type ClusterNode, type PodSubnet } from "../../planning/rotation/observation";
import { isStatus, type ApiObject } from "../kubernetes";
import { tidied } from "../tidied";
import { eniConfigName } from "./awsNode";
import type { Observed } from "./observe";
import type { ActingTools, TellingTools } from "./outside";
import { RotationStopped } from "./result";
import type { ApiPod } from "./slim";

/** What a first worker is checked against. */
export interface FirstWorkerCheck {
  readonly nodeGroupName: string;
  readonly node: ClusterNode;
  readonly observed: Observed;
  /** The ENIConfigs that were made. */
  readonly eniConfigs: readonly string[];
  readonly runId: string;
  readonly timeoutMs: number;
}

/**
 * Checks the first worker of a pool before anything is cordoned for it: the right ENIConfig, a secondary ENI in its
 * zone's pod subnet, max pods as computed, and a pod that really gets an address there. On the way back: nothing of it in
 * a pod subnet, and a pod that gets an address elsewhere.
 *
 * @throws RotationStopped with everything that is wrong with it.
 */
export async function checkFirstWorker(tools: TellingTools, check: FirstWorkerCheck): Promise<void> {
  const { node, nodeGroupName, observed } = check;
  const reasons = workerProblems(check);
  if (reasons.length > 0) throw stopped(node, reasons);
  const address = await canaryAddress(tools, check);
  const wrong = addressProblem(observed, node, address);
  if (wrong !== undefined) throw stopped(node, [wrong]);
  tools.emit({ type: "workerChecked", nodeGroupName, node: node.name, canaryAddress: address });
}

/** What is wrong with the address that a pod got on a first worker. */
function addressProblem(observed: Observed, node: ClusterNode, address: string): string | undefined {
  const { podSubnets, wayBack } = observed.target;
  if (wayBack !== undefined) {
    const inside = podSubnets.find(({ cidrBlock: cidr }) => holds(cidrBlock(cidr), address));
    return inside && `a pod on it got ${address}, which is in pod subnet ${inside.subnetId}`;
  }
  const subnet = subnetOf(observed, node);
  if (subnet !== undefined && holds(cidrBlock(subnet.cidrBlock), address)) return undefined;
  return `a pod on it got ${address}, which is not in ${subnet?.cidrBlock ?? "a pod subnet"}`;
}

/** What is wrong with a first worker, before a pod is tried on it. */
function workerProblems({ node, observed, eniConfigs }: FirstWorkerCheck): string[] {
  const pods = podsByNode(observed.pods).get(node.name) ?? [];
  const old = oldReasons(node, pods, observed.target).map(({ evidence }) => evidence);
  if (observed.target.wayBack !== undefined) return old;
  const subnet = subnetOf(observed, node);
  const eniConfig = eniConfigName(node, observed.awsNode);
  return [
    ...(eniConfigs.includes(eniConfig)
      ? []
      : [`aws-node takes the ENIConfig ${eniConfig} there, and there are ${eniConfigs.join(", ")}`]),
    ...(subnet === undefined ? [`there is no pod subnet in ${node.availabilityZone}`] : []),
    ...(podEnis(node).some(({ subnetId }) => subnetId === subnet?.subnetId)
      ? []
      : [`it has no secondary ENI in ${subnet?.subnetId ?? "a pod subnet"}`]),
    ...old,
  ];
}

function subnetOf({ target }: Observed, { availabilityZone }: ClusterNode): PodSubnet | undefined {
  return target.podSubnets.find((subnet) => subnet.availabilityZone === availabilityZone);
}

function stopped(node: ClusterNode, reasons: readonly string[]): RotationStopped {
  const problem: Problem = {
    path: `nodes.${node.name}`,
    reason: `is the first new worker of its group and is not as it should be: ${reasons.join("; ")}.`,
    fix: "Nothing was drained. Put it right (podnet preview shows what is set), terminate that worker, and run the rotation again.",
  };
  return new RotationStopped(problem);
}

/** The name by which all pods are known that only try something, and that {@link removeCanaries} removes. */
export const CANARY_LABEL = "eks-pod-network-canary";
/** Where they are. */
export const CANARY_PODS = "/api/v1/namespaces/kube-system/pods";
const POLL_MS = 500;

/**
 * The address that a pod gets on a node. An image that can't be pulled does no harm: the address comes before it.
 *
 * @throws RotationStopped when it gets none in time.
 */
async function canaryAddress(
  tools: TellingTools,
  { node, observed, runId, timeoutMs }: FirstWorkerCheck,
): Promise<string> {
  const { kubernetes, clock, signal } = tools;
  const name = `${CANARY_LABEL}-${runId}-${node.name.split(".")[0] ?? ""}`;
  const path = `${CANARY_PODS}/${name}`;
  const deadline = clock.now() + timeoutMs;
  await kubernetes.create(CANARY_PODS, canary(name, node, observed.awsNode.image)).catch((error: unknown) => {
    // Of an attempt that was killed.
    if (!isStatus(error, 409)) throw error;
  });
  const addressOf = async () => {
    for (;;) {
      const { status } = await kubernetes.get<ApiPod>(path);
      if (status?.podIP !== undefined && status.podIP !== "") return status.podIP;
      if (clock.now() > deadline)
        throw stopped(node, [`a pod on it got no address within ${timeoutMs / 1000} s`]);
      await clock.sleep(POLL_MS, signal);
    }
  };
  return tidied(addressOf, async () => {
    if (!signal.aborted) await kubernetes.delete(path);
  });
}

/** Removes canaries that an attempt which was killed or interrupted left behind; another holder's are left alone. */
export async function removeCanaries({
  kubernetes,
  lease,
}: Pick<ActingTools, "kubernetes" | "lease">): Promise<void> {
  const names = await kubernetes.list(CANARY_PODS, ({ metadata }: ApiObject) => metadata.name, {
    labelSelector: `app.kubernetes.io/name=${CANARY_LABEL}`,
  });
  for (const name of names) {
    await lease.assertHeld();
    await kubernetes.delete(`${CANARY_PODS}/${name}`);
  }
}

/** Bound to the node by name, so that neither taints nor the scheduler have a say. */
function canary(name: string, node: ClusterNode, awsNodeImage: string): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "kube-system", labels: { "app.kubernetes.io/name": CANARY_LABEL } },
    spec: {
      nodeName: node.name,
      tolerations: [{ operator: "Exists" }],
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      containers: [pauseContainer(awsNodeImage)],
    },
  } as ApiObject;
}

/** A container that does nothing: the registry that the cluster pulls aws-node from has the pause image of EKS as well. */
export function pauseContainer(awsNodeImage: string): object {
  const registry = awsNodeImage.split("/")[0] ?? "";
  return { name: "pause", image: `${registry}/eks/pause:3.10` };
}
