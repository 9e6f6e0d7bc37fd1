/** Asks something of one label. */
export interface LabelRequirement {
  readonly key: string;
  /** In, NotIn, Exists or DoesNotExist; of nodes Gt and Lt as well, which compare numbers. */
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** A label selector as Kubernetes has it. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly LabelRequirement[] | undefined;
}

/**
 * Whether labels are what a selector asks for; an empty one takes everything.
 *
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => meets(labels[requirement.key], requirement))
  );
}

/** Whether a label's value, or its absence, is what a requirement asks for. @throws Error for an operator of no one. */
export function meets(
  value: string | undefined,
  { operator, values = [] }: Omit<LabelRequirement, "key">,
): boolean {
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
      throw new Error(`${operator} is no operator of Kubernetes' label selectors`);
  }
}
