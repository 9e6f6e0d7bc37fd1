import { shown, type Problem } from "../problem";
import { amountProblems, type Amount } from "./amount";
import { maxUnavailableProblems, type MaxUnavailable } from "./batches";
import { readSelector } from "./labelSelector";

/** When a rotation pauses because the cluster is not well. */
export interface HealthGate {
  /** How many nodes more than when the run began may be unready, before no further one is begun. @default any */
  readonly unreadyNodes?: Amount | undefined;
  /** How many workloads more than when the run began may be short of ready pods. @default any */
  readonly unreadyWorkloads?: Amount | undefined;
  /** A command of the shell that says by its exit code whether all is well: 0 where it is. @default none */
  readonly command?: string | undefined;
}

/** How an environment is rotated. */
export interface RotationSettings {
  /** How many old nodes may be out of service at once: a number, or a percentage of the old nodes. @default 1 */
  readonly maxUnavailable: MaxUnavailable;
  /**
   * How many workers beyond the number of old nodes may exist at once: a number, or a percentage of the old nodes; with
   * 0 an old node is drained before its replacement is made. @default as many as the nodes on their way and the next
   * ones need
   */
  readonly surge?: Amount | undefined;
  /**
   * How long the pods of a node may take to leave it and to be ready elsewhere, in seconds. A node past it is blocked:
   * it goes back into service, and the others go on. @default 1800
   */
  readonly podTimeoutSeconds: number;
  /** How long a new worker may take to be Ready, and an old one to go, in seconds. @default 900 */
  readonly nodeTimeoutSeconds: number;
  /** How long a pod may take to end when it is told to, in seconds. @default each pod's own */
  readonly gracePeriodSeconds?: number | undefined;
  /**
   * Only pods that it matches are evicted, in kubectl's syntax such as `app=web,tier!=cache`. A node with others on it
   * that would have to move is blocked, and never terminated. @default all pods
   */
  readonly podSelector?: string | undefined;
  /** Whether pods with an emptyDir are evicted, whose content is lost. @default true */
  readonly deleteEmptyDirData: boolean;
  /** Whether workloads of one replica are moved by a rolling restart, which starts the new pod first. @default false */
  readonly restartSingleReplicas: boolean;
  /** Whether old groups that are empty are deleted, unless another tool made them. @default false */
  readonly deleteEmptyGroups: boolean;
  /** Whether network interfaces that an old node has left behind are removed. @default false */
  readonly removeLeakedEnis: boolean;
  /**
   * Whether old nodes are made to give unused addresses back while the rotation lasts, where node subnets have too few
   * for new workers. @default false
   */
  readonly lowerWarmTargets: boolean;
  /** When the rotation pauses because the cluster is not well. @default never */
  readonly healthGate?: HealthGate | undefined;
}

/** What holds where nothing is said. */
const ROTATION_DEFAULTS: RotationSettings = {
  maxUnavailable: 1,
  podTimeoutSeconds: 1800,
  nodeTimeoutSeconds: 900,
  deleteEmptyDirData: true,
  restartSingleReplicas: false,
  deleteEmptyGroups: false,
  removeLeakedEnis: false,
  lowerWarmTargets: false,
};

/** Settings as people write them: what is left out takes its default. */
export type GivenRotationSettings = {
  readonly [K in keyof RotationSettings]?: RotationSettings[K] | undefined;
};

/** Settings with nothing left out that has a default. */
export function rotationSettings(given: GivenRotationSettings = {}): RotationSettings {
  const { surge, gracePeriodSeconds, podSelector, healthGate } = given;
  const {
    maxUnavailable = ROTATION_DEFAULTS.maxUnavailable,
    podTimeoutSeconds = ROTATION_DEFAULTS.podTimeoutSeconds,
    nodeTimeoutSeconds = ROTATION_DEFAULTS.nodeTimeoutSeconds,
    deleteEmptyDirData = ROTATION_DEFAULTS.deleteEmptyDirData,
    restartSingleReplicas = ROTATION_DEFAULTS.restartSingleReplicas,
    deleteEmptyGroups = ROTATION_DEFAULTS.deleteEmptyGroups,
    removeLeakedEnis = ROTATION_DEFAULTS.removeLeakedEnis,
    lowerWarmTargets = ROTATION_DEFAULTS.lowerWarmTargets,
  } = given;
  return {
    maxUnavailable,
    ...(surge !== undefined && { surge }),
    podTimeoutSeconds,
    nodeTimeoutSeconds,
    ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
    ...(podSelector !== undefined && { podSelector }),
    deleteEmptyDirData,
    restartSingleReplicas,
    deleteEmptyGroups,
    removeLeakedEnis,
    lowerWarmTargets,
    ...(healthGate !== undefined && { healthGate }),
  };
}

/** Every problem of settings as people write them. What else there is besides them is not looked at. */
export function rotationSettingsProblems(path: string, given: GivenRotationSettings): Problem[] {
  const { maxUnavailable, surge, podTimeoutSeconds, nodeTimeoutSeconds, gracePeriodSeconds } = given;
  const { podSelector, healthGate = {} } = given;
  return [
    ...(maxUnavailable === undefined ? [] : maxUnavailableProblems(`${path}.maxUnavailable`, maxUnavailable)),
    ...(surge === undefined ? [] : amountProblems(`${path}.surge`, surge, "workers", 0)),
    ...Object.entries({ podTimeoutSeconds, nodeTimeoutSeconds }).flatMap(([key, value]) =>
      value === undefined || (Number.isFinite(value) && value > 0)
        ? []
        : [
            {
              path: `${path}.${key}`,
              reason: `${String(value)} is not a time in seconds.`,
              fix: "Give a number above 0, such as 1800.",
            },
          ],
    ),
    ...gracePeriodProblems(`${path}.gracePeriodSeconds`, gracePeriodSeconds),
    ...podSelectorProblems(`${path}.podSelector`, podSelector),
    ...(["unreadyNodes", "unreadyWorkloads"] as const).flatMap((key) =>
      healthGate[key] === undefined
        ? []
        : amountProblems(
            `${path}.healthGate.${key}`,
            healthGate[key],
            key === "unreadyNodes" ? "nodes" : "workloads",
            0,
          ),
    ),
  ];
}

/** 0 would delete a pod before its kubelet has ended it, and let a StatefulSet run it twice. */
function gracePeriodProblems(path: string, seconds: number | undefined): Problem[] {
  if (seconds === undefined || (Number.isSafeInteger(seconds) && seconds >= 1)) return [];
  const reason = `${String(seconds)} is not a whole number of seconds from 1 up.`;
  return [{ path, reason, fix: "Give such as 30, or leave it out: then each pod's own holds." }];
}

function podSelectorProblems(path: string, text: string | undefined): Problem[] {
  if (text === undefined) return [];
  const reading = readSelector(text);
  if ("selector" in reading) return [];
  const reason = `${shown(reading.refused)} is no requirement of a label selector.`;
  return [{ path, reason, fix: "Give such as app=web, app!=web, app in (web, api), app or !app." }];
}
