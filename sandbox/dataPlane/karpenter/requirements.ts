import type { V1NodeSelectorRequirement, V1Pod, V1Taint } from "@kubernetes/client-node";
import { meets } from "../../labelSelector";

/** The values a label may have: as a set of requirements leaves them of those that there are. */
export function allowedValues(
  key: string,
  known: readonly string[],
  requirements: readonly V1NodeSelectorRequirement[],
): string[] {
  const about = requirements.filter((one) => one.key === key);
  return known.filter((value) => about.every((requirement) => meets(value, requirement)));
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
