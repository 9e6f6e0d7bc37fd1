import type { EnvironmentPreview } from "../../planning/preview/environmentPreview";
import { propertyDiffs } from "../../planning/preview/propertyDiffs";
import { shortType } from "../../planning/stack/shortType";

/** How operations are marked in a diff, of which + and - have colours. */
const MARKS: Readonly<Record<string, string>> = { create: "+", delete: "-", replace: "!" };

/** Everything that a preview changes, a line for each value, as a diff. */
export function rawDiff({ changes }: Pick<EnvironmentPreview, "changes">): string[] {
  return changes.flatMap((change) => {
    const { operation, type, name } = change;
    return [
      `${MARKS[operation] ?? "~"} ${operation} ${shortType(type)} ${name}`,
      ...propertyDiffs(change).flatMap(({ path, before, after }) => [
        ...(before === undefined ? [] : [`-     ${path}: ${before}`]),
        ...(after === undefined ? [] : [`+     ${path}: ${after}`]),
      ]),
    ];
  });
}
