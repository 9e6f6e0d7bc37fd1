import type { V1NodeSelectorRequirement, V1Pod, V1Taint } from "@kubernetes/client-node";

/** The values a label may have: as a set of requirements leaves them of those that there are. */
export function allowedValues(
  key: string,
  known: readonly string[],
  requirements: readonly V1NodeSelectorRequirement[],
): string[] {
  const about = requirements.filter((one) => one.key === key);
  return known.filter((value) => about.every(({ operator, values = [] }) => meets(value, operator, values)));
}

/** Whether a label's value, or its absence, is what a requirement asks for. */
export function meets(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return Number(value) > Number(values[0]);
    case "Lt":
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** What a pod asks of its node: its node selector, and the first term of its required node affinity. */
export function requirementsOf({ spec }: V1Pod): V1NodeSelectorRequirement[] {
  const selected = Object.entries(spec?.nodeSelector ?? {}).map(([key, value]) => ({
    key,
    operator: "In",
    values: [value],
  }));
  const terms =
    spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return [...selected, ...(terms?.[0]?.matchExpressions ?? [])];
}

/** Whether a pod tolerates taints that keep pods away. */
export function tolerates(
  { spec }: V1Pod,
  taints: readonly Pick<V1Taint, "key" | "value" | "effect">[],
): boolean {
  return taints
    .filter(({ effect }) => effect !== "PreferNoSchedule")
    .every((taint) =>
      (spec?.tolerations ?? []).some(
        ({ key, operator = "Equal", value = "", effect }) =>
          (effect === undefined || effect === "" || effect === taint.effect) &&
          (key === undefined || key === "" ? operator === "Exists" : key === taint.key) &&
          (operator === "Exists" || value === (taint.value ?? "")),
      ),
    );
}
