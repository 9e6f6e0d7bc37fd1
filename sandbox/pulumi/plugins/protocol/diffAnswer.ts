import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { ChangeKind, Difference } from "./plugin";

const kinds: Readonly<Record<ChangeKind, PropertyDiff.Kind>> = {
  add: PropertyDiff.Kind.ADD,
  "add-replace": PropertyDiff.Kind.ADD_REPLACE,
  delete: PropertyDiff.Kind.DELETE,
  "delete-replace": PropertyDiff.Kind.DELETE_REPLACE,
  update: PropertyDiff.Kind.UPDATE,
  "update-replace": PropertyDiff.Kind.UPDATE_REPLACE,
};

/** A difference as the protocol says it: in detail by path, in short by the properties that paths begin with. */
export function diffAnswer({ changes, deleteBeforeReplace = false, replaceKeys }: Difference): DiffResponse {
  const answer = new DiffResponse();
  answer.setHasdetaileddiff(true);
  answer.setChanges(
    changes.size === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME,
  );
  const changed = new Set<string>();
  const replaced = new Set<string>();
  for (const [path, kind] of changes) {
    const detail = new PropertyDiff();
    detail.setKind(kinds[kind]);
    answer.getDetaileddiffMap().set(path, detail);
    changed.add(firstPart(path));
    if (kind.endsWith("-replace")) replaced.add(firstPart(path));
  }
  answer.setDiffsList([...changed]);
  answer.setReplacesList([...(replaceKeys ?? replaced)]);
  answer.setDeletebeforereplace(deleteBeforeReplace && replaced.size > 0);
  return answer;
}

function firstPart(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}
