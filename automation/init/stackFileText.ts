import { Document, isMap, isSeq } from "yaml";
import type { StackProposal } from "../../planning/proposal/proposeStack";
import { CONFIG_NAMESPACE } from "../stack";
import { schemaLine } from "./editorSchema";

/**
 * A proposal as the text of Pulumi.STACK.yaml.
 *
 * @param schema the path of a JSON Schema for editors, against the file's folder. @default none is named
 */
export function stackFileText(
  { config, workerNotes }: StackProposal,
  { region, kubeContext }: { readonly region: string; readonly kubeContext?: string | undefined },
  schema?: string,
): string {
  const values = {
    ...config,
    ...(kubeContext !== undefined && { kubeContext }),
  };
  const document = new Document({
    config: {
      "aws:region": region,
      ...Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`${CONFIG_NAMESPACE}:${key}`, value]),
      ),
    },
  });
  const groups: unknown = document.getIn(["config", `${CONFIG_NAMESPACE}:workerGroups`], true);
  if (isSeq(groups)) {
    groups.items.forEach((group, index) => {
      const note = workerNotes[index];
      if (isMap(group) && note !== undefined) {
        group.commentBefore = note.replace(/^/gm, " ");
      }
    });
  }
  return schemaLine(schema) + document.toString({ lineWidth: 0 });
}
