import { HalfMade, type Act, type Live, type Subject } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import { relinquish, updateObject } from "./applying";
import { inputsOf, manifestOf, stateOf } from "./checkpoint";
import type { Cluster } from "./cluster";
import { notReadyAfterUpdate, notUpdated } from "./failureWords";
import { fieldManagerOf } from "./fieldManager";
import { partsOfId } from "./manifest";
import { readObject } from "./objects";
import { isWaitedFor, rolledOut } from "./rollout";
import { isPatch, kindOf } from "./typeToken";

/**
 * Makes an object what the inputs say, or asks the API server what would come of that.
 *
 * @throws HalfMade when the object is there and not what it should be, also when nothing was changed: the engine keeps
 *   the old inputs then, and tries again.
 */
export async function change(
  { api, force: always }: Cluster,
  subject: Subject,
  old: Live,
  inputs: Properties,
  { dryRun }: { readonly dryRun: boolean },
  act: Act,
): Promise<Properties> {
  const kind = kindOf(subject.type);
  const fieldManager = fieldManagerOf(old.state, inputs);
  const how = { fieldManager, always, dryRun, isPatch: isPatch(subject.type) };
  try {
    const changed = await updateObject(api, kind, manifestOf(kind, inputs), how, act);
    if (dryRun) return stateOf(inputs, changed, fieldManager);
    const live = isWaitedFor(kind, inputs) ? await rolledOut(api, kind, changed, act) : changed;
    const former = fieldManagerOf(old.state, inputsOf(old.state) ?? {});
    if (former !== fieldManager) await relinquish(api, kind, live, former, act);
    return stateOf(inputs, live, fieldManager);
  } catch (error) {
    const live = await readObject(api, kind, partsOfId(old.id), act);
    if (live === undefined) throw notUpdated(subject, error);
    const left = { id: old.id, state: stateOf(inputs, live, fieldManager) };
    throw new HalfMade(left, notReadyAfterUpdate(old.id, error));
  }
}
