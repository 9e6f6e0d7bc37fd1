import type { GivenRotationOptions } from "../automation/rotation/rotationOptions";
import type { Problem } from "../planning/problem";
import type { Amount } from "../planning/rotation/amount";
import { rotationSettingsProblems } from "../planning/rotation/settings";
import { duration, text, wholeNumber, yes, yesOrNo, type FlagValues } from "./flag";

/** A day: longer than anything that is still moving. */
const DAY_SECONDS = 86_400;

/** Flags that have another name than their settings, which is kubectl's. */
const FLAG_OF: Readonly<Record<string, string>> = {
  gracePeriodSeconds: "gracePeriod",
  deleteEmptyDirData: "deleteEmptydirData",
};

/** The flag of a setting, under which problems with it come out. */
export function flagOfSetting(path: string): string {
  return FLAG_OF[path] ?? path;
}

/** How nodes are drained, by kubectl's names where it has some. */
export const drainFlags = {
  force: yes("evict pods without a controller as well, which nobody makes again"),
  maxUnavailable: text(
    "<number|percentage>",
    "old nodes out of service at once, such as 3 or 10%; 1 by default",
  ),
  surge: text(
    "<number|percentage>",
    "workers beyond the number of old nodes that may exist at once; 0 drains first; as many as needed by default",
  ),
  podTimeoutSeconds: wholeNumber(
    "seconds for the pods of a node to move; 1800 by default",
    1,
    DAY_SECONDS,
    1_800,
  ),
  timeout: duration("the same as a duration, by kubectl's name, such as 10m; 30m by default", "90s or 10m"),
  nodeTimeoutSeconds: wholeNumber("seconds for a node to come or go; 900 by default", 1, DAY_SECONDS, 900),
  gracePeriod: wholeNumber("seconds for a pod to end; each pod's own by default", 1, DAY_SECONDS, 30),
  podSelector: text(
    "<selector>",
    "evict only pods that it matches, such as app=web; other pods stay, on nodes that stay; all by default",
  ),
  deleteEmptydirData: yesOrNo("evict pods with an emptyDir, which lose it; true by default"),
  restartSingleReplicas: yes("move workloads of one replica by a rolling restart, the new pod first"),
  lowerWarmTargets: yes("let old nodes give unused addresses back meanwhile, where new workers lack some"),
};

/** The settings of a rotation. */
export const settingFlags = {
  ...drainFlags,
  deleteEmptyGroups: yes("delete old groups without nodes, but those of another tool"),
  removeLeakedEnis: yes("remove network interfaces that an old node has left behind"),
};

/** What was given of them. */
type SettingFlagValues = Partial<FlagValues<typeof settingFlags>>;

/** The settings that were given as flags, and no others. */
export function givenRotationOptions(flags: SettingFlagValues): GivenRotationOptions {
  const { maxUnavailable, surge, timeout, gracePeriod, deleteEmptydirData, ...sameNames } = flags;
  const { podTimeoutSeconds = timeout } = sameNames;
  const given: GivenRotationOptions = {
    force: sameNames.force,
    maxUnavailable: amount(maxUnavailable),
    surge: amount(surge),
    podTimeoutSeconds,
    nodeTimeoutSeconds: sameNames.nodeTimeoutSeconds,
    gracePeriodSeconds: gracePeriod,
    podSelector: sameNames.podSelector,
    deleteEmptyDirData: deleteEmptydirData,
    restartSingleReplicas: sameNames.restartSingleReplicas,
    deleteEmptyGroups: sameNames.deleteEmptyGroups,
    removeLeakedEnis: sameNames.removeLeakedEnis,
    lowerWarmTargets: sameNames.lowerWarmTargets,
  };
  // What is there wins over the file of environments, and undefined must not.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Everything that is wrong with settings that were given as flags. */
export function rotationFlagProblems(flags: SettingFlagValues): Problem[] {
  return [
    ...timeoutProblems(flags),
    ...rotationSettingsProblems("", givenRotationOptions(flags)).map((problem) => ({
      ...problem,
      path: problem.path.slice(1),
    })),
  ];
}

/** Whole numbers are numbers; what is no amount at all is told by the rules of settings. */
function amount(given: string | undefined): Amount | undefined {
  return given !== undefined && /^\d+$/.test(given) ? Number(given) : (given as Amount | undefined);
}

function timeoutProblems({ podTimeoutSeconds, timeout }: SettingFlagValues): Problem[] {
  if (podTimeoutSeconds === undefined || timeout === undefined) return [];
  const reason = `${timeout} s and --pod-timeout-seconds ${podTimeoutSeconds} say the same thing twice.`;
  return [{ path: "timeout", reason, fix: "Give one of them." }];
}
