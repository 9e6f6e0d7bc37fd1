import type { AbortResult } from "../automation/rotation/abort";
import type { PauseResult } from "../automation/rotation/pause";
import type { RotationResult } from "../automation/rotation/result";
import type { Problem } from "../planning/problem";
import type { OldClause } from "../planning/rotation/oldNode";
import type { PlannedBatch, RotationPlan } from "../planning/rotation/rotationPlan";
import type { VerdictGroup } from "../planning/rotation/podVerdict";
import { counted, grouped, listed } from "../planning/amounts";
import { roughly } from "../planning/preview/figures";
import { table } from "./table";
import { TEXT_COLUMNS, wrapped } from "./wrapped";

/** Batches that are shown one by one; the others are counted. */
const SHOWN_BATCHES = 12;
/** What a rotation would do, as people read it. */
export function describePlan(name: string, plan: RotationPlan): string {
  const { old, nodes, batches, problems } = plan;
  if (old.length === 0) return `${name}  nothing to rotate: none of ${counted(nodes, "node")} is old.`;
  return [
    prose(
      `${grouped(old.length)} of ${counted(nodes, "node")} ${old.length === 1 ? "is" : "are"} old: ${reasonCounts(plan)}.`,
    ),
    ...(problems.length === 0 ? [] : [describeProblems(problems)]),
    ...(batches.length === 0 ? [] : [batchTable(batches)]),
    [
      ...(batches.length === 0 ? [] : [paceOf(plan)]),
      `Never evicted: ${verdicts(plan.verdicts, "skip") || "none"}.`,
      ...refusals(plan),
      ...budgetLines(plan),
      ...plan.pools
        .filter(({ added }) => added > 0)
        .map(
          ({ nodeGroupName, availabilityZones, added, desiredSize }) =>
            `New workers: ${nodeGroupName} +${added}, then ${desiredSize} in ${availabilityZones.join(", ")}.`,
        ),
      ...roomLines(plan),
      ...plan.notes.map((note) => `note: ${note}`),
    ]
      .map(prose)
      .join("\n"),
  ].join("\n\n");
}

/** How a rotation ended, as people read it. */
export function describeRotation(name: string, result: RotationResult): string {
  const { outcome, rotated, blocked, problems, notes } = result;
  const run = result.runId === undefined ? "" : `  run ${result.runId}`;
  const notesText = notes.map((note) => `\n${prose(`note: ${note}`)}`).join("");
  switch (outcome) {
    case "done":
      return rotated.length === 0
        ? `${name}  nothing to rotate: no node is old.${notesText}`
        : `${name}  rotated  ${counted(rotated.length, "node")}${run}${notesText}\nNext: podnet verify ${name}`;
    case "blocked":
      return [
        `${name}  ${counted(rotated.length, "node")} rotated, ${counted(blocked.length, "node")} blocked${run}`,
        ...blocked.map(blockedLines),
        `${serviceOf(blocked)} Put right what blocks them, and run podnet rotate ${name} again.${notesText}`,
      ].join("\n\n");
    case "refused":
      return `${name}  not begun; nothing was touched.\n\n${describeProblems(problems)}${notesText}`;
    case "stopped":
      return `${name}  stopped, and undone as far as it can be${run}\n\n${describeProblems(problems)}${notesText}`;
    case "paused":
      return [
        `${name}  paused  ${counted(rotated.length, "node")} rotated${run}`,
        ...(problems.length === 0 ? [] : [describeProblems(problems)]),
        ...blocked.map(blockedLines),
        `Old nodes that are left are in service, and the scheduler prefers others.${notesText}\nNext: podnet rotate ${name} goes on from here.\nOr:   podnet rotate ${name} --abort takes back what it has prepared.`,
      ].join("\n\n");
  }
}

/** What came of asking for a pause, as people read it. */
export function describePause(name: string, result: PauseResult): string {
  if (result.outcome === "asked") {
    return `${name}  ${result.holder} pauses: it ends when the nodes that are on their way have ended.\nNext: podnet rotate ${name} goes on from there.`;
  }
  const { unfinished } = result;
  if (unfinished === undefined) return `${name}  nothing to pause: no process rotates it.`;
  const { runId, isWayBack } = unfinished;
  const next = isWayBack
    ? `Next: podnet rollback ${name} goes on from there.`
    : `Next: podnet rotate ${name} goes on from there.\nOr:   podnet rotate ${name} --abort takes back what it has prepared.`;
  return `${name}  nothing to pause: no process rotates it, but a ${isWayBack ? "rollback" : "rotation"} is unfinished  run ${runId}\n${next}`;
}

/** What an abort took back, as people read it. */
export function describeAbort(name: string, result: AbortResult): string {
  const { outcome, runId, newWorkers, keptMinimums } = result;
  const notesText = result.notes.map((note) => `\nnote: ${note}`).join("");
  const next = result.isRollbackUnfinished
    ? `\nThe rollback is unfinished: aws-node stays as it has set it.\nNext: podnet rollback ${name} goes on with it; podnet up ${name} and then podnet rotate ${name} go forward.`
    : "";
  if (outcome === "nothing")
    return `${name}  nothing to abort: no rotation has left anything.${notesText}${next}`;
  const empty = newWorkers.filter(({ pods }) => pods.length === 0).map(({ node }) => node);
  const stays =
    newWorkers.length === 0
      ? ""
      : `\n${counted(newWorkers.length, "new worker")} ${newWorkers.length === 1 ? "stays" : "stay"}${
          empty.length === 0 ? "" : `, without pods on ${listed(empty)}`
        }.`;
  return `${name}  aborted  run ${runId ?? ""}\n\nOld nodes are in service, and their groups have back what was taken from them${keptMinimumsText(keptMinimums)}${stays}${notesText}${next}`;
}

/** What groups do not have back, and how they get it. */
function keptMinimumsText(kept: AbortResult["keptMinimums"]): string {
  if (kept.length === 0) return ".";
  const groups = kept.map(
    ({ group, minSize, desiredSize, command }) =>
      `\n  ${group} keeps the minimum size 0; it was ${minSize}, and the group has ${counted(desiredSize, "node")}.\n    ${command}`,
  );
  return `, except for minimum sizes. These commands give them back; the groups launch nodes up to them then:${groups.join("")}`;
}

export function blockedLines({ node, because }: RotationResult["blocked"][number]): string {
  return [node, ...because.map((line) => `  ${line}`)].join("\n");
}

/** A sentence in lines that are not too long to be read. */
function prose(line: string): string {
  return wrapped(line, TEXT_COLUMNS, "  ");
}

/** Whether pods are still placed on blocked nodes. */
function serviceOf(blocked: RotationResult["blocked"]): string {
  const out = blocked.filter(({ isInService }) => !isInService).map(({ node }) => node);
  if (out.length === 0) return "They are in service as before.";
  const are = `${listed(out)} ${out.length === 1 ? "stays" : "stay"} cordoned`;
  return out.length === blocked.length ? `${are}.` : `${are}; the others are in service as before.`;
}

/** Problems as the answer to a question: none of them is a fault of what was typed. */
export function describeProblems(problems: readonly Problem[]): string {
  const indent = " ".repeat("STOP  ".length);
  return problems
    .flatMap(({ path, reason, fix }) => [
      wrapped(`STOP  ${path} ${reason}`, TEXT_COLUMNS, indent),
      wrapped(`${indent}-> ${fix}`, TEXT_COLUMNS, `${indent}   `),
    ])
    .join("\n");
}

const CLAUSES: Readonly<Record<OldClause, string>> = {
  primaryEniCarriesPods: "with addresses for pods on their primary ENI",
  eniOutsidePodSubnets: "with an ENI outside the pod subnets",
  podOutsidePodSubnets: "with pods outside the pod subnets",
  morePodsThanAddresses: "with more max pods than addresses",
  eniInPodSubnet: "with an ENI in a pod subnet",
  podInPodSubnet: "with pods in a pod subnet",
  groupLeaves: "of groups that go with the pod network",
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
      roughly(batch.seconds),
    ]);
  const drawn = table(
    [
      { head: "BATCH", align: "right" },
      { head: `NODES (${zones.map((zone) => zone.slice(-1)).join("/")})` },
      { head: "PODS", align: "right" },
      { head: "SURGE" },
      { head: "WAITS FOR" },
      { head: "ABOUT", align: "right" },
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
  const refused = undrainable.flatMap((one) => one.refused);
  const wayOuts = [...new Set(refused.map(({ wayOut }) => wayOut))];
  const unmovable = undrainable.flatMap((one) => one.unmovable);
  return [
    ...(undrainable.length === 0
      ? []
      : [`Stay as they are: ${listed(undrainable.map(({ node }) => node))}, because of these pods.`]),
    ...wayOuts.map((wayOut) => {
      const alike = refused.filter((one) => one.wayOut === wayOut);
      const names = listed(alike.map(({ pod }) => pod));
      return `Refused: ${counted(alike.length, "pod")} (${names}): ${alike[0]?.because ?? ""} -> ${wayOut}.`;
    }),
    ...unmovable.map(
      ({ pod, budgets, because }) =>
        `Can't move: ${pod}${budgets.length === 0 ? "" : ` (${budgets.join(", ")})`}: ${because}.`,
    ),
  ];
}

/** How many at once, and how long. */
function paceOf({ maxUnavailable, surge, seconds }: RotationPlan): string {
  const ahead =
    surge === undefined
      ? "workers ahead as they are needed"
      : surge === 0
        ? "each drained before its replacement is made"
        : `${counted(surge, "worker")} ahead at the most`;
  return `At most ${counted(maxUnavailable, "node")} at once, ${ahead}; about ${roughly(seconds)} in all.`;
}

/** Budgets that let only some of their pods go at a time; those that let none are told by their pods. */
function budgetLines({ budgets }: RotationPlan): string[] {
  return budgets
    .filter(({ kind }) => kind === "waits")
    .map(
      ({ budget, atOnce, pods, because }) =>
        `Budget ${budget}: ${counted(pods.length, "pod")} of it move, ${atOnce} at a time (${because}).`,
    );
}

function roomLines({ nodeAddresses, podAddresses, lowersWarmTargets }: RotationPlan): string[] {
  const nodes = nodeAddresses.map(
    ({ availabilityZones, free, needed }) =>
      `${availabilityZones.join("/")} ${grouped(free)} (${grouped(needed)} needed)`,
  );
  const pods = podAddresses.map(
    ({ availabilityZone, free, needed }) =>
      `${availabilityZone} ${grouped(free)} (${grouped(needed)} needed)`,
  );
  return [
    ...(nodes.length === 0 ? [] : [`Free addresses for new workers: ${nodes.join(", ")}.`]),
    ...(pods.length === 0 ? [] : [`Free addresses in pod subnets: ${pods.join(", ")}.`]),
    ...(lowersWarmTargets
      ? ["First aws-node is made to keep fewer warm addresses (WARM_IP_TARGET=1), until the rotation ends."]
      : []),
  ];
}
