import type { ResourceChange } from "../stack/resourceChange";
import { DANGERS, type Danger } from "./danger";
import { flagOff } from "./flagOff";
import { lostResources } from "./lostResources";
import { lostRoutes } from "./lostRoutes";
import { rolledWorkers } from "./rolledWorkers";

/**
 * What of the changes of a stack would take away from pods, or from nodes, what they live on; by kind and by name.
 *
 * @param unseen dangers that no change tells of, to be told with them. @default none
 */
export function dangersIn(changes: readonly ResourceChange[], unseen: readonly Danger[] = []): Danger[] {
  const kinds = Object.keys(DANGERS);
  return [
    ...changes.flatMap((change) => [...lostResources(change), ...rolledWorkers(change), ...flagOff(change)]),
    ...lostRoutes(changes),
    ...unseen,
  ].sort((a, b) => kinds.indexOf(a.id) - kinds.indexOf(b.id) || (a.resource < b.resource ? -1 : 1));
}
