import {
  rotationSettings,
  type GivenRotationSettings,
  type RotationSettings,
} from "../../planning/rotation/settings";

/** How to rotate: the environment's settings, and what a person decides for one run. */
export interface RotationOptions extends RotationSettings {
  /** Evict pods without a controller, which nobody makes again. */
  readonly force: boolean;
}

/** Options as a caller gives them. */
export interface GivenRotationOptions extends GivenRotationSettings {
  /** @default false */
  readonly force?: boolean | undefined;
}

/** Options with nothing left out. */
export function rotationOptions(given: GivenRotationOptions): RotationOptions {
  return { ...rotationSettings(given), force: given.force ?? false };
}
