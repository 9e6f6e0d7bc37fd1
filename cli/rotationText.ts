import type { AbortResult } from "../automation/rotation/abort";
import type { KeptFromGroup } from "../automation/rotation/keptFromGroups";
import type { PauseResult } from "../automation/rotation/pause";
import type { RotationResult } from "../automation/rotation/result";
import type { Problem } from "../planning/problem";
import type { OldClause } from "../planning/rotation/oldNode";
import type { PlannedBatch, RotationPlan } from "../planning/rotation/rotationPlan";
import { groupedReasons } from "../planning/rotation/blockedReasons";
import type { VerdictGroup } from "../planning/rotation/podVerdict";
import { counted, grouped, listed } from "../planning/amounts";
import { roughly } from "../planning/preview/figures";
import { withPlace, type CommandPlace } from "./nextCommand";
import { table } from "./table";
import { fitted } from "./wrapped";

/** Batches that are shown one by one; the others are counted. */
const SHOWN_BATCHES = 12;

/**
 * What a rotation would do, as people read it.
 *
 * @param columns how wide lines may be, but those of tables and commands; so for each text here.
 */
export function describePlan(name: string, plan: RotationPlan, columns?: number): string {
  const { old, nodes, batches, problems } = plan;
  if (old.length === 0) return `${name}  nothing to rotate: none of ${counted(nodes, "node")} is old.`;
  const sentences = [
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
    ...(batches.length === 0 ? [] : [HELD_GROUPS]),
    ...plan.notes.map((note) => `note: ${note}`),
  ];
  const verdict = `${grouped(old.length)} of ${counted(nodes, "node")} ${old.length === 1 ? "is" : "are"} old: ${reasonCounts(plan)}.`;
  return [
    fitted(`${name}  ${verdict}`, columns),
    ...(problems.length === 0 ? [] : [describeProblems(problems, columns)]),
    ...(batches.length === 0 ? [] : [batchTable(batches)]),
    fitted(sentences.join("\n"), columns),
  ].join("\n\n");
}

/** What is done to old groups before anything is cordoned. */
const HELD_GROUPS =
  "Before the first cordon: Auto Scaling groups of old nodes get the minimum size 0, and their AZRebalance, AlarmNotification and ScheduledActions are suspended. At the end they get back what launches no old node.";

/**
 * How a rotation ended, as people read it.
 *
 * @param place where the environment is, for commands that follow; so for each text here. @default where podnet looks
 *   without being told
 */
export function describeRotation(
  name: string,
  result: RotationResult,
  columns?: number,
  place: CommandPlace = {},
): string {
  return fitted(withPlace(rotationParagraphs(name, result).join("\n\n"), name, place), columns);
}

function rotationParagraphs(name: string, result: RotationResult): string[] {
  const { outcome, blocked, problems, notes } = result;
  const run = result.runId === undefined ? "" : `  run ${result.runId}`;
  const notesText = notes.map((note) => `\nnote: ${note}`).join("");
  const why = problems.length === 0 ? [] : [problemLines(problems)];
  switch (outcome) {
    case "done":
      return [doneText(name, result, notesText)];
    case "blocked":
      return [
        `${name}  ${rotatedNodes(result)}, ${counted(blocked.length, "node")} blocked${run}`,
        ...blocked.map(blockedLines),
        `${serviceOf(blocked)} Put right what blocks them, and run podnet rotate ${name} again.${notesText}`,
      ];
    case "refused":
      return [`${name}  not begun; nothing was touched.`, `${problemLines(problems)}${notesText}`];
    case "stopped":
      return [
        `${name}  stopped, and undone as far as it can be; ${rotatedNodes(result)}${run}`,
        ...blocked.map(blockedLines),
        `${problemLines(problems)}${notesText}`,
      ];
    case "paused":
      return [
        `${name}  paused  ${rotatedNodes(result)}${run}`,
        ...why,
        ...blocked.map(blockedLines),
        `Old nodes that are left are in service, and the scheduler prefers others.${notesText}\n${goesOnOrBack(name, "here")}`,
      ];
  }
}

function doneText(name: string, result: RotationResult, notesText: string): string {
  const { runId, rotated, rotatedEarlier = 0 } = result;
  if (rotated.length + rotatedEarlier > 0)
    return `${name}  ${rotatedNodes(result)}  run ${runId ?? ""}${notesText}\nNext: podnet verify ${name}`;
  const left = runId === undefined ? "" : ` What run ${runId} had left is taken back.`;
  return `${name}  nothing to rotate: no node is old.${left}${notesText}`;
}

/**
 * How many nodes are rotated: by the whole run, where that is known.
 *
 * @param what was done to them.
 */
export function rotatedNodes(
  { rotated: { length: here }, rotatedEarlier }: Pick<RotationResult, "rotated" | "rotatedEarlier">,
  what = "rotated",
): string {
  return byProcesses(here, rotatedEarlier, (count) => `${counted(count, "node")} ${what}`);
}

/**
 * What all processes of a run have done, where it is known what earlier ones did.
 *
 * @param here how much this process did.
 * @param earlier how much earlier ones did; undefined where nobody recorded it.
 */
export function byProcesses(
  here: number,
  earlier: number | undefined,
  inWords: (count: number) => string,
): string {
  if (earlier === undefined) return `${inWords(here)} by this process`;
  const all = inWords(here + earlier);
  return earlier === 0 ? all : `${all} (${grouped(earlier)} before this process)`;
}

/** What a person runs after a run that is unfinished. */
function goesOnOrBack(name: string, from: "here" | "there"): string {
  return `Next: podnet rotate ${name} goes on from ${from}.\nOr:   podnet rotate ${name} --abort takes back what it has prepared.`;
}

/** What came of asking for a pause, as people read it. */
export function describePause(
  name: string,
  result: PauseResult,
  columns?: number,
  place: CommandPlace = {},
): string {
  return fitted(withPlace(pauseText(name, result), name, place), columns);
}

function pauseText(name: string, result: PauseResult): string {
  if (result.outcome === "asked") {
    const next = result.isWayBack
      ? `podnet rollback ${name} goes on from there.`
      : `podnet rotate ${name} goes on from there, if old nodes are left.`;
    return `${name}  ${result.holder} pauses: it ends when the nodes that are on their way have ended.\nNext: ${next}`;
  }
  const { unfinished } = result;
  if (unfinished === undefined) return `${name}  nothing to pause: no process rotates it.`;
  const { runId, isWayBack } = unfinished;
  const next = isWayBack ? `Next: podnet rollback ${name} goes on from there.` : goesOnOrBack(name, "there");
  return `${name}  nothing to pause: no process rotates it, but a ${isWayBack ? "rollback" : "rotation"} is unfinished  run ${runId}\n${next}`;
}

/** What an abort took back, as people read it. */
export function describeAbort(
  name: string,
  result: AbortResult,
  columns?: number,
  place: CommandPlace = {},
): string {
  return fitted(withPlace(abortText(name, result), name, place), columns);
}

function abortText(name: string, result: AbortResult): string {
  const { outcome, runId, newWorkers, kept } = result;
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
  return `${name}  aborted  run ${runId ?? ""}\n\nOld nodes are in service, and their groups have back what was taken from them${keptText(kept)}${stays}${notesText}${next}`;
}

/** What groups do not have back, each with its way out. */
function keptText(kept: AbortResult["kept"]): string {
  return kept.length === 0 ? "." : `, except for this:${kept.map((one) => `\n  ${keptLine(one)}`).join("")}`;
}

function keptLine({ group, minSize, desiredSize, suspended, command, wayOut }: KeptFromGroup): string {
  const what = [
    ...(minSize > 0 ? [`its minimum size stays 0 (it was ${minSize})`] : []),
    ...Object.entries(suspended).map(
      ([asg, names]) => `${names.join(", ")} of ${asg} ${names.length === 1 ? "stays" : "stay"} suspended`,
    ),
  ].join(", ");
  if (wayOut !== undefined)
    return `${group} is empty: ${what}, so that nothing launches old nodes again. ${wayOut}`;
  const gives = `This gives the minimum size back, and the group launches nodes up to it:\n    ${command ?? ""}`;
  return `${group} has ${counted(desiredSize, "node")}: ${what}.${command === undefined ? "" : ` ${gives}`}`;
}

/** A blocked node, and below it a line for each thing that holds it up. */
export function blockedLines({ node, because }: RotationResult["blocked"][number]): string {
  return [node, ...groupedReasons(because).map((line) => `  ${line}`)].join("\n");
}

/** Whether pods are still placed on blocked nodes. */
function serviceOf(blocked: RotationResult["blocked"]): string {
  const out = blocked.filter(({ isInService }) => !isInService).map(({ node }) => node);
  if (out.length === 0) return "They are in service as before.";
  const are = `${listed(out)} ${out.length === 1 ? "stays" : "stay"} cordoned`;
  return out.length === blocked.length ? `${are}.` : `${are}; the others are in service as before.`;
}

/** Problems as the answer to a question: none of them is a fault of what was typed. */
export function describeProblems(problems: readonly Problem[], columns?: number): string {
  return fitted(problemLines(problems), columns);
}

function problemLines(problems: readonly Problem[]): string {
  const indent = " ".repeat("STOP  ".length);
  return problems
    .flatMap(({ path, reason, fix }) => [`STOP  ${path} ${reason}`, `${indent}-> ${fix}`])
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
      inCell(batch.surge.map(({ nodeGroupName, added }) => `+${added} ${nodeGroupName}`)),
      inCell(batch.waitsFor),
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

/** The first of some names: all of them are below the table, and one row must not make it wider than a screen. */
function inCell(names: readonly string[]): string {
  return names.length === 0 ? "-" : listed(names, 2);
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
