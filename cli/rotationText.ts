import type { RotationResult } from "../automation/rotation/result";
import type { Problem } from "../planning/problem";
import type { OldClause } from "../planning/rotation/oldNode";
import type { PlannedBatch, RotationPlan } from "../planning/rotation/rotationPlan";
import type { VerdictGroup } from "../planning/rotation/podVerdict";
import { counted, grouped, listed } from "../planning/amounts";
import { table } from "./table";

/** Batches that are shown one by one; the others are counted. */
const SHOWN_BATCHES = 12;
/** Names that are shown; the others are counted. */

/** What a rotation would do, as people read it. */
export function describePlan(name: string, plan: RotationPlan): string {
  const { old, nodes, batches, problems } = plan;
  if (old.length === 0) return `${name}  nothing to rotate: none of ${counted(nodes, "node")} is old.`;
  return [
    `${grouped(old.length)} of ${counted(nodes, "node")} ${old.length === 1 ? "is" : "are"} old: ${reasonCounts(plan)}.`,
    ...(problems.length === 0 ? [] : [describeProblems(problems)]),
    ...(batches.length === 0 ? [] : [batchTable(batches)]),
    [
      `Never evicted: ${verdicts(plan.verdicts, "skip") || "none"}.`,
      ...refusals(plan),
      ...plan.pools
        .filter(({ added }) => added > 0)
        .map(
          ({ nodeGroupName, added, desiredSize }) =>
            `New workers: ${nodeGroupName} +${added}, then ${desiredSize}.`,
        ),
    ].join("\n"),
  ].join("\n\n");
}

/** How a rotation ended, as people read it. */
export function describeRotation(name: string, result: RotationResult): string {
  const { outcome, rotated, blocked, problems, notes } = result;
  const run = result.runId === undefined ? "" : `  run ${result.runId}`;
  const notesText = notes.map((note) => `\nnote: ${note}`).join("");
  switch (outcome) {
    case "done":
      return rotated.length === 0
        ? `${name}  nothing to rotate: no node is old.${notesText}`
        : `${name}  rotated  ${counted(rotated.length, "node")}${run}${notesText}\nNext: podnet verify ${name}`;
    case "blocked":
      return [
        `${name}  ${counted(rotated.length, "node")} rotated, ${counted(blocked.length, "node")} blocked${run}`,
        ...blocked.map(({ node, because }) => [node, ...because.map((line) => `  ${line}`)].join("\n")),
        `${serviceOf(blocked)} Put right what blocks them, and run podnet rotate ${name} again.${notesText}`,
      ].join("\n\n");
    case "refused":
      return `${name}  not begun; nothing was touched.\n\n${describeProblems(problems)}${notesText}`;
    case "stopped":
      return `${name}  stopped, and undone as far as it can be${run}\n\n${describeProblems(problems)}${notesText}`;
  }
}

/** Whether pods are still placed on blocked nodes. */
function serviceOf(blocked: RotationResult["blocked"]): string {
  const out = blocked.filter(({ isInService }) => !isInService).map(({ node }) => node);
  if (out.length === 0) return "They are in service as before.";
  const are = `${listed(out)} ${out.length === 1 ? "stays" : "stay"} cordoned`;
  return out.length === blocked.length ? `${are}.` : `${are}; the others are in service as before.`;
}

/** Problems as the answer to a question: none of them is a fault of what was typed. */
function describeProblems(problems: readonly Problem[]): string {
  return problems.map(({ path, reason, fix }) => `STOP  ${path} ${reason}\n      -> ${fix}`).join("\n");
}

const CLAUSES: Readonly<Record<OldClause, string>> = {
  primaryEniCarriesPods: "with addresses for pods on their primary ENI",
  eniOutsidePodSubnets: "with an ENI outside the pod subnets",
  podOutsidePodSubnets: "with pods outside the pod subnets",
  morePodsThanAddresses: "with more max pods than addresses",
};

/** How many nodes each clause holds for; one node may be in several. */
function reasonCounts({ old }: RotationPlan): string {
  return (Object.keys(CLAUSES) as OldClause[])
    .flatMap((clause) => {
      const count = old.filter(({ reasons }) => reasons.some((reason) => reason.clause === clause)).length;
      return count === 0 ? [] : [`${grouped(count)} ${CLAUSES[clause]}`];
    })
    .join(", ");
}

function batchTable(batches: readonly PlannedBatch[]): string {
  const zones = [...new Set(batches.flatMap((batch) => Object.keys(batch.zones)))].sort();
  const rows = batches
    .slice(0, SHOWN_BATCHES)
    .map((batch, index) => [
      index + 1,
      zones.map((zone) => String(batch.zones[zone] ?? 0)).join("/"),
      batch.pods,
      batch.surge.map(({ nodeGroupName, added }) => `+${added} ${nodeGroupName}`).join(" ") || "-",
      batch.waitsFor.join(" ") || "-",
    ]);
  const drawn = table(
    [
      { head: "BATCH", align: "right" },
      { head: `NODES (${zones.map((zone) => zone.slice(-1)).join("/")})` },
      { head: "PODS", align: "right" },
      { head: "SURGE" },
      { head: "WAITS FOR" },
    ],
    rows,
  );
  const rest = batches.length - SHOWN_BATCHES;
  return rest > 0 ? `${drawn}\n... and ${counted(rest, "more batch", "more batches")}` : drawn;
}

function verdicts(groups: readonly VerdictGroup[], action: VerdictGroup["action"]): string {
  return groups
    .filter((group) => group.action === action)
    .map(({ reason, pods }) => counted(pods.length, reason))
    .join(", ");
}

/** Nodes that stay, with the pods because of which, and the ways out. */
function refusals({ undrainable }: RotationPlan): string[] {
  const bare = undrainable.flatMap(({ refused }) => refused);
  const unmovable = undrainable.flatMap((one) => one.unmovable);
  return [
    ...(undrainable.length === 0
      ? []
      : [`Stay as they are: ${listed(undrainable.map(({ node }) => node))}, because of these pods.`]),
    ...(bare.length === 0
      ? []
      : [
          `Refused: ${counted(bare.length, "bare pod")} (${listed(bare)}) -> --force deletes ${bare.length === 1 ? "it" : "them"} for good.`,
        ]),
    ...unmovable.map(
      ({ pod, budgets, because }) => `Can't move: ${pod} (${budgets.join(", ")}): ${because}.`,
    ),
  ];
}
