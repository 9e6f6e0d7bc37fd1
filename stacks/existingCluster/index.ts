import * as pulumi from "@pulumi/pulumi";
import { Provider } from "@pulumi/kubernetes/provider";
import { PodNetwork, readCluster, type PodNetworkWorkerGroup } from "../../components";

/** The pod network of a cluster that exists. What it is, is said in Pulumi.STACK.yaml. */
export = async () => {
  const config = new pulumi.Config();
  const cluster = await readCluster(config.require("clusterName"));
  const subnetPrefixLength = config.getNumber("subnetPrefixLength");
  const kubeconfig = config.get("kubeconfig");
  const context = config.get("kubeContext");

  const kubernetes = new Provider("cluster", {
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  const { podCidrs, podSubnets, eniConfigs, workerGroups } = new PodNetwork(
    "pod-network",
    {
      cluster,
      podCidrs: config.requireObject<string[]>("podCidrs"),
      workerGroups: config.getObject<PodNetworkWorkerGroup[]>("workerGroups") ?? [],
      ...(subnetPrefixLength !== undefined && { subnetPrefixLength }),
    },
    { providers: { kubernetes } },
  );

  const { clusterName, region, vpcId } = cluster;
  return { clusterName, region, vpcId, podCidrs, podSubnets, eniConfigs, workerGroups };
};
