import type { V1Node } from "@kubernetes/client-node";
import { ApiError } from "../cluster/apiServer";
import { limitsOf } from "../limitsOfInstanceType";
import { maxPodsOf } from "./capacity";
import { LABELS, TERMINATION_FINALIZER, UNREGISTERED_TAINT } from "./names";
import { renderUserData } from "./nodeUserData";
import { isTrue, withConditions, type Ec2NodeClass, type NodeClaim } from "./objects";
import { NODE_CLAIMS, timeText, type Round } from "./outside";
import { labelsOf } from "./provisioning";
import { allowedValues } from "./requirements";

/** Takes a NodeClaim one step further: to an instance, to a Node that is its own, to one that pods may use. */
export async function advance(
  claim: NodeClaim,
  nodeClass: Ec2NodeClass | undefined,
  round: Round,
): Promise<void> {
  if (claim.metadata.finalizers?.includes(TERMINATION_FINALIZER) !== true) {
    await patchClaim(claim, round, {
      metadata: { finalizers: [...(claim.metadata.finalizers ?? []), TERMINATION_FINALIZER] },
    });
  } else if (!isTrue(claim, "Launched")) await launch(claim, nodeClass, round);
  else if (!isTrue(claim, "Initialized")) await takeOver(claim, round);
}

async function launch(claim: NodeClaim, nodeClass: Ec2NodeClass | undefined, round: Round): Promise<void> {
  const { instances, settings, cluster, now, log } = round;
  const { name = "", labels = {} } = claim.metadata;
  if (nodeClass === undefined) throw new Error(`there is no EC2NodeClass ${claim.spec.nodeClassRef.name}`);
  const { requirements, taints = [], startupTaints = [] } = claim.spec;
  const subnets = await instances.subnetsOf(nodeClass);
  const zones = subnets.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []);
  const [zone] = allowedValues(LABELS.zone, zones, requirements);
  const instanceType = requirements.find(({ key }) => key === LABELS.instanceType)?.values?.[0];
  if (zone === undefined || instanceType === undefined)
    throw new Error("its requirements leave no zone or no instance type");
  const limits = limitsOf(instanceType);
  const maxPods = maxPodsOf(limits, {
    maxPods: nodeClass.spec.kubelet?.maxPods,
    reservedEnis: settings.reservedEnis,
  });
  const nodePool = labels[LABELS.nodePool] ?? "";
  const ownLabels = { ...labels, ...labelsOf(nodePool, nodeClass.metadata.name ?? "", limits, zone) };
  // A launch whose answer never came must not become two.
  const instance =
    (await instances.find(name)) ??
    (await instances.launch({
      ...{ claimName: name, clusterName: settings.clusterName, nodeClass, nodePool, instanceType, zone },
      userData: renderUserData(
        { name: settings.clusterName, ...cluster },
        { labels: ownLabels, taints: [...taints, ...startupTaints], maxPods },
      ),
    }));
  log(`NodeClaim ${name}: ${instanceType} ${instance.instanceId} in ${zone}`);
  await patchClaim(claim, round, { metadata: { labels: ownLabels } });
  const resources = {
    cpu: String(limits.vcpus),
    memory: `${limits.memoryMib}Mi`,
    pods: String(maxPods),
  };
  await patchStatus(claim, round, {
    providerID: `aws:///${zone}/${instance.instanceId}`,
    imageID: instance.imageId,
    capacity: resources,
    allocatable: resources,
    conditions: withConditions(claim, ["Launched"], timeText(now())),
  });
}

/** Makes the Node its own once it has joined, and says so once pods may use it. */
async function takeOver(claim: NodeClaim, round: Round): Promise<void> {
  const { api, view, now } = round;
  const { providerID } = claim.status ?? {};
  const name = [...view.nodes.values()].find(({ providerId }) => providerId === providerID)?.name;
  if (name === undefined) return;
  const path = `/api/v1/nodes/${name}`;
  const node = await api.call<V1Node>("GET", path);
  if (!isTrue(claim, "Registered")) {
    await api.patch(path, "merge", registered(node, claim));
    await patchStatus(claim, round, {
      nodeName: name,
      conditions: withConditions(claim, ["Registered"], timeText(now())),
    });
    return;
  }
  const isReady = node.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True");
  const startup = claim.spec.startupTaints ?? [];
  const isHeldBack = node.spec?.taints?.some(({ key }) => startup.some((one) => one.key === key)) === true;
  if (isReady !== true || isHeldBack) return;
  await api.patch(path, "merge", { metadata: { labels: { [LABELS.initialized]: "true" } } });
  await patchStatus(claim, round, { conditions: withConditions(claim, ["Initialized"], timeText(now())) });
}

/** What a Node is from the moment at which its NodeClaim takes it over. */
function registered(node: V1Node, { metadata }: NodeClaim): object {
  const { name = "", uid = "", labels = {} } = metadata;
  const owner = { apiVersion: "karpenter.sh/v1", kind: "NodeClaim", name, uid, blockOwnerDeletion: true };
  return {
    metadata: {
      resourceVersion: node.metadata?.resourceVersion,
      labels: { ...labels, [LABELS.registered]: "true" },
      finalizers: [...new Set([...(node.metadata?.finalizers ?? []), TERMINATION_FINALIZER])],
      ownerReferences: [owner],
    },
    spec: { taints: (node.spec?.taints ?? []).filter(({ key }) => key !== UNREGISTERED_TAINT.key) },
  };
}

async function patchClaim({ metadata }: NodeClaim, { api }: Round, change: object): Promise<void> {
  await api.patch(`${NODE_CLAIMS}/${metadata.name ?? ""}`, "merge", change);
}

async function patchStatus({ metadata }: NodeClaim, { api }: Round, status: object): Promise<void> {
  try {
    await api.patch(`${NODE_CLAIMS}/${metadata.name ?? ""}/status`, "merge", { status });
  } catch (error) {
    // It is gone; what was launched for it is found by its tag and ended with it.
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
  }
}
