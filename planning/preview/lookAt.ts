import { counted, listed } from "../amounts";
import type { Danger } from "../guard/danger";
import type { Concern } from "./concern";
import type { EnvironmentPreview } from "./environmentPreview";

/** Names that are given in a line; the others are counted. */
const SHOWN = 3;

/**
 * What a reviewer should look at before anything else: what the guard would refuse comes first.
 *
 * @param ofChanges what the changes themselves give cause to look at.
 */
export function lookAt(
  {
    dangers,
    losses,
    rotation,
    addresses,
  }: Pick<EnvironmentPreview, "dangers" | "losses" | "rotation" | "addresses">,
  ofChanges: readonly Concern[],
): Concern[] {
  const told = new Set(dangers.map(({ urn }) => urn));
  return [
    ...dangers.map((danger) => concernOf(danger, losses)),
    ...losses
      .filter(({ urn }) => !told.has(urn))
      .map(({ what, pods }) => ({
        line: `takes ${what} away, with ${counted(pods, "pod")} in it`,
        evidence: [],
      })),
    ...ofChanges,
    ...fewerAddresses(addresses),
    ...stuckNodes(rotation),
  ];
}

function concernOf(
  { urn, id, resource, title, evidence, wayOut }: Danger,
  losses: EnvironmentPreview["losses"],
): Concern {
  const loss = losses.find((one) => one.urn === urn);
  const line = loss === undefined ? title : `${title}, with ${counted(loss.pods, "pod")} in it`;
  return { line, danger: { id, resource }, evidence, wayOut };
}

function fewerAddresses({ before, after }: EnvironmentPreview["addresses"]): Concern[] {
  if (before === undefined || after === undefined || after >= before) return [];
  return [{ line: `pods have ${counted(before - after, "address", "addresses")} less`, evidence: [] }];
}

/** Nodes that the rotation would leave as they are. */
function stuckNodes(rotation: EnvironmentPreview["rotation"]): Concern[] {
  const { undrainable = [] } = rotation ?? {};
  const refused = undrainable.flatMap((one) => one.refused);
  const wayOuts = [...new Set(refused.map(({ wayOut }) => wayOut))];
  const byReason = new Map<string, string[]>();
  for (const { pod, budgets, because } of undrainable.flatMap(({ unmovable }) => unmovable)) {
    const key = `(${budgets.join(", ")}): ${because}`;
    byReason.set(key, [...(byReason.get(key) ?? []), pod]);
  }
  return [
    ...[...byReason].map(([why, pods]) => ({
      line: `can't move ${listed(pods, SHOWN)} ${why}`,
      evidence: ["The rotation leaves their nodes as they are."],
      wayOut: "Change the budget, or scale the workload up, before podnet rotate.",
    })),
    ...wayOuts.map((wayOut) => {
      const alike = refused.filter((one) => one.wayOut === wayOut);
      return {
        line: `refuses to move ${listed(
          alike.map(({ pod }) => pod),
          SHOWN,
        )}: ${alike[0]?.because ?? ""}`,
        evidence: ["The rotation leaves their nodes as they are."],
        wayOut: `podnet rotate: ${wayOut}.`,
      };
    }),
  ];
}
