import { HalfMade, type Act, type Live, type Subject } from "../protocol/plugin";
import { containsUnknown } from "../../engine/propertyValues";
import { without, type Properties } from "../protocol/values";
import { ApiError } from "./apiServer";
import { applyFields } from "./applying";
import { manifestOf, stateOf } from "./checkpoint";
import type { Cluster } from "./cluster";
import { notCreated, notReadyAfterCreation } from "./failureWords";
import { fieldManagerOf } from "./fieldManager";
import { annotationOf, FORCE, idOf } from "./manifest";
import { createObject, withPatience } from "./objects";
import { isWaitedFor, rolledOut } from "./rollout";
import { isPatch, kindOf, type Kind } from "./typeToken";

/** Makes an object, or patches one. @throws HalfMade when it is there and did not become ready. */
export async function make(cluster: Cluster, subject: Subject, inputs: Properties, act: Act): Promise<Live> {
  const kind = kindOf(subject.type);
  const fieldManager = fieldManagerOf({}, inputs);
  let made: Properties;
  try {
    made = await withPatience(act, () =>
      send(cluster, subject, inputs, { fieldManager, dryRun: false }, act),
    );
  } catch (error) {
    throw notCreated(subject, error);
  }
  const live = (now: Properties) => ({ id: idOf(made), state: stateOf(inputs, now, fieldManager) });
  try {
    return live(isWaitedFor(kind, inputs) ? await rolledOut(cluster.api, kind, made, act) : made);
  } catch (error) {
    throw new HalfMade(live(made), notReadyAfterCreation(subject, error));
  }
}

/** What the API server says would come of making an object; the inputs where it can't be asked, and for patches. */
export async function previewOfMaking(
  cluster: Cluster,
  subject: Subject,
  inputs: Properties,
  act: Act,
): Promise<Properties> {
  if (isPatch(subject.type) || !(await canBeAsked(cluster, kindOf(subject.type), inputs, act))) return inputs;
  const fieldManager = fieldManagerOf({}, inputs);
  try {
    const live = await send(cluster, subject, inputs, { fieldManager, dryRun: true }, act);
    return stateOf(inputs, without(live, "status"), fieldManager);
  } catch (error) {
    // What is in its place now may be gone by then, and a namespace that is missing may be there.
    if (error instanceof ApiError && [403, 404, 409].includes(error.code)) return inputs;
    throw notCreated(subject, error);
  }
}

/** Whether the API server can say what would come of inputs: they are known by now, and so is their kind. */
export async function canBeAsked(
  { api }: Cluster,
  kind: Kind,
  inputs: Properties,
  act: Act,
): Promise<boolean> {
  return !containsUnknown(inputs) && (await api.resourceOf(kind, act.signal)) !== undefined;
}

/** A patch is applied to what is there, and so is every object if the provider is to; others are made. */
function send(
  { api, force, upsert }: Cluster,
  subject: Subject,
  inputs: Properties,
  { fieldManager, dryRun }: { readonly fieldManager: string; readonly dryRun: boolean },
  act: Act,
): Promise<Properties> {
  const kind = kindOf(subject.type);
  const manifest = manifestOf(kind, inputs);
  if (!upsert && !isPatch(subject.type)) return createObject(api, kind, manifest, { dryRun }, act);
  const forced = dryRun || force || annotationOf(inputs, FORCE) === "true";
  return applyFields(api, kind, manifest, { fieldManager, force: forced, dryRun }, act);
}
