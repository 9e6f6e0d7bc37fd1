import { makeUrn, parseUrn, STACK_TYPE, type Urn } from "./urn";

/** Another name that a resource may have had: a whole URN, or what was different in it. */
export type Alias =
  | { readonly urn: Urn }
  | {
      /** What is empty is as it is now. */
      readonly name: string;
      readonly type: string;
      readonly stack: string;
      readonly project: string;
      readonly parent: Urn | undefined;
      /** Whether it had no parent. */
      readonly noParent: boolean;
    };

/**
 * The URNs that a resource may have had.
 *
 * @param of the resource as it is called now.
 * @param parentWas the URN that its parent had, when it had another one: its children had other ones then, too.
 */
export function aliasUrns(
  of: { stack: string; project: string; parent: Urn | undefined; type: string; name: string },
  aliases: readonly Alias[],
  parentWas: Urn | undefined,
): Urn[] {
  const own = aliases.map((alias) => aliasUrn(of, alias, parentWas));
  if (of.parent === undefined || parentWas === undefined) return [...new Set(own)];
  const parentName = parseUrn(of.parent).name;
  const inherited = [{ type: of.type, name: of.name }, ...own.map(parseUrn)].map(({ type, name }) =>
    makeUrn({ ...of, parent: parentWas, type, name: renamedChild(name, parentName, parentWas) }),
  );
  return [...new Set([...own, ...inherited])];
}

function aliasUrn(
  of: { stack: string; project: string; parent: Urn | undefined; type: string; name: string },
  alias: Alias,
  parentWas: Urn | undefined,
): Urn {
  if ("urn" in alias) return alias.urn;
  const given = alias.parent === of.parent ? (parentWas ?? alias.parent) : alias.parent;
  const parent = alias.noParent ? undefined : (given ?? of.parent);
  const isRoot = parent !== undefined && parseUrn(parent).qualifiedType === STACK_TYPE;
  const or = (text: string, otherwise: string) => (text === "" ? otherwise : text);
  return makeUrn({
    stack: or(alias.stack, of.stack),
    project: or(alias.project, of.project),
    parent: isRoot ? undefined : parent,
    type: or(alias.type, of.type),
    name: or(alias.name, of.name),
  });
}

/** Children are usually called after their parents: what was `app-role` under `app` was `web-role` under `web`. */
function renamedChild(name: string, parentName: string, parentWas: Urn): string {
  return name.startsWith(parentName) ? parseUrn(parentWas).name + name.slice(parentName.length) : name;
}
