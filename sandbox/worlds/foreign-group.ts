import { makePlainGroup } from "./autoScalingGroup";
import { makeManagedGroups } from "./cluster";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { runWorkloads } from "./workloads";
import type { WorldBuilder } from "./world";

const NAME = "foreign-group";

/** The tags by which tools know their own. Those of CloudFormation are AWS's: nobody else may set them. */
const OWNERS = {
  "foreign-group-cloudformation": {
    "aws:cloudformation:stack-name": "eks-workers",
    "aws:cloudformation:logical-id": "NodeGroup",
  },
  "foreign-group-terraform": {
    ManagedBy: "terraform",
    TerraformWorkspace: "eks-production",
  },
  "eksctl-foreign-group-nodegroup-batch-NodeGroup": {
    "aws:cloudformation:stack-name": "eksctl-foreign-group-nodegroup-batch",
    "aws:cloudformation:logical-id": "NodeGroup",
    "alpha.eksctl.io/cluster-name": NAME,
    "alpha.eksctl.io/nodegroup-name": "batch",
    "alpha.eksctl.io/nodegroup-type": "unmanaged",
  },
};

/** A cluster with a managed group, and three Auto Scaling groups that belong to CloudFormation, Terraform and eksctl. */
export const buildForeignGroupWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster({ name: NAME, nodeGroups: [] }, outside);
  const subnetIds = network.privateSubnetIds;
  const tools = Object.entries(OWNERS);
  outside.log(
    `a managed node group, and ${tools.length} Auto Scaling groups of other stacks, 1 x m5.large each`,
  );
  await makeManagedGroups(clients, NAME, [{ name: "general", subnetIds, size: 1, maxSize: 3 }]);
  for (const [index, [name, tags]] of tools.entries()) {
    await makePlainGroup(clients, {
      name,
      clusterName: NAME,
      subnetIds: subnetIds.slice(index, index + 1),
      size: 1,
      maxSize: 3,
      labels: { workload: "workers" },
      tags,
    });
  }
  await runWorkloads({ files: ["system.workloads.yaml"], nodes: 1 + tools.length }, clients, outside);
};
