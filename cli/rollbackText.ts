import { describeStep } from "../automation/rollback/events";
import type { RollbackResult } from "../automation/rollback/rollback";
import type { RollbackPlan } from "../automation/rollback/rollbackPlan";
import { counted, grouped, listed } from "../planning/amounts";
import { blockedLines, describePlan, describeProblems } from "./rotationText";
import { table } from "./table";

/** What the way back would do, as people read it. */
export function describeRollbackPlan(name: string, plan: RollbackPlan | undefined): string {
  if (plan === undefined) return `${name}  nothing to take back: its stack has nothing.`;
  const { cni, rotation, oldRange, removed, left, problems } = plan;
  return [
    `${name}  ${problems.length === 0 ? "can be taken back" : "can't be taken back yet"}`,
    ...(problems.length === 0 ? [] : [describeProblems(problems)]),
    cni.length === 0
      ? "aws-node  is set as it was"
      : ["aws-node  is set back:", ...cni.map((variable) => `  ${variable}`)].join("\n"),
    describePlan(name, { ...rotation, problems: [] }),
    table(
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
    ),
    ["Deleted in the end:", ...removed.map((what) => `  ${what}`)].join("\n"),
    ...(left.length === 0
      ? []
      : [["Stays, as others made it:", ...left.map((what) => `  ${what}`)].join("\n")]),
  ].join("\n\n");
}

/** How the way back ended, as people read it. */
export function describeRollback(name: string, result: RollbackResult): string {
  const { outcome, step, rotated, blocked, removed, left, problems, notes } = result;
  const stays = left.length === 0 ? "" : `\nForgotten, stays as others made it: ${listed(left)}.`;
  const notesText = notes.map((note) => `\nnote: ${note}`).join("");
  const goesOn = `\nNext: podnet rollback ${name} goes on from here.`;
  const until = step === undefined ? "" : ` while ${describeStep(step)}`;
  switch (outcome) {
    case "done":
      return `${name}  taken back  ${counted(rotated.length, "node")} replaced, ${counted(removed.length, "resource")} deleted${stays}${notesText}`;
    case "refused":
      return `${name}  not begun; nothing was touched.\n\n${describeProblems(problems)}${notesText}`;
    case "blocked":
      return [
        `${name}  ${counted(rotated.length, "node")} replaced, ${counted(blocked.length, "node")} blocked`,
        ...blocked.map(blockedLines),
        `Nothing of the pod network was deleted. Put right what blocks them.${notesText}${goesOn}`,
      ].join("\n\n");
    case "paused":
    case "stopped":
      return [
        `${name}  ${outcome}${until}`,
        ...(problems.length === 0 ? [] : [describeProblems(problems)]),
        `${counted(rotated.length, "node")} replaced by this run.${notesText}${goesOn}`,
      ].join("\n\n");
  }
}
