import type { Environment } from "../automation/environments";
import { counted } from "../planning/amounts";
import { changedPaths } from "../planning/preview/propertyDiffs";
import type { ResourceChange } from "../planning/stack/resourceChange";
import { shortType } from "../planning/stack/shortType";
import { table } from "./table";

/** What a preview says or an update did, as a table with a line of counts above it; Pulumi's own bookkeeping is left out. */
export function describeChanges(
  { name, region, stack }: Pick<Environment, "name" | "region" | "stack">,
  verb: "would change" | "changed",
  all: readonly ResourceChange[],
): string {
  const where = `${name}  ${region}  stack ${stack}`;
  const changes = all.filter(({ isBookkeeping }) => !isBookkeeping);
  if (changes.length === 0) return `${where}: nothing ${verb}.`;
  const operations = [...new Set(changes.map(({ operation }) => operation))];
  const counts = operations.map(
    (operation) => `${operation} ${changes.filter((change) => change.operation === operation).length}`,
  );
  const rows = changes.map((change) => [
    change.operation,
    shortType(change.type),
    change.name,
    propertiesOf(change),
  ]);
  const hasProperties = changes.some((change) => propertiesOf(change).length > 0);
  const columns = ["OPERATION", "TYPE", "NAME", hasProperties ? "PROPERTIES" : ""].map((head) => ({ head }));
  return `${where}: ${counted(changes.length, "resource")} ${verb} (${counts.join(", ")}).\n\n${table(columns, rows)}`;
}

/** Each value that differs, those within a text of JSON too; the properties alone where Pulumi tells no values. */
function propertiesOf(change: ResourceChange): readonly string[] {
  const paths = changedPaths(change);
  return paths.length === 0 ? change.changedProperties : paths;
}
