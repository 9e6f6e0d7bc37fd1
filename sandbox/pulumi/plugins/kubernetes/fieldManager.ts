import { isObject, type Properties } from "../protocol/values";
import { uniqueDigits } from "../protocol/autoName";
import { annotationOf, FIELD_MANAGER, FORCE, metadataOf } from "./manifest";

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
  if (typeof manager !== "string") return false;
  // By how they begin, as the real plugin has it: kubectl-create, kubectl-edit and so on are hands as well.
  if (operation === "Update") return TAKEN_OVER.some((each) => manager.startsWith(each));
  return operation === "Apply" && manager.startsWith("kubectl");
}

const TAKEN_OVER = [CREATOR, "before-first-apply", "kubectl"];

/** What decides whether fields of other owners are taken over. */
export interface Forcing {
  /** `enablePatchForce` of the provider. */
  readonly always: boolean;
  /** Whether the API server is only asked what would become of it. */
  readonly dryRun: boolean;
}

/**
 * Whether fields of other owners are taken over: because the program or the provider says so; because nobody's ownership
 * was ever noted; or in a preview, where what was created with POST is not the resource's own yet.
 */
export function isForced(inputs: Properties, live: Properties, { always, dryRun }: Forcing): boolean {
  if (always || annotationOf(inputs, FORCE) === "true") return true;
  const entries = metadataOf(live)["managedFields"];
  if (!Array.isArray(entries) || entries.length === 0) return true;
  return dryRun && entries.some((entry) => isObject(entry) && isOfCreator(entry));
}

function isOfCreator({ manager, operation }: Properties): boolean {
  return operation === "Update" && manager === CREATOR;
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
