/** A group of workers with the names of the groups whose place it has taken. */
export interface ReplacingGroup {
  readonly nodeGroupName: string;
  readonly replaces: readonly string[];
}

/**
 * The groups to which the pods of a worker group go back: those that it replaces, and in the place of one that goes as well
 * those that this one has replaced.
 *
 * @param going all worker groups that go with the pod network.
 */
export function replacedGroups(group: ReplacingGroup, going: readonly ReplacingGroup[]): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = ({ nodeGroupName, replaces }: ReplacingGroup) => {
    if (seen.has(nodeGroupName)) return;
    seen.add(nodeGroupName);
    for (const name of replaces) {
      const between = going.find((one) => one.nodeGroupName === name);
      if (between === undefined) found.add(name);
      else follow(between);
    }
  };
  follow(group);
  return [...found].sort();
}
