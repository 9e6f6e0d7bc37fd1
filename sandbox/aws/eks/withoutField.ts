/**
 * An object without a field that a server-side apply conflicted on, so that its owner keeps it.
 *
 * Only the field goes: the entry of a list around it stays, since an applier that no longer names an entry takes it away.
 *
 * @param path of a conflict: `.spec.template.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value`.
 */
export function withoutField(object: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[([^=\]]+)="([^"]*)"\]/g)].map(([, member, key, value]) =>
    member === undefined ? { key: key ?? "", value: value ?? "" } : { member },
  );
  return cut(object, steps);
}

type Step = { readonly member: string } | { readonly key: string; readonly value: string };

function cut(at: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined || typeof at !== "object" || at === null) return at;
  if ("member" in step) {
    const { [step.member]: inner, ...others } = at as Record<string, unknown>;
    return rest.length === 0 || inner === undefined ? others : { ...others, [step.member]: cut(inner, rest) };
  }
  const entries = at as readonly Record<string, unknown>[];
  const isMeant = (entry: Record<string, unknown>) => entry[step.key] === step.value;
  if (rest.length === 0) return entries.filter((entry) => !isMeant(entry));
  return entries.map((entry) => (isMeant(entry) ? cut(entry, rest) : entry));
}
