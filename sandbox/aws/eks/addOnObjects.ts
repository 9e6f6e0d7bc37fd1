import type { KubernetesObject, V1CustomResourceDefinition } from "@kubernetes/client-node";
import type { AddOnTarget, ResolveConflicts } from "./addOn";
import { awsNodeObjects } from "./awsNodeManifest";
import type { ApplyConflict } from "./clusterAccess";
import { readVpcCniValues } from "./configurationValues";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster } from "./eksState";
import type { EksIssue } from "./update";
import { withoutField } from "./withoutField";

/**
 * Writes the add-on's objects into the cluster, and takes away the ENIConfigs of its former values.
 *
 * @returns what hinders it: fields that belong to others, under NONE. Then nothing is written.
 */
export async function applyAddOn(
  cluster: Cluster,
  before: AddOnTarget | undefined,
  target: AddOnTarget,
  resolve: ResolveConflicts,
  outside: EksOutside,
): Promise<EksIssue | undefined> {
  const { access } = outside;
  let objects = objectsOf(cluster, target, outside);
  if (resolve !== "OVERWRITE") {
    const conflicts = await conflictsOf(objects, outside);
    // On creation PRESERVE is as NONE.
    if (conflicts.length > 0 && (resolve === "NONE" || before === undefined)) return conflictIssue(conflicts);
    objects = objects.map((object) => withoutConflicts(object, conflicts));
  }
  await applyAll(objects, outside);
  const kept = new Set(objects.map(identity));
  const former = before === undefined ? [] : objectsOf(cluster, before, outside);
  for (const object of former.filter((one) => !kept.has(identity(one)))) await access.remove(object);
  return undefined;
}

/** Takes the add-on's objects out of the cluster; the definitions stay, with the ENIConfigs that others made. */
export async function removeAddOnObjects(cluster: Cluster, addOn: AddOn, outside: EksOutside): Promise<void> {
  const objects = objectsOf(cluster, addOn, outside).filter((object) => !isDefinition(object));
  for (const object of objects.reverse()) await outside.access.remove(object);
}

function objectsOf(cluster: Cluster, target: AddOnTarget, outside: EksOutside): KubernetesObject[] {
  return awsNodeObjects(readVpcCniValues(target.configurationValues, {}), {
    clusterName: cluster.name,
    server: outside.server,
    vpcId: cluster.vpcId,
    region: outside.region,
    addOnVersion: target.version,
    serviceAccountRoleArn: target.serviceAccountRoleArn,
  });
}

async function conflictsOf(
  objects: readonly KubernetesObject[],
  { access }: EksOutside,
): Promise<ApplyConflict[]> {
  const found: ApplyConflict[] = [];
  for (const object of objects) {
    // An ENIConfig can't be tried before its definition is there; then nobody can have one either.
    const conflict = await access.apply(object, { force: false, dryRun: true }).catch((error: unknown) => {
      if (object.kind === "ENIConfig") return undefined;
      throw error;
    });
    if (conflict !== undefined) found.push(conflict);
  }
  return found;
}

function withoutConflicts(object: KubernetesObject, conflicts: readonly ApplyConflict[]): KubernetesObject {
  const fields = conflicts.filter((one) => one.object === object).flatMap((one) => one.fields);
  return fields.reduce<unknown>(withoutField, object) as KubernetesObject;
}

function conflictIssue(conflicts: readonly ApplyConflict[]): EksIssue {
  const said = conflicts.map(
    ({ object, message }) => `${object.kind ?? ""} ${object.metadata?.name ?? ""} - ${message}`,
  );
  return {
    code: "ConfigurationConflict",
    message: `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ${said.join(" ")}`,
    resourceIds: [],
  };
}

/** Definitions first, and nothing else before the API server serves what they define. */
async function applyAll(objects: readonly KubernetesObject[], outside: EksOutside): Promise<void> {
  const { access, clock, pace, signal } = outside;
  const definitions = objects.filter(isDefinition);
  const others = objects.filter((object) => !isDefinition(object));
  for (const object of definitions) await access.apply(object, { force: true, dryRun: false });
  for (const definition of definitions) {
    while (!(await access.serves(definition))) await clock.sleep(pace.pollMs, signal);
  }
  for (const object of others) await access.apply(object, { force: true, dryRun: false });
}

function isDefinition(object: KubernetesObject): object is V1CustomResourceDefinition {
  return object.kind === "CustomResourceDefinition";
}

function identity({ kind, metadata }: KubernetesObject): string {
  return `${kind ?? ""}/${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
