import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
import { propertyDiffs } from "../../planning/preview/propertyDiffs";
import { changeInWords } from "../../planning/stack/changeInWords";

/** How operations are marked in a diff, of which + and - have colours. */
const MARKS: Readonly<Record<string, string>> = { create: "+", delete: "-", replace: "!" };

/** Everything that a preview changes, a line for each value, as a diff. */
export function rawDiff({ changes }: Pick<EnvironmentPreview, "changes">): string[] {
  return changes.flatMap((change) => [
    `${MARKS[change.operation] ?? "~"} ${changeInWords(change)}`,
    ...propertyDiffs(change).flatMap(({ path, before, after }) => [
      ...(before === undefined ? [] : [`-     ${path}: ${before}`]),
      ...(after === undefined ? [] : [`+     ${path}: ${after}`]),
    ]),
  ]);
}
