import { CoreV1Api, setHeaderOptions, PatchStrategy, type KubeConfig } from "@kubernetes/client-node";
import { makeEniConfigs } from "./eniConfigs";
import { buildOrdinaryCluster, ORDINARY_POD_SUBNETS } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const ZONE = "us-west-2c";

/**
 * Custom networking with ENIConfigs by zone, and a node that was once reserved for one team: its annotation names an
 * ENIConfig of its own, whose subnet is the nodes'.
 */
export const buildStrayAnnotationWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster(
    { name: "stray-annotation", podSubnets: ORDINARY_POD_SUBNETS },
    outside,
  );
  const { kubeConfig } = clients;
  const zone = network.zones.find(({ availabilityZone }) => availabilityZone === ZONE);
  outside.log(`the node of ${ZONE} is annotated with the ENIConfig payments`);
  await makeEniConfigs(kubeConfig, { payments: zone?.privateSubnetId ?? "" });
  await annotateNode(kubeConfig, "k8s.amazonaws.com/eniConfig", "payments");

  // Not before: a node asks for its ENIConfig with every ENI that it attaches, and keeps those that it has.
  const files = ["system.workloads.yaml", "stray-annotation.workloads.yaml"];
  await runWorkloads({ files, nodes: 3 }, clients, outside);
};

async function annotateNode(kubeConfig: KubeConfig, key: string, value: string): Promise<void> {
  const core = kubeConfig.makeApiClient(CoreV1Api);
  const { items } = await core.listNode({ labelSelector: `topology.kubernetes.io/zone=${ZONE}` });
  for (const { metadata: { name = "" } = {} } of items) {
    await core.patchNode(
      { name, body: { metadata: { annotations: { [key]: value } } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  }
}
