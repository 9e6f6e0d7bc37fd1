import { watchDrift } from "./addOnDrift";
import { CUSTOM_AMI } from "./amiTypes";
import type { EksContext } from "./eksContext";
import type { AddOn, Cluster, NodeGroup } from "./eksState";
import { watchHealth } from "./nodeGroupHealth";
import { markJoiningNodes } from "./nodeMarks";

/** Looks after a node group for as long as it is there: its health, and the labels of its nodes where EKS sets them. */
export function tendNodeGroup(
  { outside, inBackground }: EksContext,
  cluster: Cluster,
  group: NodeGroup,
): void {
  inBackground(`health of node group ${group.name}`, watchHealth(cluster, group, outside), () => undefined);
  if (group.amiType !== CUSTOM_AMI) return;
  const marks = markJoiningNodes(cluster, group, outside);
  inBackground(`labels of nodes of ${group.name}`, marks, () => undefined);
}

/** Looks after an add-on for as long as it is there: its fields. */
export function tendAddOn({ outside, inBackground }: EksContext, cluster: Cluster, addOn: AddOn): void {
  inBackground(`drift of add-on ${addOn.name}`, watchDrift(cluster, addOn, outside), () => undefined);
}

/** Looks after all that a cluster has which was there before the front. */
export function tendCluster(context: EksContext, cluster: Cluster): void {
  for (const group of cluster.nodeGroups.values()) tendNodeGroup(context, cluster, group);
  for (const addOn of cluster.addOns.values()) tendAddOn(context, cluster, addOn);
}
