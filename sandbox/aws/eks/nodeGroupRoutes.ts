import { CUSTOM_AMI } from "./amiTypes";
import type { EksCall, EksContext, EksRoute } from "./eksContext";
import type { NodeGroup } from "./eksState";
import { pageOf, readInput } from "./input";
import { createNodeGroup, refuseWhileBusy, updateNodeGroup } from "./nodeGroup";
import { describeNodeGroup } from "./nodeGroupDescription";
import { createNodeGroupSchema, updateNodeGroupSchema } from "./nodeGroupInput";
import { followCreation, followDeletion } from "./nodeGroupLifecycle";
import { markJoiningNodes } from "./nodeMarks";
import { beginUpdate, describeUpdate } from "./update";

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
        if (group.amiType === CUSTOM_AMI) {
          const marks = markJoiningNodes(clusterOf(call), group, outside);
          context.inBackground(`labels of nodes of ${group.name}`, marks, () => undefined);
        }
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
      "DELETE",
      /^\/clusters\/([^/]+)\/node-groups\/([^/]+)$/,
      async (call) => {
        const cluster = clusterOf(call);
        const group = nodeGroupOf(call);
        if (group.status !== "DELETING") {
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

function fail(group: NodeGroup, status: NodeGroup["status"], message: string): void {
  group.issues = [{ code: "InternalFailure", message, resourceIds: [] }];
  group.status = status;
}
