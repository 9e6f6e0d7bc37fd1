import type { ReadGoal } from "./goal";
import { UNKNOWN } from "./propertyValues";
import { announceReplacement } from "./replacement";
import { newState, type ResourceState } from "./resourceState";
import type { Step } from "./step";
import type { UpdateContext } from "./updateContext";
import { packageOf, type Urn } from "./urn";

/**
 * Takes over a resource that is there already.
 *
 * @param now with the ID under `importID`; filled in with what was found.
 * @param old what the stack has under the name so far: it is replaced by what is taken over.
 */
export async function takeOver(
  now: ResourceState,
  old: ResourceState | undefined,
  context: UpdateContext,
): Promise<void> {
  const { executor, registry, ledger } = context;
  const { urn, type, provider, importID, customTimeouts } = now;
  const isReplacement = old !== undefined;
  const op = isReplacement ? "import-replacement" : "import";
  const step: Step = { op, urn, type, provider, new: now, logical: !isReplacement };
  ledger.noteStep(step);
  await executor.run(step, async () => {
    const found = await registry.get(provider).read(urn, importID, undefined, customTimeouts?.read ?? 0);
    if (found.outputs === undefined) throw new Error(`resource '${importID}' does not exist`);
    if (found.inputs === undefined)
      throw new Error(
        `provider does not support importing resources; please try updating the '${packageOf(type)}' plugin`,
      );
    const { inputs, outputs, initErrors } = found;
    Object.assign(now, { id: found.id === "" ? importID : found.id, inputs, outputs, initErrors });
    if (isReplacement) old.delete = true;
    step.old = { ...now };
    now.created = now.modified = context.now();
  });
  if (isReplacement) await announceReplacement(old, now, undefined, context);
}

/** Looks at somebody's resource and notes it in the stack as theirs. */
export async function readResource(
  urn: Urn,
  goal: ReadGoal,
  old: ResourceState | undefined,
  context: UpdateContext,
): Promise<ResourceState> {
  const { executor, registry, ledger } = context;
  const { type, id, properties, parent, dependencies, provider, additionalSecretOutputs } = goal;
  const now = newState({
    urn,
    type,
    custom: true,
    external: true,
    id,
    inputs: properties,
    parent,
    dependencies,
    provider,
    additionalSecretOutputs,
    created: old?.created,
    modified: old?.modified,
  });
  const isReplacement = old !== undefined && !old.external;
  const op = isReplacement ? "read-replacement" : "read";
  const step: Step = { op, urn, type, provider, old, new: now, logical: !isReplacement };
  ledger.noteStep(step);
  await executor.run(step, async () => {
    if (id === UNKNOWN) return;
    const known = { inputs: properties, outputs: properties };
    const found = await registry.get(provider).read(urn, id, known, 0);
    if (found.outputs === undefined) throw new Error(`resource '${id}' does not exist`);
    const { outputs, initErrors } = found;
    Object.assign(now, { id: found.id === "" ? id : found.id, outputs, initErrors });
    if (isReplacement) old.delete = true;
  });
  if (isReplacement) await announceReplacement(old, now, undefined, context);
  return now;
}
