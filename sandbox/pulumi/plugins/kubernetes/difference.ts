import type { Difference } from "../protocol/plugin";
import { containsUnknown } from "../../engine/propertyValues";
import type { Properties } from "../protocol/values";
import { inputsOf, liveOf, manifestOf } from "./checkpoint";
import { manifestChanges } from "./compare";
import {
  annotationOf,
  AUTONAMED,
  metadataOf,
  nameOf,
  namespaceOf,
  withMetadata,
  withoutServersOwn,
} from "./manifest";
import { prunedTo } from "./prune";
import { replacingFields } from "./replacing";
import { isBuiltIn, isPatch, kindOf } from "./typeToken";

/**
 * What an update would change: the fields of the program, as they are in the state's live object, against those that it
 * has now.
 */
export function differenceOf(
  type: string,
  state: Properties,
  oldInputs: Properties,
  news: Properties,
): Difference {
  const kind = kindOf(type);
  const old = inputsOf(state) ?? manifestOf(kind, oldInputs);
  let was = prunedTo(withoutServersOwn(old), liveOf(state));
  let is = withoutServersOwn(manifestOf(kind, news));
  // The live object's own identity counts, whether or not the program named it.
  was = withMetadata({ ...was, ...kind }, { name: nameOf(state) });
  const namespace = namespaceOf(state);
  if (namespace !== "") {
    was = withMetadata(was, { namespace });
    if (namespaceOf(is) === "" && !containsUnknown(metadataOf(is)["namespace"] ?? null)) {
      is = withMetadata(is, { namespace: "default" });
    }
  }
  const changes = manifestChanges(was, is, {
    replacing: replacingFields(kind, isPatch(type)),
    leavesOutEmpty: isBuiltIn(kind.apiVersion),
  });
  const kept = nameOf(is) === nameOf(was) && namespaceOf(is) === namespaceOf(was);
  return {
    changes,
    replaceKeys: [...changes].filter(([, change]) => change.endsWith("-replace")).map(([path]) => path),
    deleteBeforeReplace: kept && annotationOf(is, AUTONAMED) !== "true",
  };
}
