import type { Environment } from "../automation/environments";
import type { Refused } from "../automation/guardedUp";
import type { BroughtUp } from "../automation/bringUp";
import { counted } from "../planning/amounts";
import { formatElapsed } from "../planning/elapsed";
import { changeInWords } from "../planning/stack/changeInWords";
import type { ResourceChange } from "../planning/stack/resourceChange";
import type { UnfinishedUpdate } from "../planning/stack/unfinishedUpdate";
import { describeChanges } from "./changesText";

/** Why an environment is not brought up, as people read it: each danger with its evidence, its way out, and its name. */
export function describeRefusal({ name, region, stack }: Environment, { dangers }: Refused): string {
  const what = counted(dangers.length, "danger");
  const width = Math.max(...dangers.map(({ id }) => id.length));
  const indent = " ".repeat(width + 2);
  const blocks = dangers.map(({ id, resource, title, evidence, wayOut }) =>
    [
      `${id.padEnd(width)}  ${title}`,
      ...evidence.map((line) => `${indent}${line}`),
      `${indent}-> ${wayOut}`,
      `${indent}   To do it all the same: --allow ${id}=${resource}`,
    ].join("\n"),
  );
  return `${name}  ${region}  stack ${stack}: refused, ${what}; nothing of it was done.\n\n${blocks.join("\n\n")}`;
}

/** What bringing an environment up did, as people read it. */
export function describeBroughtUp(
  environment: Environment,
  result: Extract<BroughtUp, { outcome: "done" }>,
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
      ? `Next: podnet rotate ${environment.name}`
      : "Nodes take further addresses for pods from their own subnets; those with pods in the pod subnets keep both kinds.",
  ].join("\n");
}

/** How far an update came that failed, and what to do next. */
export function describeUnfinished(
  { name }: Environment,
  { done, failed, pending }: UnfinishedUpdate,
): string {
  const total = done.length + failed.length + pending.length;
  const part = (what: string, changes: readonly ResourceChange[]) =>
    changes.length === 0 ? [] : [`${what}:`, ...changes.map((change) => `  ${changeInWords(change)}`)];
  return [
    `${done.length} of ${total} changes are done, and stay so.`,
    ...part("Done", done),
    ...part("Failed", failed),
    ...part("Not begun", pending),
    `Next, when what failed is put right: podnet up ${name} goes on from here.`,
  ].join("\n");
}
