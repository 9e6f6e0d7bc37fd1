import { UpdateAddonCommand, waitUntilAddonActive } from "@aws-sdk/client-eks";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { setEnv } from "./setEnv";
import type { WorldBuilder } from "./world";

const NAME = "foreign-settings";

/** In YAML, as teams write it by hand; EKS keeps the text as it was given. */
const CONFIGURATION = `# owned by: platform-networking
env:
  WARM_ENI_TARGET: "1"
  AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS: "172.31.0.0/16,10.200.0.0/16"
  ADDITIONAL_ENI_TAGS: '{"team":"platform","cost-centre":"4711"}'
init:
  env:
    DISABLE_TCP_EARLY_DEMUX: "true"
enableNetworkPolicy: "true"
nodeAgent:
  enablePolicyEventLogs: "true"
podAnnotations:
  prometheus.io/scrape: "true"
resources:
  requests:
    cpu: 60m
    memory: 96Mi
`;

/** A managed add-on whose configuration is full of what other teams need, and one field that is kubectl's. */
export const buildForeignSettingsWorld: WorldBuilder = async (outside) => {
  const plan = { name: NAME, cni: { addOn: {} }, workloads: ["system.workloads.yaml"] };
  const { clients } = await buildOrdinaryCluster(plan, outside);
  outside.log("settings of other teams in the add-on, and one on aws-node");
  const addOn = { clusterName: NAME, addonName: "vpc-cni" };
  await clients.eks.send(new UpdateAddonCommand({ ...addOn, configurationValues: CONFIGURATION }));
  await waitUntilAddonActive(clients.soon, addOn);
  await setEnv(clients.kubeConfig, { WARM_ENI_TARGET: "2" });
};
