import type { LabelSelector } from "./observation";

/**
 * Whether a selector matches labels, by the rules of Kubernetes: no selector matches nothing, an empty one everything;
 * `NotIn` and `DoesNotExist` match where the key is missing.
 */
export function selects(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return false;
      }
    })
  );
}

/** A selector that was read, or what is wrong with its text. */
export type SelectorReading = { readonly selector: LabelSelector } | { readonly refused: string };

/** A key of a label, with or without its prefix. */
const KEY =
  /^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
/** A value of a label; it may be empty. */
const VALUE = /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/;

/**
 * Reads a selector as kubectl's `--selector` takes it: requirements with commas between them, of the forms `key=value`,
 * `key==value`, `key!=value`, `key in (a, b)`, `key notin (a, b)`, `key` and `!key`
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors).
 */
export function readSelector(text: string): SelectorReading {
  const matchExpressions = [];
  for (const part of partsOf(text)) {
    const requirement = readRequirement(part.trim());
    if (requirement === undefined) return { refused: part.trim() };
    matchExpressions.push(requirement);
  }
  return { selector: { matchExpressions } };
}

/** What stands between the commas of a selector; those within brackets stand between values. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let [from, isWithin] = [0, false];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "(") isWithin = true;
    else if (text[at] === ")") isWithin = false;
    else if (text[at] === "," && !isWithin) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

type Requirement = NonNullable<LabelSelector["matchExpressions"]>[number];

function readRequirement(text: string): Requirement | undefined {
  const [, inKey, set, inValues] = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(text) ?? [];
  const [, equalKey, sign, equalValue] = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/.exec(text) ?? [];
  const [, not, existsKey = ""] = /^(!?)\s*(\S*)$/.exec(text) ?? [];
  const requirement =
    inKey !== undefined
      ? {
          key: inKey,
          operator: set === "in" ? "In" : "NotIn",
          values: (inValues ?? "").split(",").map((value) => value.trim()),
        }
      : equalKey !== undefined
        ? { key: equalKey, operator: sign === "!=" ? "NotIn" : "In", values: [equalValue ?? ""] }
        : { key: existsKey, operator: not === "!" ? "DoesNotExist" : "Exists", values: [] };
  const isRight = KEY.test(requirement.key) && requirement.values.every((value) => VALUE.test(value));
  return isRight ? requirement : undefined;
}
