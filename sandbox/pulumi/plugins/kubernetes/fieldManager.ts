import { isObject, type Properties } from "../protocol/values";
import { uniqueDigits } from "../protocol/autoName";
import { annotationOf, FIELD_MANAGER, metadataOf } from "./manifest";

/** Who makes objects. Updates are of a manager of the resource's own, which takes the fields over. */
export const CREATOR = "pulumi-kubernetes";

/** Where state keeps the resource's own manager. */
export const FIELD_MANAGER_KEY = "__fieldManager";

/** The name under which a resource owns its fields: the one of its annotation, of its state, or a new one. */
export function fieldManagerOf(state: Properties, inputs: Properties): string {
  const known = state[FIELD_MANAGER_KEY];
  const asked = annotationOf(inputs, FIELD_MANAGER);
  if (asked !== "") return asked;
  return typeof known === "string" ? known : `${CREATOR}-${uniqueDigits("", new Uint8Array(), 8)}`;
}

/** Managers whose fields become the resource's own: who made it, and who works on objects by hand. */
function isTakenOver(entry: Properties): boolean {
  const { manager, operation } = entry;
  if (entry["subresource"] !== undefined && entry["subresource"] !== "") return false;
  if (operation === "Update")
    return [CREATOR, "before-first-apply", "kubectl"].some((each) => each === manager);
  return operation === "Apply" && manager === "kubectl";
}

/**
 * The JSON patch that makes what was created with POST the resource's own, so that the first server-side apply is no
 * conflict with itself and removes what the program no longer has.
 *
 * @returns undefined when there is nothing to take over.
 */
export function takeOver(live: Properties, fieldManager: string): Properties[] | undefined {
  const entries = metadataOf(live)["managedFields"];
  if (!Array.isArray(entries)) return undefined;
  const managed = entries.filter(isObject);
  const taken = managed.filter(isTakenOver);
  if (taken.length === 0) return undefined;
  const own = managed.find(({ manager, operation }) => manager === fieldManager && operation === "Apply");
  const [model] = taken;
  const united: Properties = {
    ...model,
    ...own,
    manager: fieldManager,
    operation: "Apply",
    fieldsV1: [...(own === undefined ? [] : [own]), ...taken]
      .map(({ fieldsV1 }) => (isObject(fieldsV1) ? fieldsV1 : {}))
      .reduce(unitedFields, {}),
  };
  const others = managed.filter((entry) => !taken.includes(entry) && entry !== own);
  return [
    // Refused if somebody writes the object meanwhile; the entries would be lost.
    { op: "test", path: "/metadata/resourceVersion", value: metadataOf(live)["resourceVersion"] ?? "" },
    { op: "replace", path: "/metadata/managedFields", value: [...others, united] },
  ];
}

function unitedFields(left: Properties, right: Properties): Properties {
  const united = { ...left };
  for (const [key, fields] of Object.entries(right)) {
    const known = united[key];
    united[key] = isObject(known) && isObject(fields) ? unitedFields(known, fields) : fields;
  }
  return united;
}
