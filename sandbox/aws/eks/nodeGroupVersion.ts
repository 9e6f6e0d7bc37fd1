import { CUSTOM_AMI, releasesOf } from "./amiTypes";
import { invalidParameter } from "./eksError";
import type { EksOutside } from "./eksOutside";
import type { NodeGroup } from "./eksState";
import { readNodeBuild, type NodeBuild, type NodeBuildInput } from "./nodeBuild";
import type { UpdateNodeGroupVersionInput } from "./nodeGroupInput";

/**
 * Reads what UpdateNodegroupVersion asks for: another version of the group's launch template, another release of its
 * AMI, by default the latest one, and the max pods of the CNI as it is now.
 *
 * @throws AwsError for what EKS refuses: another launch template, an older release, an AMI of the user's own where the
 *   group has EKS's or the other way round.
 */
export async function readNodeGroupVersion(
  group: NodeGroup,
  input: UpdateNodeGroupVersionInput,
  outside: EksOutside,
): Promise<NodeBuild> {
  const members = { clusterName: group.clusterName, nodegroupName: group.name };
  const isCustom = group.amiType === CUSTOM_AMI;
  const { launchTemplate, releaseVersion, version } = input;
  refuseOtherTemplate(group, launchTemplate, members);
  const { id } = group.userLaunchTemplate ?? {};
  const wanted: NodeBuildInput = {
    ...{ releaseVersion, version },
    ...(id === undefined
      ? {}
      : { launchTemplate: { id, version: (launchTemplate ?? group.userLaunchTemplate)?.version } }),
    ...(isCustom ? {} : { amiType: group.amiType as NodeBuildInput["amiType"] }),
    ...(group.requestedTypes.length === 0 ? {} : { instanceTypes: [...group.requestedTypes] }),
  };
  const build = await readNodeBuild(wanted, members, outside);
  if (isCustom && build.amiType !== CUSTOM_AMI) {
    throw invalidParameter(
      "The launch template version must specify an AMI ID, as the one that the node group was created with does.",
      members,
    );
  }
  const releases = releasesOf(group.amiType);
  if (!isCustom && releases.indexOf(build.releaseVersion) > releases.indexOf(group.releaseVersion)) {
    throw invalidParameter(
      `Requested release version ${build.releaseVersion} is older than ${group.releaseVersion}: a node group can't be rolled back.`,
      members,
    );
  }
  return build;
}

/** Whether nodes of this build are other than those that the group has. */
export function differs(build: NodeBuild, group: NodeGroup): boolean {
  return (
    build.imageId !== group.imageId ||
    build.maxPods !== group.maxPods ||
    build.user?.version !== group.userLaunchTemplate?.version
  );
}

function refuseOtherTemplate(
  { userLaunchTemplate: own }: NodeGroup,
  asked: UpdateNodeGroupVersionInput["launchTemplate"],
  members: Readonly<Record<string, unknown>>,
): void {
  if (asked === undefined) return;
  if (own === undefined) {
    throw invalidParameter(
      "The node group was created without a launch template, and can't be updated to one.",
      members,
    );
  }
  if ((asked.id === undefined) === (asked.name === undefined)) {
    throw invalidParameter(
      "Either provide launch template ID or launch template name in the request.",
      members,
    );
  }
  if ((asked.id ?? own.id) !== own.id || (asked.name ?? own.name) !== own.name) {
    throw invalidParameter(
      `The launch template must be the one that the node group was created with, ${own.name} (${own.id}).`,
      members,
    );
  }
}
