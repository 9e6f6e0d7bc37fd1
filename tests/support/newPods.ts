import type { CoreV1Api } from "@kubernetes/client-node";
import type { SandboxRecord } from "../../sandbox/sandbox";
import { eventually } from "../automation/rotation/podNetwork";
import { WorldView } from "../sandbox/worlds/worldView";

/** A node, as far as tests of pod networks look at it. */
export interface JoinedNode {
  readonly name: string;
  readonly instanceId: string;
  readonly zone: string;
  /** How many pods the kubelet says that it takes. */
  readonly allocatable: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The node that a managed group or an Auto Scaling group brings, once it is Ready. */
export async function joinedNode(record: SandboxRecord, groupName: string): Promise<JoinedNode> {
  const world = new WorldView(record);
  const ready = async () => {
    const tagged = (await world.instances()).filter(({ Tags = [] }) =>
      Tags.some(
        ({ Key, Value }) =>
          (Key === "eks:nodegroup-name" || Key === "aws:autoscaling:groupName") && Value === groupName,
      ),
    );
    const { items } = await world.core.listNode();
    return items.filter(
      ({ spec, status }) =>
        tagged.some(({ InstanceId = "" }) => spec?.providerID?.endsWith(`/${InstanceId}`)) &&
        status?.conditions?.some((condition) => condition.type === "Ready" && condition.status === "True"),
    );
  };
  await eventually(`a node of ${groupName} is Ready`, async () => (await ready()).length > 0);
  const [node] = await ready();
  const { name = "", labels = {} } = node?.metadata ?? {};
  return {
    name,
    instanceId: node?.spec?.providerID?.split("/").at(-1) ?? "",
    zone: labels["topology.kubernetes.io/zone"] ?? "",
    allocatable: node?.status?.allocatable?.["pods"] ?? "",
    labels,
  };
}

/** Starts a pod on a node. @returns its address, once it has one. */
export async function addressOfNewPod(core: CoreV1Api, nodeName: string): Promise<string> {
  const name = `probe-${nodeName.split(".")[0] ?? ""}`;
  const namespace = "default";
  const containers = [{ name: "main", image: "registry.example/probe:1" }];
  await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec: { nodeName, containers } } });
  const address = async () => (await core.readNamespacedPod({ name, namespace })).status?.podIP ?? "";
  await eventually(`${name} has an address`, async () => (await address()) !== "");
  return address();
}
