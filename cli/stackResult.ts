import type { Environment } from "../automation/environments";
import type { StackEvent, StackResult } from "../automation/pulumiEvents";
import { shortType } from "../planning/stack/shortType";
import type { Progress } from "./progress";
import { table } from "./table";

/**
 * Tells people of a stack's events. Of an update, what is done stays and what is under way is drawn over. A preview does
 * nothing: its resources come all at once at its end, as the answer.
 */
export function stackProgress(progress: Progress): (event: StackEvent) => void {
  const underWay = new Set<string>();
  return (event) => {
    if (event.kind === "waiting") {
      progress.show([`another update of the stack is running; waited ${event.seconds} s. ${event.reason}`]);
      return;
    }
    if (event.kind === "diagnostic") {
      const { severity, message } = event.diagnostic;
      // Errors are told once, at the end.
      if (severity === "warning") progress.say(`warning: ${message}`);
      return;
    }
    const { isPlanned, state, change } = event;
    if (change.isBookkeeping || isPlanned) return;
    const line = `${change.operation} ${shortType(change.type)} ${change.name}`;
    if (state === "started") underWay.add(line);
    else underWay.delete(line);
    if (state !== "started") progress.say(state === "done" ? line : `failed: ${line}`);
    progress.show([...underWay]);
  };
}

/** What a preview says or an update did, as a table with a line of counts above it; Pulumi's own bookkeeping is left out. */
export function describeChanges(
  { name, region, stack }: Environment,
  verb: "would change" | "changed",
  result: StackResult,
): string {
  const where = `${name}  ${region}  stack ${stack}`;
  const changes = result.changes.filter(({ isBookkeeping }) => !isBookkeeping);
  if (changes.length === 0) return `${where}: nothing ${verb}.`;
  const operations = [...new Set(changes.map(({ operation }) => operation))];
  const counts = operations.map(
    (operation) => `${operation} ${changes.filter((change) => change.operation === operation).length}`,
  );
  const resources = changes.length === 1 ? "1 resource" : `${changes.length} resources`;
  const rows = changes.map((change) => [
    change.operation,
    shortType(change.type),
    change.name,
    change.changedProperties.join(", "),
  ]);
  const hasProperties = changes.some(({ changedProperties }) => changedProperties.length > 0);
  const columns = ["OPERATION", "TYPE", "NAME", hasProperties ? "PROPERTIES" : ""].map((head) => ({ head }));
  return `${where}: ${resources} ${verb} (${counts.join(", ")}).\n\n${table(columns, rows)}`;
}
