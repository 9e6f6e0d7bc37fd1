import type { Act } from "../protocol/plugin";
import { isObject, type Properties } from "../protocol/values";
import { waitFor } from "../protocol/waitFor";
import type { ApiServer } from "./apiServer";
import { annotationOf, metadataOf, nameOf, namespaceOf, SKIP_AWAIT } from "./manifest";
import { readObject } from "./objects";
import type { Kind } from "./typeToken";

/** As long as the real plugin waits. */
const READY_TIMEOUT_MS = 10 * 60_000;

/** Whether something is waited for after a change: DaemonSets are, unless the program says not to. */
export function isWaitedFor({ apiVersion, kind }: Kind, inputs: Properties): boolean {
  return `${apiVersion} ${kind}` === "apps/v1 DaemonSet" && annotationOf(inputs, SKIP_AWAIT) !== "true";
}

/**
 * Waits until every pod of a DaemonSet is of its newest template and ready.
 *
 * @returns it as it is then.
 * @throws Error after the resource's time for it, ten minutes by default.
 */
export async function rolledOut(
  api: ApiServer,
  kind: Kind,
  changed: Properties,
  act: Act,
): Promise<Properties> {
  const where = { namespace: namespaceOf(changed), name: nameOf(changed) };
  const { generation } = metadataOf(changed);
  return waitFor(
    `waiting for ${kind.kind} ${where.name} to be rolled out`,
    act,
    READY_TIMEOUT_MS,
    async () => {
      const live = await readObject(api, kind, where, act);
      return live !== undefined && isRolledOut(live, generation) ? live : undefined;
    },
  );
}

/**
 * Whether every pod of a DaemonSet is of its newest template and ready.
 *
 * @param generation which the controller must have seen; by default the object's own.
 */
export function isRolledOut(live: Properties, generation = metadataOf(live)["generation"]): boolean {
  const status = isObject(live["status"]) ? live["status"] : {};
  const number = (key: string) => (typeof status[key] === "number" ? status[key] : 0);
  if (status["observedGeneration"] === undefined || status["desiredNumberScheduled"] === undefined)
    return false;
  const desired = number("desiredNumberScheduled");
  return (
    number("observedGeneration") >= Number(generation ?? 0) && COUNTED.every((key) => number(key) >= desired)
  );
}

const COUNTED = ["currentNumberScheduled", "updatedNumberScheduled", "numberAvailable", "numberReady"];
