import { selects } from "../rotation/labelSelector";
import type { NodeTaint } from "../rotation/observation";
import type { NodeRequirement, NodeTerm, Toleration } from "./podFacts";

/** What a node shows to pods that look for one. */
export interface NodeOffer {
  /** As messages name it: a group of new workers, or a node that stays. */
  readonly of: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly NodeTaint[];
}

/** One demand of a pod, in words, and whether an offer meets it. */
export interface Demand {
  /** `label disk=ssd`, `a toleration for team=payments:NoSchedule`. */
  readonly needs: string;
  readonly isMetBy: (offer: NodeOffer) => boolean;
}

/**
 * What a pod demands of a node by itself, as the scheduler holds it: nodeSelector and required node affinity. Affinity
 * to other pods and topology spread depend on where those are, and are not looked at.
 *
 * https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export function labelDemands(
  nodeSelector: Readonly<Record<string, string>>,
  terms: readonly NodeTerm[] | undefined,
): Demand[] {
  return [
    ...Object.entries(nodeSelector).map(([key, value]) => ({
      needs: `label ${key}=${value}`,
      isMetBy: ({ labels }: NodeOffer) => labels[key] === value,
    })),
    ...(terms === undefined ? [] : [termDemand(terms)]),
  ];
}

/** One of some terms must hold; no term at all holds nowhere. */
export function termDemand(terms: readonly NodeTerm[]): Demand {
  return {
    needs: terms.map(termInWords).join(" or "),
    isMetBy: ({ labels }) => terms.some((term) => holds(term, labels)),
  };
}

/** The taints of an offer that a pod does not put up with; PreferNoSchedule keeps no pod away. */
export function untolerated({ taints }: NodeOffer, tolerations: readonly Toleration[]): NodeTaint[] {
  return taints
    .filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute")
    .filter((taint) => !tolerations.some((toleration) => tolerates(toleration, taint)));
}

/** A taint as kubectl writes it: `team=payments:NoSchedule`. */
export function taintInWords({ key, value, effect }: NodeTaint): string {
  return `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`;
}

/** A term without conditions holds nowhere; a node that is yet to be made has no name that a field could ask for. */
function holds({ labels: wanted, fields }: NodeTerm, labels: NodeOffer["labels"]): boolean {
  if (wanted.length === 0 || fields.length > 0) return false;
  return wanted.every((requirement) => isMet(requirement, labels));
}

function isMet({ key, operator, values }: NodeRequirement, labels: NodeOffer["labels"]): boolean {
  if (operator === "Gt" || operator === "Lt") {
    const [have, bound] = [Number(labels[key]), Number(values[0])];
    return operator === "Gt" ? have > bound : have < bound;
  }
  return selects({ matchExpressions: [{ key, operator, values }] }, labels);
}

function tolerates({ key, operator = "Equal", value = "", effect }: Toleration, taint: NodeTaint): boolean {
  if (effect !== undefined && effect !== "" && effect !== taint.effect) return false;
  // Without a key, Exists tolerates everything.
  if (key === undefined || key === "") return operator === "Exists";
  return key === taint.key && (operator === "Exists" || value === (taint.value ?? ""));
}

function termInWords({ labels, fields }: NodeTerm): string {
  const conditions = [
    ...labels.map(inWords),
    ...fields.map(({ key, values }) => `the node ${values.join(", ")} (${key})`),
  ];
  return conditions.length === 0 ? "an affinity that no node meets" : conditions.join(" and ");
}

function inWords({ key, operator, values }: NodeRequirement): string {
  const [only] = values;
  switch (operator) {
    case "In":
      return values.length === 1 ? `label ${key}=${only ?? ""}` : `label ${key} of ${values.join(", ")}`;
    case "NotIn":
      return `no label ${key}=${values.join(" or ")}`;
    case "Exists":
      return `label ${key}`;
    case "DoesNotExist":
      return `no label ${key}`;
    default:
      return `label ${key} ${operator === "Gt" ? "above" : "below"} ${only ?? ""}`;
  }
}
