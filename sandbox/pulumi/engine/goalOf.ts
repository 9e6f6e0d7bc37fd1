import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import type { Alias as AliasMessage } from "@pulumi/pulumi/proto/alias_pb";
import type { Alias } from "./aliases";
import type { Goal, ReadGoal } from "./goal";
import type { CustomTimeouts } from "./resourceState";
import { fromStruct } from "./wire";

/**
 * What a program asks for, from its request.
 *
 * @param provider reference of the provider that it is for; empty for components and providers.
 */
export function goalOf(request: RegisterResourceRequest, provider: string): Goal {
  const given = request.getObject();
  const version = request.getType().startsWith("pulumi:providers:") ? request.getVersion() : "";
  return {
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    properties: { ...fromStruct(given), ...(version !== "" && { version }) },
    parent: orUndefined(request.getParent()),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies: [...request.getDependenciesList()].sort(),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([key, value]) => [
        key,
        value.getUrnsList().sort(),
      ]),
    ),
    provider,
    deleteBeforeReplace:
      request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()
        ? request.getDeletebeforereplace()
        : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [
      ...request.getAliasurnsList().map((urn) => ({ urn })),
      ...request.getAliasesList().map(aliasOf),
    ],
    importId: request.getImportid(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: orUndefined(request.getDeletedwith()),
  };
}

/** What a program wants to know, from its request. */
export function readGoalOf(request: ReadResourceRequest, provider: string): ReadGoal {
  return {
    type: request.getType(),
    name: request.getName(),
    id: request.getId(),
    properties: fromStruct(request.getProperties()),
    parent: orUndefined(request.getParent()),
    dependencies: [...request.getDependenciesList()].sort(),
    provider,
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
  };
}

/**
 * What the stand-in can't do for a resource.
 *
 * @returns its name; undefined when it can do all that was asked.
 */
export function unsupportedIn(request: RegisterResourceRequest): string | undefined {
  if (request.getRemote()) return "remote components (construct)";
  if (request.getTransformsList().length > 0) return "resource transforms";
  if (request.getReplaceWithList().length > 0) return "the option replaceWith";
  if (request.hasReplacementTrigger()) return "the option replacementTrigger";
  if (request.getHidediffsList().length > 0) return "the option hideDiffs";
  if (request.getEnvvarmappingsMap().getLength() > 0) return "the option envVarMappings";
  if (request.getPackageref() !== "") return "parameterized packages";
  const hooks = request.getHooks()?.toObject();
  if (hooks !== undefined && Object.values(hooks).some((names) => Array.isArray(names) && names.length > 0))
    return "resource hooks";
  return undefined;
}

function aliasOf(message: AliasMessage): Alias {
  const spec = message.getSpec();
  if (spec === undefined) return { urn: message.getUrn() };
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.hasParenturn() ? orUndefined(spec.getParenturn()) : undefined,
    noParent: spec.getNoparent(),
  };
}

function timeoutsOf(message: RegisterResourceRequest.CustomTimeouts | undefined): CustomTimeouts | undefined {
  if (message === undefined) return undefined;
  const given = Object.entries({
    create: message.getCreate(),
    update: message.getUpdate(),
    delete: message.getDelete(),
    read: message.getRead(),
  }).filter(([, text]) => text !== "");
  return given.length === 0
    ? undefined
    : Object.fromEntries(given.map(([key, text]) => [key, seconds(text)]));
}

/**
 * A duration in Go's notation (`1h30m`, `90s`, `500ms`) in seconds.
 *
 * @throws Error when it isn't one.
 */
export function seconds(text: string): number {
  const units: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text)
    throw new Error(`unable to parse customTimeout Value ${text}: a duration is like 90s, 5m or 1h30m`);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit ?? ""] ?? 0), 0);
}

function orUndefined(text: string): string | undefined {
  return text === "" ? undefined : text;
}
