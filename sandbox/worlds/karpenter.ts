import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { DescribeClusterCommand } from "@aws-sdk/client-eks";
import { made } from "./network";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "karpenter";

/**
 * A cluster whose workloads run on nodes of Karpenter; a managed group carries Karpenter itself and the system's own
 * parts.
 */
export const buildKarpenterWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster({ name: NAME, nodeGroups: ["system"] }, outside);
  const { cluster } = await clients.eks.send(new DescribeClusterCommand({ name: NAME }));
  const ofCluster = made(cluster?.resourcesVpcConfig?.clusterSecurityGroupId, "DescribeCluster");
  await clients.ec2.send(
    new CreateTagsCommand({
      Resources: [...network.privateSubnetIds, ofCluster],
      Tags: [{ Key: "karpenter.sh/discovery", Value: NAME }],
    }),
  );

  outside.log("Karpenter");
  const system = ["system.workloads.yaml", "karpenter.definitions.yaml", "karpenter.controller.yaml"];
  await runWorkloads({ files: system, nodes: 3 }, clients, outside);
  outside.log("workloads on nodes of Karpenter");
  await runWorkloads({ files: ["karpenter.workloads.yaml"], nodes: 3 }, clients, outside);
};
