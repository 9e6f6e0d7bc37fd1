import {
  containsUnknown,
  isList,
  isObject,
  isSecret,
  isUnknown,
  type PropertyMap,
  type PropertyValue,
} from "./propertyValues";

/** How properties are to change: values that come, values that are other ones, and names that go. */
export interface PlanDiff {
  readonly adds: PropertyMap;
  readonly updates: PropertyMap;
  readonly deletes: readonly string[];
}

/** Nothing changes. */
export const NO_DIFF: PlanDiff = { adds: {}, updates: {}, deletes: [] };

/** How properties change from one to the other. */
export function planDiff(olds: PropertyMap, news: PropertyMap): PlanDiff {
  // A value that is not known yet may be any: it is noted as an update.
  return diff(olds, news, (old, now) => !containsUnknown(now) && alike(old, now));
}

/**
 * In what properties change otherwise than they were to.
 *
 * A value that was not known when that was decided may be any, and none. One that was to come may be there already.
 *
 * @returns in Pulumi's notation: what was to happen, what happens (`+`, `~`, `-`, `=`), the name, and the values.
 */
export function deviations(olds: PropertyMap, news: PropertyMap, planned: PlanDiff): string[] {
  const actual = diff(olds, news, alike);
  const found: string[] = [];
  const note = (key: string, happens: "+" | "~" | "-" | "=") => {
    const value = happens === "-" ? undefined : news[key];
    found.push(`${plannedFor(key, planned)}${happens}${key}${shownValues(wantedFor(key, planned), value)}`);
  };
  const keys = new Set([
    ...Object.keys(olds),
    ...Object.keys(news),
    ...Object.keys(planned.adds),
    ...Object.keys(planned.updates),
    ...planned.deletes,
  ]);
  for (const key of keys) {
    const happens = happening(key, actual);
    const [add, update] = [planned.adds[key], planned.updates[key]];
    const now = news[key];
    if (happens === "+") {
      if (add === undefined || !alike(add, now)) note(key, "+");
    } else if (happens === "~") {
      const wanted = update ?? add;
      if (wanted === undefined || !alike(wanted, now)) note(key, "~");
    } else if (happens === "-") {
      const cameToNothing = isUnknown(update) || isUnknown(add);
      if (!planned.deletes.includes(key) && !cameToNothing) note(key, "-");
    } else if (now === undefined) {
      const wanted = add ?? update;
      if (wanted !== undefined && !isUnknown(wanted)) note(key, "-");
    } else {
      const wanted = add ?? update;
      if (planned.deletes.includes(key) || (wanted !== undefined && !alike(wanted, now))) note(key, "=");
    }
  }
  return found.sort();
}

/** Whether two values are the same, as far as they are known. */
export function alike(left: PropertyValue | undefined, right: PropertyValue | undefined): boolean {
  if (isUnknown(left) || isUnknown(right)) return true;
  if (isList(left) && isList(right))
    return left.length === right.length && left.every((item, index) => alike(item, right[index]));
  if (isSecret(left) && isSecret(right)) return alike(left.value, right.value);
  if (!isObject(left) || !isObject(right)) return (left ?? null) === (right ?? null);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    alike(left[key], right[key]),
  );
}

function diff(
  olds: PropertyMap,
  news: PropertyMap,
  isSame: (old: PropertyValue, now: PropertyValue) => boolean,
): PlanDiff {
  const adds: Record<string, PropertyValue> = {};
  const updates: Record<string, PropertyValue> = {};
  const deletes: string[] = [];
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    const [old = null, now = null] = [olds[key], news[key]];
    if (old === null && now !== null) adds[key] = now;
    else if (old !== null && now === null) deletes.push(key);
    else if (!isSame(old, now)) updates[key] = now;
  }
  return { adds, updates, deletes };
}

function happening(key: string, { adds, updates, deletes }: PlanDiff): "+" | "~" | "-" | "=" {
  if (Object.hasOwn(adds, key)) return "+";
  if (Object.hasOwn(updates, key)) return "~";
  return deletes.includes(key) ? "-" : "=";
}

const plannedFor = happening;

function wantedFor(key: string, { adds, updates }: PlanDiff): PropertyValue | undefined {
  return adds[key] ?? updates[key];
}

function shownValues(wanted: PropertyValue | undefined, value: PropertyValue | undefined): string {
  const both = [wanted, value].filter((each) => each !== undefined).map((each) => `{${shown(each)}}`);
  return both.length === 0 ? "" : `[${both.join("!=")}]`;
}

function shown(value: PropertyValue): string {
  if (isSecret(value)) return "[secret]";
  return typeof value === "object" && value !== null ? JSON.stringify(value, hidden) : String(value);
}

function hidden(_key: string, value: PropertyValue): PropertyValue {
  return isSecret(value) ? "[secret]" : value;
}
