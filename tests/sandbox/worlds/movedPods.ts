import { UpdateNodegroupConfigCommand } from "@aws-sdk/client-eks";
import type { V1Pod } from "@kubernetes/client-node";
import { CUSTOM_NETWORKING_ENV, makeEniConfigs } from "../../../sandbox/worlds/eniConfigs";
import { makePodSubnets } from "../../../sandbox/worlds/podSubnets";
import { setEnv } from "../../../sandbox/worlds/setEnv";
import { eventually } from "../../automation/rotation/podNetwork";
import { isReady, type WorldView } from "./worldView";

const POD_RANGE = {
  range: "100.64.0.0/16",
  subnets: { "us-west-2a": "100.64.0.0/24", "us-west-2b": "100.64.1.0/24", "us-west-2c": "100.64.2.0/24" },
};

/**
 * Moves what comes from now on to a pod range, with ENIConfigs that name the cluster's security group alone, and adds a
 * node to the group `general`.
 *
 * @returns the name of the new node, once it is Ready: its pods have addresses of the range.
 */
export async function addNodeWithPodRange(world: WorldView, clusterName: string): Promise<string> {
  const { clusterSecurityGroupId = "", vpcId = "" } = (await world.cluster()).resourcesVpcConfig ?? {};
  const tables = await world.routeTables();
  const nodeSubnets = new Set((await world.instances()).map(({ SubnetId }) => SubnetId));
  const zones = (await world.subnets())
    .filter(({ SubnetId }) => nodeSubnets.has(SubnetId))
    .map(({ SubnetId = "", AvailabilityZone = "" }) => {
      const table = tables.find(({ Associations = [] }) =>
        Associations.some((one) => one.SubnetId === SubnetId),
      );
      const privateRouteTableId = table?.RouteTableId ?? "";
      return { availabilityZone: AvailabilityZone, privateSubnetId: SubnetId, privateRouteTableId };
    });
  const podSubnets = await makePodSubnets(world.ec2, { vpcId, zones }, { name: clusterName, ...POD_RANGE });
  await makeEniConfigs(world.kubeConfig, podSubnets, [clusterSecurityGroupId]);
  await setEnv(world.kubeConfig, CUSTOM_NETWORKING_ENV);

  const before = (await world.core.listNode()).items.map(({ metadata }) => metadata?.uid);
  await world.eks.send(
    new UpdateNodegroupConfigCommand({
      clusterName,
      nodegroupName: "general",
      scalingConfig: { desiredSize: before.length + 1 },
    }),
  );
  let added = "";
  await eventually("one node more is Ready", async () => {
    const { items } = await world.core.listNode();
    const node = items.find((one) => !before.includes(one.metadata?.uid) && isReady(one));
    added = node?.metadata?.name ?? "";
    return node !== undefined;
  });
  return added;
}

/** Makes a pod like another one on a node of choice. @returns it once it runs. */
export async function copyTo(nodeName: string, pod: V1Pod, world: WorldView): Promise<V1Pod> {
  const { namespace = "", labels = {}, annotations = {} } = pod.metadata ?? {};
  const containers = (pod.spec?.containers ?? []).map(({ name, image = "" }) => ({ name, image }));
  const name = `moved-${containers[0]?.name ?? ""}`;
  await world.core.createNamespacedPod({
    namespace,
    body: {
      metadata: { name, labels: { app: labels.app ?? "" }, annotations },
      spec: { nodeName, containers },
    },
  });
  await eventually(
    `${name} runs`,
    async () => (await readPod(world, namespace, name)).status?.phase === "Running",
  );
  return await readPod(world, namespace, name);
}

/** What the readiness probes of a pod said last. */
export async function probeFailureOf(world: WorldView, pod: V1Pod): Promise<string> {
  const { namespace = "", uid } = pod.metadata ?? {};
  let message: string | undefined;
  await eventually(`a probe of ${pod.metadata?.name ?? ""} has failed`, async () => {
    const { items } = await world.core.listNamespacedEvent({ namespace });
    const unhealthy = items.filter((one) => one.reason === "Unhealthy" && one.involvedObject.uid === uid);
    message = unhealthy.at(-1)?.message;
    return message !== undefined;
  });
  return message ?? "";
}

/** Waits until a pod is Ready. */
export async function becomesReady(world: WorldView, { metadata }: V1Pod): Promise<void> {
  const { namespace = "", name = "" } = metadata ?? {};
  await eventually(`${name} is Ready`, async () => isReady(await readPod(world, namespace, name)));
}

function readPod(world: WorldView, namespace: string, name: string): Promise<V1Pod> {
  return world.core.readNamespacedPod({ namespace, name });
}
