import type { Problem } from "../problem";
import { maxUnavailableProblems, type MaxUnavailable } from "./batches";

/** How an environment is rotated. */
export interface RotationSettings {
  /** How many old nodes may be out of service at once: a number, or a percentage of the old nodes. @default 1 */
  readonly maxUnavailable: MaxUnavailable;
  /**
   * How long the pods of a node may take to leave it and to be ready elsewhere, in seconds. A node past it is blocked:
   * it goes back into service, and the others go on. @default 1800
   */
  readonly podTimeoutSeconds: number;
  /** How long a new worker may take to be Ready, and an old one to go, in seconds. @default 900 */
  readonly nodeTimeoutSeconds: number;
}

/** What holds where nothing is said. */
const ROTATION_DEFAULTS: RotationSettings = {
  maxUnavailable: 1,
  podTimeoutSeconds: 1800,
  nodeTimeoutSeconds: 900,
};

/** Settings as people write them: what is left out takes its default. */
export type GivenRotationSettings = {
  readonly [K in keyof RotationSettings]?: RotationSettings[K] | undefined;
};

/** Settings with nothing left out. */
export function rotationSettings(given: GivenRotationSettings = {}): RotationSettings {
  return {
    maxUnavailable: given.maxUnavailable ?? ROTATION_DEFAULTS.maxUnavailable,
    podTimeoutSeconds: given.podTimeoutSeconds ?? ROTATION_DEFAULTS.podTimeoutSeconds,
    nodeTimeoutSeconds: given.nodeTimeoutSeconds ?? ROTATION_DEFAULTS.nodeTimeoutSeconds,
  };
}

/** Every problem of settings as people write them. What else there is besides them is not looked at. */
export function rotationSettingsProblems(path: string, given: GivenRotationSettings): Problem[] {
  const { maxUnavailable, podTimeoutSeconds, nodeTimeoutSeconds } = given;
  return [
    ...(maxUnavailable === undefined ? [] : maxUnavailableProblems(`${path}.maxUnavailable`, maxUnavailable)),
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
  ];
}
