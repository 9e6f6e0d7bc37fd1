import { shown, type Problem } from "../problem";
import { unknownName } from "./podZones";
import type { PodNetworkRequest } from "./request";

/** What is wrong with named groups, and with worker groups that take the ENIConfigs of one. */
export function podGroupProblems(
  { podGroups = [], workerGroups = [] }: PodNetworkRequest,
  zones: readonly string[],
): Problem[] {
  const names = podGroups.map(({ name }) => name);
  return [
    ...podGroups.flatMap((group, index): Problem[] => {
      const path = `podGroups[${index}]`;
      const before = names.indexOf(group.name);
      const twin = {
        path: `${path}.name`,
        reason: `${shown(group.name)} is the name of podGroups[${before}] too: their ENIConfigs would overwrite each other.`,
        fix: "Give each its own name.",
      };
      return [
        ...(before < index ? [twin] : []),
        ...(group.zones ?? []).flatMap((zone, at) => {
          if (zones.includes(zone)) return [];
          return [unknownName(`${path}.zones[${at}]`, `no pods are in ${shown(zone)}.`, zone, zones)];
        }),
      ];
    }),
    ...workerGroups.flatMap(({ eniConfig }, index) => {
      if (eniConfig === undefined || names.includes(eniConfig)) return [];
      const reason = `${shown(eniConfig)} is none of podGroups.`;
      return [unknownName(`workerGroups[${index}].eniConfig`, reason, eniConfig, names)];
    }),
  ];
}
