import { ENI_CONFIG_LABEL } from "../awsNode/eniConfigKeys";
import type { NodeGroupFacts } from "../podNetwork/clusterFacts";
import { shown, type Problem } from "../problem";
import type { WorkerRequest } from "./workerRequest";

/** What can't be copied from a managed node group, where it isn't given. */
export function likeProblems(old: NodeGroupFacts, request: WorkerRequest): Problem[] {
  const { nodeGroupName, launchTemplate, amiType, instanceTypes } = old;
  if (amiType.startsWith("WINDOWS")) {
    return [
      {
        path: "like",
        reason: `${shown(nodeGroupName)} has Windows nodes (${amiType}), which custom networking does not support.`,
        fix: "Leave this group as it is; its pods keep the addresses of its own subnets.",
      },
    ];
  }
  if (launchTemplate === undefined) return [];
  const isOwnImage = amiType === "CUSTOM" || amiType === "";
  const missing = [
    ...(request.diskSize === undefined ? ["diskSize"] : []),
    ...(instanceTypes.length === 0 && request.instanceTypes === undefined ? ["instanceTypes"] : []),
    ...(isOwnImage && !request.hasImage && request.amiType === undefined
      ? ["amiType, or imageId and osFamily"]
      : []),
  ];
  if (missing.length === 0) return [];
  return [
    {
      path: "like",
      reason: `${shown(nodeGroupName)} is made from the launch template ${launchTemplate.id}, which says more than EKS tells of the group.`,
      fix: `Give ${missing.join("; ")}: as the template has them, see aws ec2 describe-launch-template-versions --launch-template-id ${launchTemplate.id} --versions ${launchTemplate.version}.`,
    },
  ];
}

/** What a person should know of what is not copied. */
export function likeNotes(
  { nodeGroupName, launchTemplate, labels: old }: NodeGroupFacts,
  { hasSecurityGroups, eniConfig, labels }: WorkerRequest,
): string[] {
  const notes: string[] = [];
  if (launchTemplate !== undefined) {
    const lost = [...(hasSecurityGroups ? [] : ["security groups"]), "user data", "further volumes"];
    notes.push(
      `${nodeGroupName} is made from the launch template ${launchTemplate.id}, of which nothing is copied: ${lost.join(", ")} of it are not those of the new nodes.`,
    );
  }
  const named = old[ENI_CONFIG_LABEL];
  if (named !== undefined && eniConfig === undefined && labels?.[ENI_CONFIG_LABEL] === undefined) {
    notes.push(
      `${nodeGroupName} has the label ${ENI_CONFIG_LABEL} ${named}, which is not copied: the new nodes take the ENIConfig of their zone unless eniConfig names another.`,
    );
  }
  return notes;
}
