import type { EksCall, EksContext, EksRoute } from "./eksContext";
import { KUBERNETES_VERSION } from "./eksOutside";
import type { NodeGroup } from "./eksState";
import { pageOf, readInput } from "./input";
import { createNodeGroup, refuseWhileBusy } from "./nodeGroup";
import { updateNodeGroup } from "./nodeGroupConfig";
import { followDeletion } from "./nodeGroupDeletion";
import { describeNodeGroup } from "./nodeGroupDescription";
import { createNodeGroupSchema, updateNodeGroupSchema, updateNodeGroupVersionSchema } from "./nodeGroupInput";
import { followCreation } from "./nodeGroupLifecycle";
import { upgradeNodeGroup } from "./nodeGroupUpgrade";
import { differs, readNodeGroupVersion } from "./nodeGroupVersion";
import { tendNodeGroup } from "./tending";
import { beginUpdate, describeUpdate, endUpdate } from "./update";

/** Managed node groups. */
export function nodeGroupRoutes(context: EksContext): readonly EksRoute[] {
  const { outside, clusterOf, nodeGroupOf } = context;
  const described = async (group: NodeGroup) => ({ nodegroup: await describeNodeGroup(group, outside) });
  return [
    [
      "POST",
      /^\/clusters\/([^/]+)\/node-groups$/,
      async (call) => {
        const input = readInput(call.request, createNodeGroupSchema);
        const group = await createNodeGroup(clusterOf(call), input, outside);
        const answer = await described(group);
        context.inBackground(`node group ${group.name}`, followCreation(group, outside), (message) => {
          fail(group, "CREATE_FAILED", message);
        });
        tendNodeGroup(context, clusterOf(call), group);
        return answer;
      },
    ],
    [
      "GET",
      /^\/clusters\/([^/]+)\/node-groups$/,
      (call) => {
        const { page, nextToken } = pageOf(call.request, [...clusterOf(call).nodeGroups.keys()]);
        return { nodegroups: page, nextToken };
      },
    ],
    ["GET", /^\/clusters\/([^/]+)\/node-groups\/([^/]+)$/, (call) => described(nodeGroupOf(call))],
    [
      "POST",
      /^\/clusters\/([^/]+)\/node-groups\/([^/]+)\/update-config$/,
      (call) => updateConfig(context, call),
    ],
    [
      "POST",
      /^\/clusters\/([^/]+)\/node-groups\/([^/]+)\/update-version$/,
      (call) => updateVersion(context, call),
    ],
    [
      "DELETE",
      /^\/clusters\/([^/]+)\/node-groups\/([^/]+)$/,
      async (call) => {
        const cluster = clusterOf(call);
        const group = nodeGroupOf(call);
        if (group.status !== "DELETING") {
          if (group.status === "UPDATING") refuseWhileBusy(group);
          group.status = "DELETING";
          const work = followDeletion(cluster, group, outside);
          context.inBackground(`deletion of node group ${group.name}`, work, (message) => {
            fail(group, "DELETE_FAILED", message);
          });
        }
        return described(group);
      },
    ],
  ];
}

/** Sizes, labels and taints are changed before the answer; EKS says so a moment later as well. */
async function updateConfig({ outside, clusterOf, nodeGroupOf }: EksContext, call: EksCall) {
  const input = readInput(call.request, updateNodeGroupSchema);
  const group = nodeGroupOf(call);
  refuseWhileBusy(group);
  const { minSize, maxSize, desiredSize } = input.scalingConfig ?? {};
  const update = beginUpdate(
    "ConfigUpdate",
    { MinSize: minSize?.toString(), MaxSize: maxSize?.toString(), DesiredSize: desiredSize?.toString() },
    outside.clock.now(),
  );
  const before = group.status;
  group.status = "UPDATING";
  try {
    await updateNodeGroup(clusterOf(call), group, input, outside);
  } finally {
    group.status = before;
  }
  group.updates.set(update.id, update);
  const answer = { update: describeUpdate(update) };
  update.status = "Successful";
  return answer;
}

/** Nodes are replaced in the background; a group that is so already is left as it is. */
async function updateVersion(context: EksContext, call: EksCall) {
  const { outside, clusterOf, nodeGroupOf } = context;
  const { force = false, ...input } = readInput(call.request, updateNodeGroupVersionSchema);
  const group = nodeGroupOf(call);
  refuseWhileBusy(group);
  const before = group.status;
  // Before anything is awaited: a second call at the same moment must see it.
  group.status = "UPDATING";
  const ended = () => {
    group.status = group.issues.length > 0 ? "DEGRADED" : "ACTIVE";
    group.modifiedAt = outside.clock.now();
    outside.changed();
  };
  const build = await readNodeGroupVersion(group, input, outside).catch((error: unknown) => {
    group.status = before;
    throw error;
  });
  const update = beginUpdate(
    "VersionUpdate",
    {
      Version: KUBERNETES_VERSION,
      ReleaseVersion: build.user === undefined ? build.releaseVersion : input.releaseVersion,
      LaunchTemplateName: build.user?.name,
      LaunchTemplateVersion: build.user?.version,
    },
    outside.clock.now(),
  );
  group.updates.set(update.id, update);
  const answer = { update: describeUpdate(update) };
  const work = async () => {
    const issue = differs(build, group)
      ? await upgradeNodeGroup(clusterOf(call), group, build, force, outside)
      : undefined;
    endUpdate(update, issue);
    ended();
  };
  context.inBackground(`update of node group ${group.name}`, work(), (message) => {
    endUpdate(update, { code: "Unknown", message, resourceIds: [] });
    ended();
  });
  return answer;
}

function fail(group: NodeGroup, status: NodeGroup["status"], message: string): void {
  group.issues = [{ code: "InternalFailure", message, resourceIds: [] }];
  group.status = status;
}
