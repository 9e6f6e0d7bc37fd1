import { shown, type Problem } from "../problem";
import type { KnownVariables } from "./addOnSchema";
import type { AskedEnv } from "./askedEnv";
import type { ForeignValue } from "./foreignValues";

/** Values of the DaemonSet that go into the add-on's configuration, and those that can't. */
export interface FoldedValues {
  readonly folded: AskedEnv;
  readonly problems: readonly Problem[];
}

/**
 * Sorts the values of a DaemonSet by whether the add-on's configuration takes them.
 *
 * What it does not take is refused: left to themselves, such values make EKS report success while others of the same
 * update are not in force (PRESERVE), or are gone with the next one (OVERWRITE).
 */
export function foldValues(values: readonly ForeignValue[], knows: KnownVariables): FoldedValues {
  const fits = ({ container, name, value }: ForeignValue) => value !== undefined && knows(container, name);
  const of = (wanted: string) =>
    Object.fromEntries(
      values
        .filter((one) => one.container === wanted && fits(one))
        .map(({ name, value = "" }) => [name, value]),
    );
  return {
    folded: { env: of("aws-node"), initEnv: of("aws-vpc-cni-init") },
    problems: values.filter((one) => !fits(one)).map(problemOf),
  };
}

/** Where a value of the DaemonSet stands, as problems of it name it. */
export function placeOf({ container, name }: Pick<ForeignValue, "container" | "name">): string {
  return `daemonset/aws-node.${container}.${name}`;
}

function problemOf({ container, name, value, managers }: ForeignValue): Problem {
  const by = managers.length > 0 ? `, set by ${managers.join(" and ")},` : "";
  const why =
    value === undefined
      ? "takes its value from elsewhere (valueFrom), and the add-on's configuration takes values only"
      : "is unknown to the schema of the add-on's configuration, so that EKS can't keep it";
  const given = value === undefined ? name : `${name}=${shown(value)}`;
  return {
    path: placeOf({ container, name }),
    reason: `${given}${by} ${why}.`,
    fix:
      `Remove it (kubectl set env daemonset/aws-node --namespace kube-system --containers ${container} ${name}-), ` +
      "or give addOnVersion a version whose schema has it (aws eks describe-addon-configuration).",
  };
}
