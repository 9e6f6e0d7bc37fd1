import type { Environment } from "../automation/environments";
import type { Refused } from "../automation/guardedUp";
import type { BroughtUp } from "../automation/bringUp";
import { counted } from "../planning/amounts";
import { formatElapsed } from "../planning/elapsed";
import { changeInWords } from "../planning/stack/changeInWords";
import type { ResourceChange } from "../planning/stack/resourceChange";
import type { UnfinishedUpdate } from "../planning/stack/unfinishedUpdate";
import { quotedForSh } from "../planning/shellWord";
import { describeChanges } from "./changesText";
import { withPlace, type CommandPlace } from "./nextCommand";

/**
 * Why an environment is not brought up, as people read it: each danger with its evidence, its way out, and its name; and
 * allowances that are of none.
 */
export function describeRefusal(
  { name, region, stack }: Environment,
  { by, dangers, unmatched }: Refused,
): string {
  const isProtected = by === "protection";
  const what = counted(dangers.length, "danger");
  const width = Math.max(...dangers.map(({ id }) => id.length));
  const indent = " ".repeat(width + 2);
  const blocks = dangers.map(({ id, resource, title, evidence, wayOut }) =>
    [
      `${id.padEnd(width)}  ${title}`,
      ...evidence.map((line) => `${indent}${line}`),
      `${indent}-> ${wayOut}`,
      isProtected
        ? `${indent}   It is allowed: lift its protection, and do the same again.`
        : `${indent}   To do it all the same: --allow ${quotedForSh(`${id}=${resource}`)}`,
    ].join("\n"),
  );
  const head = `${name}  ${region}  stack ${stack}: refused${isProtected ? " by Pulumi" : ""}, ${what}; nothing of it was done.`;
  const idle = unmatched.map(
    ({ id, resource }) =>
      `--allow ${id}${resource === undefined ? "" : `=${resource}`} is of nothing that would happen.`,
  );
  return [head, ...blocks, ...(idle.length === 0 ? [] : [idle.join("\n")])].join("\n\n");
}

/**
 * What bringing an environment up did, as people read it.
 *
 * @param place where the environment is, for commands that follow; so for each text here. @default where podnet looks
 *   without being told
 */
export function describeBroughtUp(
  environment: Environment,
  result: Extract<BroughtUp, { outcome: "done" }>,
  place: CommandPlace = {},
): string {
  const { awsNode, customNetworking, controlPlane, outputs, dangers } = result;
  return [
    describeChanges(environment, "changed", result.changes),
    "",
    ...dangers.map(({ id, title }) => `Allowed: ${id}: ${title}.`),
    `aws-node runs with ${customNetworking ? "the settings of the pod network" : "custom networking off"} on ` +
      `${awsNode.nodes} of ${awsNode.nodes} nodes.`,
    ...(controlPlane === undefined
      ? []
      : [
          `The control plane reaches ${outputs.podCidrs.join(", ")}: ${controlPlane.address} on ${controlPlane.node}, ` +
            `after ${formatElapsed(controlPlane.waitedSeconds * 1000)}.`,
        ]),
    customNetworking
      ? `Next: ${withPlace(`podnet rotate ${environment.name}`, environment.name, place)}`
      : "Nodes take further addresses for pods from their own subnets; those with pods in the pod subnets keep both kinds.",
  ].join("\n");
}

/** How far an update came that failed, and what to do next. */
export function describeUnfinished(
  environment: Environment,
  progress: UnfinishedUpdate,
  place: CommandPlace = {},
): string {
  const next = `Next, when what failed is put right: ${nextOf(environment, place)} goes on from here.`;
  return [...describeProgress(progress, "Failed"), next].join("\n");
}

/** How far an environment was brought up until it was interrupted, and what to do next. */
export function describeInterrupted(
  environment: Environment,
  /** Of the update; none where it was interrupted before or after. */
  progress: UnfinishedUpdate | undefined,
  place: CommandPlace = {},
): string {
  const next = `Next: ${nextOf(environment, place)} goes on from here.`;
  return [...(progress === undefined ? [] : describeProgress(progress, "Stopped")), next].join("\n");
}

/** The command that goes on with what was not finished. */
export function nextOf({ name }: Environment, place: CommandPlace = {}): string {
  return withPlace(`podnet up ${name}`, name, place);
}

function describeProgress({ done, failed, pending }: UnfinishedUpdate, notDone: string): string[] {
  const total = done.length + failed.length + pending.length;
  const part = (what: string, changes: readonly ResourceChange[]) =>
    changes.length === 0 ? [] : [`${what}:`, ...changes.map((change) => `  ${changeInWords(change)}`)];
  return [
    `${done.length} of ${total} changes are done, and stay so.`,
    ...part("Done", done),
    ...part(notDone, failed),
    ...part("Not begun", pending),
  ];
}
