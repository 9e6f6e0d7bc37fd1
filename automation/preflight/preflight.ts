import { preflight as lookFor, type Preflight } from "../../planning/preflight/preflight";
import type { ObserverOutside } from "../rotation/outside";
import { readPicture, type IntendedPodNetwork } from "./readPicture";

/** A cluster that is looked at before anything is changed. */
export interface PreflightRequest extends IntendedPodNetwork {
  readonly clusterName: string;
  /** Ids of checks whose findings somebody has accepted. @default none */
  readonly accepted?: readonly string[] | undefined;
}

/**
 * Says what would go wrong, before anything is changed; reads only. What it needs, `readPicture` says.
 *
 * @throws InvalidInputError when there is no such cluster; otherwise what AWS answers.
 */
export async function preflight(request: PreflightRequest, outside: ObserverOutside): Promise<Preflight> {
  const { clusterName, accepted, ...intended } = request;
  return lookFor(await readPicture(clusterName, intended, outside), accepted);
}
