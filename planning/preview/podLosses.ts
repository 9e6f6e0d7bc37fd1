import { readCidr } from "../cidrBlock";
import { holds } from "../rotation/oldNode";
import { isFinished, type ClusterPod, type Observation } from "../rotation/observation";
import type { ResourceChange } from "../stack/resourceChange";

/** Pods in something that a change deletes or replaces. */
export interface PodLoss {
  readonly urn: string;
  /** What goes, by names that can be pasted into aws: `the subnet 100.64.0.0/19`. */
  readonly what: string;
  /** How many pods live in it. */
  readonly pods: number;
}

/** The pods in what goes: in subnets and blocks by their addresses, in managed node groups by their nodes. */
export function podLosses(
  changes: readonly ResourceChange[],
  { nodes, pods }: Pick<Observation, "nodes" | "pods">,
): PodLoss[] {
  const living = pods.filter((pod) => !isFinished(pod));
  return changes.flatMap(({ operation, type, urn, before = {} }) => {
    if (operation !== "delete" && operation !== "replace") return [];
    const found = podsIn(type, before, living, nodes);
    return found === undefined || found.pods.length === 0
      ? []
      : [{ urn, what: found.what, pods: found.pods.length }];
  });
}

function podsIn(
  type: string,
  { cidrBlock, nodeGroupName }: Readonly<Record<string, unknown>>,
  pods: readonly ClusterPod[],
  nodes: Observation["nodes"],
): { readonly what: string; readonly pods: readonly ClusterPod[] } | undefined {
  switch (type) {
    case "aws:ec2/subnet:Subnet":
    case "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {
      if (typeof cidrBlock !== "string") return undefined;
      const what = `the ${type.endsWith(":Subnet") ? "subnet" : "block"} ${cidrBlock}`;
      return { what, pods: podsOf(cidrBlock, pods) };
    }
    case "aws:eks/nodeGroup:NodeGroup": {
      if (typeof nodeGroupName !== "string") return undefined;
      const own = new Set(
        nodes
          .filter(({ owner }) => owner.kind === "managedNodeGroup" && owner.name === nodeGroupName)
          .map(({ name }) => name),
      );
      const what = `the managed node group ${nodeGroupName}`;
      return { what, pods: pods.filter(({ nodeName = "" }) => own.has(nodeName)) };
    }
    default:
      return undefined;
  }
}

function podsOf(cidr: string, pods: readonly ClusterPod[]): ClusterPod[] {
  const reading = readCidr(cidr);
  if (reading.kind !== "block") return [];
  return pods.filter(
    ({ hostNetwork, address }) => !hostNetwork && address !== undefined && holds(reading.block, address),
  );
}
