import type { KubernetesObject, V1CustomResourceDefinition } from "@kubernetes/client-node";
import type { AddOnTarget, ResolveConflicts } from "./addOn";
import { VPC_CNI_DEFAULT_VERSION } from "./addOnVersions";
import { awsNodeObjects } from "./awsNodeManifest";
import type { ApplyConflict } from "./clusterAccess";
import { readVpcCniValues } from "./configurationValues";
import type { EksOutside } from "./eksOutside";
import type { AddOn, Cluster } from "./eksState";
import type { EksIssue } from "./update";
import { isUnknownKind, refusalOf } from "./refusal";
import { withoutField } from "./withoutField";

/**
 * Writes the add-on's objects into the cluster, and takes away the ENIConfigs of its former values.
 *
 * @returns what hinders it: an object that the API server refuses, or fields that belong to others, under NONE. Then
 *   nothing is written, but for the definitions where they are new: what they define can't be tried before.
 */
export async function applyAddOn(
  cluster: Cluster,
  before: AddOnTarget | undefined,
  target: AddOnTarget,
  resolve: ResolveConflicts,
  outside: EksOutside,
): Promise<EksIssue | undefined> {
  const { access } = outside;
  const wanted = objectsOf(cluster, target, outside);
  const tried = await tryAll(wanted, resolve === "OVERWRITE", outside);
  if (tried.refused !== undefined) return tried.refused;
  const { conflicts } = tried;
  // On creation PRESERVE is as NONE.
  if (conflicts.length > 0 && (resolve === "NONE" || before === undefined)) return conflictIssue(conflicts);
  const objects = wanted.map((object) => withoutConflicts(object, conflicts));
  await applyDefinitions(objects.filter(isDefinition), outside);
  // Nobody else has objects of a kind that was not there, so there is nothing to conflict with.
  const { refused } = await tryAll(tried.untried, true, outside);
  if (refused !== undefined) return refused;
  for (const object of objects.filter((one) => !isDefinition(one))) {
    await access.apply(object, { force: true, dryRun: false });
  }
  const kept = new Set(objects.map(identity));
  const former = before === undefined ? [] : objectsOf(cluster, before, outside);
  for (const object of former.filter((one) => !kept.has(identity(one)))) await access.remove(object);
  return undefined;
}

/**
 * Writes the add-on's objects once more, as EKS does every now and then: what others changed or deleted comes back. The
 * environment of its containers it leaves to whoever set it, and all that others own when the add-on preserves it.
 */
export async function correctDrift(cluster: Cluster, addOn: AddOn, outside: EksOutside): Promise<void> {
  const objects = objectsOf(cluster, addOn, outside).filter((object) => !isDefinition(object));
  const { conflicts } = await tryAll(objects, false, outside);
  const left = addOn.preserves
    ? conflicts
    : conflicts.map((one) => ({ ...one, fields: one.fields.filter((field) => field.includes(".env[")) }));
  const fieldsOf = (object: KubernetesObject, all: readonly ApplyConflict[]) =>
    all.filter((one) => one.object === object).flatMap(({ fields }) => fields);
  for (const object of objects) {
    // By force only where it takes something back: what somebody sets at this very moment stays.
    const force = fieldsOf(object, conflicts).length > fieldsOf(object, left).length;
    await outside.access.apply(withoutConflicts(object, left), { force, dryRun: false });
  }
}

/** Writes aws-node into a new cluster as its own, of the default version: no add-on keeps it as it is. */
export async function installSelfManagedCni(cluster: Cluster, outside: EksOutside): Promise<void> {
  const target = {
    version: VPC_CNI_DEFAULT_VERSION,
    configurationValues: undefined,
    serviceAccountRoleArn: undefined,
  };
  await applyAddOn(cluster, undefined, target, "OVERWRITE", outside);
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

/** What applying objects would come to. */
interface Trial {
  readonly conflicts: readonly ApplyConflict[];
  /** Those of kinds that the API server doesn't have yet. */
  readonly untried: readonly KubernetesObject[];
  readonly refused?: EksIssue;
}

async function tryAll(
  objects: readonly KubernetesObject[],
  force: boolean,
  { access }: EksOutside,
): Promise<Trial> {
  const conflicts: ApplyConflict[] = [];
  const untried: KubernetesObject[] = [];
  for (const object of objects) {
    try {
      const conflict = await access.apply(object, { force, dryRun: true });
      if (conflict !== undefined) conflicts.push(conflict);
    } catch (error) {
      if (object.kind === "ENIConfig" && isUnknownKind(error)) {
        untried.push(object);
        continue;
      }
      const refused = refusalIssue(object, error);
      if (refused === undefined) throw error;
      return { conflicts, untried, refused };
    }
  }
  return { conflicts, untried };
}

function withoutConflicts(object: KubernetesObject, conflicts: readonly ApplyConflict[]): KubernetesObject {
  const fields = conflicts.filter((one) => one.object === object).flatMap((one) => one.fields);
  return fields.reduce<unknown>(withoutField, object) as KubernetesObject;
}

function refusalIssue(object: KubernetesObject, error: unknown): EksIssue | undefined {
  const message = refusalOf(error);
  if (message === undefined) return undefined;
  return {
    code: "AdmissionRequestDenied",
    message: `${object.kind ?? ""} ${object.metadata?.name ?? ""} - ${message}`,
    resourceIds: [],
  };
}

function conflictIssue(conflicts: readonly ApplyConflict[]): EksIssue {
  const said = conflicts.flatMap(({ object, fields }) =>
    fields.map((field) => `${kindOf(object)} ${object.metadata?.name ?? ""} - ${field}`),
  );
  return {
    code: "ConfigurationConflict",
    message: `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ${said.join(" ")}`,
    resourceIds: [],
  };
}

/** A kind as EKS writes it, such as DaemonSet.apps; ConfigMap in the core group. */
function kindOf({ apiVersion = "", kind = "" }: KubernetesObject): string {
  const [group = ""] = apiVersion.includes("/") ? apiVersion.split("/") : [];
  return group === "" ? kind : `${kind}.${group}`;
}

/** Writes definitions, and waits until the API server serves what they define. */
async function applyDefinitions(
  definitions: readonly V1CustomResourceDefinition[],
  { access, clock, pace, signal }: EksOutside,
): Promise<void> {
  for (const object of definitions) await access.apply(object, { force: true, dryRun: false });
  for (const definition of definitions) {
    while (!(await access.serves(definition))) await clock.sleep(pace.pollMs, signal);
  }
}

function isDefinition(object: KubernetesObject): object is V1CustomResourceDefinition {
  return object.kind === "CustomResourceDefinition";
}

function identity({ kind, metadata }: KubernetesObject): string {
  return `${kind ?? ""}/${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}
