import { createHash } from "node:crypto";
import type { PropertyMap } from "./propertyValues";
import { newState, type CustomTimeouts, type ResourceState } from "./resourceState";
import type { Urn } from "./urn";

/** An operation that was begun and whose outcome nobody wrote down. */
export interface PendingOperation {
  readonly resource: ResourceState;
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

/** What a stack consists of. */
export interface Snapshot {
  readonly resources: readonly ResourceState[];
  readonly pendingOperations: readonly PendingOperation[];
}

/** Pulumi's deployment JSON, version 3. */
export interface DeploymentJson {
  readonly manifest: { readonly time: string; readonly magic: string; readonly version: string };
  readonly secrets_providers?: { readonly type: string; readonly state?: { readonly salt: string } };
  readonly resources?: readonly ResourceJson[];
  readonly pending_operations?: readonly { readonly resource: ResourceJson; readonly type: string }[];
  readonly metadata: Record<string, never>;
}

interface ResourceJson {
  readonly urn: Urn;
  readonly custom: boolean;
  readonly delete?: boolean;
  readonly id?: string;
  readonly type: string;
  readonly inputs?: PropertyMap;
  readonly outputs?: PropertyMap;
  readonly parent?: Urn;
  readonly protect?: boolean;
  readonly external?: boolean;
  readonly dependencies?: readonly Urn[];
  readonly initErrors?: readonly string[];
  readonly provider?: string;
  readonly propertyDependencies?: Readonly<Record<string, readonly Urn[]>>;
  readonly pendingReplacement?: boolean;
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly Urn[];
  readonly customTimeouts?: CustomTimeouts;
  readonly importID?: string;
  readonly retainOnDelete?: boolean;
  readonly deletedWith?: Urn;
  readonly created?: string;
  readonly modified?: string;
  readonly ignoreChanges?: readonly string[];
  readonly replaceOnChanges?: readonly string[];
}

/**
 * A snapshot as Pulumi's deployment JSON.
 *
 * @param write puts properties in the form in which they are written down: secrets encrypted, or shown.
 */
export function toDeploymentJson(
  snapshot: Snapshot,
  options: { time: string; version: string; salt: string; write: (properties: PropertyMap) => PropertyMap },
): DeploymentJson {
  const { time, version, salt, write } = options;
  return {
    manifest: { time, magic: createHash("sha256").update(version).digest("hex"), version },
    secrets_providers: { type: "passphrase", state: { salt } },
    ...(snapshot.resources.length > 0 && {
      resources: snapshot.resources.map((state) => toResourceJson(state, write)),
    }),
    ...(snapshot.pendingOperations.length > 0 && {
      pending_operations: snapshot.pendingOperations.map(({ resource, type }) => ({
        resource: toResourceJson(resource, write),
        type,
      })),
    }),
    metadata: {},
  };
}

/** A resource with only what is said of it: Pulumi leaves out what is empty. */
function toResourceJson(state: ResourceState, write: (properties: PropertyMap) => PropertyMap): ResourceJson {
  const said = (text: string | undefined) => text !== undefined && text !== "";
  const some = (items: object) => Object.keys(items).length > 0;
  return {
    urn: state.urn,
    custom: state.custom,
    ...(state.delete && { delete: true }),
    ...(said(state.id) && { id: state.id }),
    type: state.type,
    ...(some(state.inputs) && { inputs: write(state.inputs) }),
    ...(some(state.outputs) && { outputs: write(state.outputs) }),
    ...(state.parent !== undefined && { parent: state.parent }),
    ...(state.protect && { protect: true }),
    ...(state.external && { external: true }),
    ...(some(state.dependencies) && { dependencies: state.dependencies }),
    ...(some(state.initErrors) && { initErrors: state.initErrors }),
    ...(said(state.provider) && { provider: state.provider }),
    ...(some(state.propertyDependencies) && { propertyDependencies: state.propertyDependencies }),
    ...(state.pendingReplacement && { pendingReplacement: true }),
    ...(some(state.additionalSecretOutputs) && { additionalSecretOutputs: state.additionalSecretOutputs }),
    ...(some(state.aliases) && { aliases: state.aliases }),
    ...(state.customTimeouts !== undefined &&
      some(state.customTimeouts) && { customTimeouts: state.customTimeouts }),
    ...(said(state.importID) && { importID: state.importID }),
    ...(state.retainOnDelete && { retainOnDelete: true }),
    ...(state.deletedWith !== undefined && { deletedWith: state.deletedWith }),
    ...(state.created !== undefined && { created: state.created }),
    ...(state.modified !== undefined && { modified: state.modified }),
    ...(some(state.ignoreChanges) && { ignoreChanges: state.ignoreChanges }),
    ...(some(state.replaceOnChanges) && { replaceOnChanges: state.replaceOnChanges }),
  };
}

/**
 * A snapshot from Pulumi's deployment JSON.
 *
 * @param read brings properties in the form in which the engine keeps them.
 */
export function fromDeploymentJson(
  json: DeploymentJson,
  read: (properties: PropertyMap) => PropertyMap,
): Snapshot {
  const state = ({ inputs = {}, outputs = {}, ...rest }: ResourceJson) =>
    newState({ ...rest, inputs: read(inputs), outputs: read(outputs) });
  return {
    resources: (json.resources ?? []).map(state),
    pendingOperations: (json.pending_operations ?? []).map(({ resource, type }) => ({
      resource: state(resource),
      type: type as PendingOperation["type"],
    })),
  };
}
