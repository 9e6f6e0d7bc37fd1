import { isObject } from "../planning/isObject";
import { newNodeIn } from "../planning/rotation/newNode";
import type { PodSubnet } from "../planning/rotation/observation";
import { InvalidFileError } from "./environments";
import { observer } from "./rotation/observe";
import type { Tools } from "./rotation/outside";
import { CONFIG_NAMESPACE, type StackFile } from "./stack";
import { stackSettings } from "./stackSettings";

/**
 * Sees to it that there is, or will be, a node on which the control plane can be looked at: a worker group that begins with
 * one, or a node with the new settings that is there already.
 *
 * @param podSubnets those that the stack has made so far.
 * @throws InvalidFileError where nothing makes such a node.
 */
export async function checkFirstNode(
  stackFile: StackFile,
  podSubnets: readonly PodSubnet[],
  tools: Tools,
): Promise<void> {
  const { workerGroups } = stackSettings(stackFile);
  const groups = Array.isArray(workerGroups) ? workerGroups.filter(isObject) : [];
  if (groups.some(({ minSize = 0 }) => Number(minSize) > 0)) return;
  if (podSubnets.length > 0 && newNodeIn(await observer(tools, podSubnets)()) !== undefined) return;
  throw new InvalidFileError(stackFile.file, [
    {
      path: `${CONFIG_NAMESPACE}:workerGroups[].minSize`,
      reason:
        "is 1 or more in no worker group, and no node has the new settings yet: the control plane is asked for a pod on such a node.",
      fix: "Give a worker group minSize: 1; or do not wait for the control plane, as podnet rotate looks at the first node of each group.",
    },
  ]);
}
