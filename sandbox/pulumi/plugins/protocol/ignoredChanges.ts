import { covers, parsePropertyPath, resetAt } from "../../engine/propertyPath";
import type { Difference } from "./plugin";
import type { Properties } from "./values";

/**
 * New inputs with what is to be left alone as it is in the state.
 *
 * The engine puts old *inputs* there, which are older than the state when others change the resource: a node group that
 * was scaled by somebody would be scaled back with the next change of its labels.
 *
 * @param ignored are paths as the resource option `ignoreChanges` has them.
 */
export function withIgnored(news: Properties, state: Properties, ignored: readonly string[]): Properties {
  return ignored.reduce<Properties>((sofar, path) => {
    // Where the two differ on the way there, there is nothing to keep.
    const kept = resetAt(parsePropertyPath(path), state, sofar);
    return kept === undefined ? sofar : (kept as Properties);
  }, news);
}

/** The difference without what is to be left alone. */
export function withoutIgnored(difference: Difference, ignored: readonly string[]): Difference {
  const paths = ignored.map(parsePropertyPath);
  const isIgnored = (path: string) => paths.some((each) => covers(each, parsePropertyPath(path)));
  const changes = [...difference.changes].filter(([path]) => !isIgnored(path));
  const { replaceKeys } = difference;
  return {
    ...difference,
    changes: new Map(changes),
    ...(replaceKeys !== undefined && { replaceKeys: replaceKeys.filter((path) => !isIgnored(path)) }),
  };
}
