import { isFailedPreview, isPreviewed, type PreviewOutcome } from "./environmentPreview";

/** Names that a verdict gives; more are counted. */
const SHOWN = 3;

/**
 * The answer in one line: `2 environments change, prod needs a look`.
 *
 * @param named writes the name of an environment. @default as it is
 */
export function verdict(
  outcomes: readonly PreviewOutcome[],
  named: (name: string) => string = (name) => name,
): string {
  const failed = outcomes.filter(isFailedPreview);
  const previewed = outcomes.filter(isPreviewed);
  const changing = previewed.filter(({ changes }) => changes.length > 0);
  const serious = previewed.filter(({ lookAt }) => lookAt.length > 0);
  const unseen = previewed.filter(({ notSeen, lookAt }) => notSeen.length > 0 && lookAt.length === 0);
  const names = (some: readonly { readonly environment: string }[], one: string, many: string) => {
    if (some.length === 0) return [];
    const first = some.slice(0, SHOWN).map(({ environment }) => named(environment));
    const all = [...first, ...(some.length > SHOWN ? [`${some.length - SHOWN} more`] : [])];
    const list = all.length === 1 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
    return [`${list} ${some.length === 1 ? one : many}`];
  };
  return [
    ...(previewed.length === 0 ? [] : [changeOf(changing.length)]),
    ...names(serious, "needs a look", "need a look"),
    ...names(unseen, "was not wholly seen", "were not wholly seen"),
    ...names(failed, "could not be previewed", "could not be previewed"),
  ].join(", ");
}

function changeOf(count: number): string {
  if (count === 0) return "nothing changes";
  return count === 1 ? "1 environment changes" : `${count} environments change`;
}
