/**
 * An object without the fields that a server-side apply conflicted on, so that their owners keep them.
 *
 * @param path of a conflict: `.spec.template.spec.containers[name="aws-node"].env[name="WARM_ENI_TARGET"].value`.
 *   An entry of a list whose value goes is left out whole: without a value it would be another setting.
 */
export function withoutField(object: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\.([^.[\]]+)|\[([^=\]]+)="([^"]*)"\]/g)].map(([, member, key, value]) =>
    member === undefined ? { key: key ?? "", value: value ?? "" } : { member },
  );
  return cut(structuredClone(object), steps);
}

type Step = { readonly member: string } | { readonly key: string; readonly value: string };

function cut(at: unknown, [step, ...rest]: readonly Step[]): unknown {
  if (step === undefined || typeof at !== "object" || at === null) return at;
  if ("member" in step) {
    const { [step.member]: inner, ...others } = at as Record<string, unknown>;
    return rest.length === 0 || inner === undefined ? others : { ...others, [step.member]: cut(inner, rest) };
  }
  const entries = at as readonly Record<string, unknown>[];
  return entries.flatMap((entry) => {
    if (entry[step.key] !== step.value) return [entry];
    const ends =
      rest.length === 0 ||
      (rest.length === 1 && rest[0] !== undefined && "member" in rest[0] && rest[0].member === "value");
    return ends ? [] : [cut(entry, rest)];
  });
}
