import { AuthenticationMode, Cluster, ManagedNodeGroup, VpcCniAddon } from "@pulumi/eks";
import { Provider } from "@pulumi/kubernetes/provider";
import { EniConfigs, PodSubnets, SecondaryCidr } from "../../components";
import { readStackConfig } from "../../components/stackConfig";
import { newClusterConfig } from "./config";
import { nodeRole } from "./nodeRole";
import { nodeZones } from "./nodeZones";

/**
 * A new cluster in a VPC that exists, whose pods have a range of their own from its first node.
 *
 * Nothing has to move afterwards, because nothing starts before its turn: range and pod subnets, the CNI's settings,
 * ENIConfigs, and nodes last.
 */
export = async () => {
  const { clusterName, kubernetesVersion, vpcId, podCidrs, workers, ...config } =
    readStackConfig(newClusterConfig);
  const zones = await nodeZones(vpcId, config.zones);
  const { instanceTypes, minSize, maxSize } = workers;

  const range = new SecondaryCidr("pods", {
    vpcId,
    cidrBlocks: podCidrs.map((cidrBlock) => ({ cidrBlock })),
  });
  const podSubnets = new PodSubnets(
    "pods",
    {
      clusterName,
      vpcId,
      subnets: zones.map(({ availabilityZone, podSubnetCidr, routeTableId }) => ({
        availabilityZone,
        cidrBlock: podSubnetCidr,
        routeTableId,
      })),
      // As the add-on is made below.
      externalSnat: false,
    },
    { dependsOn: range },
  );

  const cluster = new Cluster(
    "cluster",
    {
      name: clusterName,
      version: kubernetesVersion,
      vpcId,
      privateSubnetIds: zones.map(({ nodeSubnetId }) => nodeSubnetId),
      authenticationMode: AuthenticationMode.Api,
      // EKS's own group of the cluster is on nodes and control plane; ENIConfigs without groups leave it on pods too.
      skipDefaultSecurityGroups: true,
      // The default group starts its nodes whatever the CNI is told.
      skipDefaultNodeGroup: true,
      // The add-on is made below, where others can wait for it.
      useDefaultVpcCni: true,
    },
    { protect: true },
  );
  const cni = new VpcCniAddon(
    "vpc-cni",
    {
      clusterName,
      clusterVersion: kubernetesVersion,
      // Of the two inputs of this meaning, the one that works: customNetworkConfig is overwritten with "false".
      cniCustomNetworkCfg: true,
      eniConfigLabelDef: "topology.kubernetes.io/zone",
    },
    { dependsOn: cluster, protect: true },
  );
  const kubernetes = new Provider("cluster", { kubeconfig: cluster.kubeconfigJson });
  const eniConfigs = new EniConfigs(
    "pods",
    { eniConfigs: Object.entries(podSubnets.subnetIds).map(([name, subnetId]) => ({ name, subnetId })) },
    { providers: { kubernetes }, dependsOn: [podSubnets, cni] },
  );

  const { role, attachments } = nodeRole("nodes");
  for (const { availabilityZone, nodeSubnetId } of zones) {
    new ManagedNodeGroup(
      `workers-${availabilityZone}`,
      {
        cluster,
        nodeGroupName: `workers-${availabilityZone}`,
        nodeRole: role,
        subnetIds: [nodeSubnetId],
        instanceTypes,
        scalingConfig: { minSize, desiredSize: minSize, maxSize },
        ignoreScalingChanges: true,
      },
      // The group waits for neither by itself; its first nodes would take addresses of the nodes' own subnets, and the
      // number of their pods is computed when the group is made.
      { dependsOn: [cni, eniConfigs, ...attachments], protect: true },
    );
  }

  return { clusterName, kubeconfig: cluster.kubeconfig, podSubnets: podSubnets.podSubnets };
};
