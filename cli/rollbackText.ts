import { describeStep } from "../automation/rollback/events";
import type { RollbackResult } from "../automation/rollback/rollback";
import type { RollbackPlan } from "../automation/rollback/rollbackPlan";
import { counted, grouped, listed } from "../planning/amounts";
import { withPlace, type CommandPlace } from "./nextCommand";
import { blockedLines, byProcesses, describePlan, describeProblems, rotatedNodes } from "./rotationText";
import { table } from "./table";
import { fitted } from "./wrapped";

/**
 * What the way back would do, as people read it.
 *
 * @param columns how wide lines may be, but those of tables and commands; so for each text here.
 */
export function describeRollbackPlan(name: string, plan: RollbackPlan | undefined, columns?: number): string {
  if (plan === undefined) return `${name}  nothing to take back: its stack has nothing.`;
  const { cni, oldRange, removed, left, problems } = plan;
  const list = (head: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [fitted([head, ...lines.map((line) => `  ${line}`)].join("\n"), columns)];
  return [
    `${name}  ${verdictOf(plan)}`,
    ...(problems.length === 0 ? [] : [describeProblems(problems, columns)]),
    ...(cni.length === 0 ? ["aws-node  is set as it was"] : list("aws-node  is set back:", cni)),
    workersText(name, plan, columns),
    ...(oldRange.length === 0 ? [] : [oldRangeTable(oldRange)]),
    fitted(THEN, columns),
    ...list("Deleted in the end, with their protection lifted:", removed),
    ...list("Stays, taken over from others; the stack forgets it:", left),
  ].join("\n\n");
}

const THEN =
  "Then old groups get the rest of their sizes and their suspended processes back, and network interfaces that the CNI has left in the pod subnets are removed.";

function verdictOf({ isBegun, problems }: RollbackPlan): string {
  const can = problems.length === 0;
  if (isBegun) return `its rollback was begun, and ${can ? "can go on" : "can't go on yet"}`;
  return can ? "can be taken back" : "can't be taken back yet";
}

/** What is replaced; the problems of it are told with the others. */
function workersText(name: string, { rotation }: RollbackPlan, columns?: number): string {
  if (rotation.old.length > 0) return describePlan(name, { ...rotation, problems: [] }, columns);
  const none = `workers  none of ${counted(rotation.nodes, "node")} has to be replaced: nothing on them is of the pod subnets.`;
  return fitted([none, ...rotation.notes.map((note) => `note: ${note}`)].join("\n"), columns);
}

function oldRangeTable(oldRange: RollbackPlan["oldRange"]): string {
  return table(
    [
      { head: "ZONE" },
      { head: "ADDRESSES FREE", align: "right" },
      { head: "NEEDED", align: "right" },
      { head: "NEW WORKERS", align: "right" },
      { head: "SUBNETS" },
    ],
    oldRange.map(({ availabilityZone, freeAddresses, neededAddresses, newWorkers, subnetIds }) => [
      availabilityZone,
      grouped(freeAddresses),
      grouped(neededAddresses),
      grouped(newWorkers),
      subnetIds.join(" "),
    ]),
  );
}

/**
 * How the way back ended, as people read it.
 *
 * @param place where the environment is, for commands that follow. @default where podnet looks without being told
 */
export function describeRollback(
  name: string,
  result: RollbackResult,
  columns?: number,
  place: CommandPlace = {},
): string {
  return fitted(withPlace(paragraphs(name, result, columns).join("\n\n"), name, place), columns);
}

function paragraphs(name: string, result: RollbackResult, columns?: number): string[] {
  const { outcome, step, blocked, left, problems, notes } = result;
  const stays = left.length === 0 ? "" : `\nForgotten, stays as others made it: ${listed(left)}.`;
  const notesText = notes.map((note) => `\nnote: ${note}`).join("");
  const goesOn = `\nNext: podnet rollback ${name} goes on from here.`;
  const until = step === undefined ? "" : ` while ${describeStep(step)}`;
  const why = problems.length === 0 ? [] : [describeProblems(problems, columns)];
  const replaced = rotatedNodes(result, "replaced");
  switch (outcome) {
    case "done":
      // As after an earlier run that was killed behind its last deletion.
      if (isNothingDone(result)) return [`${name}  taken back: nothing of it was left.${notesText}`];
      return [`${name}  taken back  ${replaced}, ${deletedResources(result)}${stays}${notesText}`];
    case "refused":
      return [
        `${name}  not begun; nothing was touched.`,
        ...why,
        ...(notes.length === 0 ? [] : [notesText.trim()]),
      ];
    case "blocked":
      return [
        `${name}  ${replaced}, ${counted(blocked.length, "node")} blocked`,
        ...blocked.map(blockedLines),
        `Nothing of the pod network was deleted. Put right what blocks them.${notesText}${goesOn}`,
      ];
    case "paused":
    case "stopped":
      return [
        `${name}  ${outcome}${until}`,
        ...why,
        ...blocked.map(blockedLines),
        `${replaced}.${notesText}${goesOn}`,
      ];
  }
}

function isNothingDone({
  rotated,
  rotatedEarlier = 0,
  removed,
  removedEarlier = 0,
  left,
}: RollbackResult): boolean {
  return rotated.length + rotatedEarlier + removed.length + removedEarlier + left.length === 0;
}

/** How many resources are deleted: by the whole rollback, where that is known. */
function deletedResources({ removed, removedEarlier }: RollbackResult): string {
  return byProcesses(removed.length, removedEarlier, (count) => `${counted(count, "resource")} deleted`);
}
