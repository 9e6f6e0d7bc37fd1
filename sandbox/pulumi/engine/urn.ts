/** A resource's name for good: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export type Urn = string;

/** The type of the resource that every other one of a stack has above it. */
export const STACK_TYPE = "pulumi:pulumi:Stack";

/** The ID of something that will only get one when it is made. */
export const UNKNOWN_ID = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** The types of the parents (the stack aside) and its own, with `$` between them. */
  readonly qualifiedType: string;
  /** Its own type alone. */
  readonly type: string;
  readonly name: string;
}

/** The URN of a resource. A parent that is the stack itself does not show in it. */
export function makeUrn(of: {
  stack: string;
  project: string;
  parent?: Urn | undefined;
  type: string;
  name: string;
}): Urn {
  const { stack, project, parent, type, name } = of;
  const above = parent === undefined || parent === "" ? "" : parseUrn(parent).qualifiedType;
  const qualified = above === "" || above === STACK_TYPE ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** @throws Error when it isn't a URN. */
export function parseUrn(urn: Urn): UrnParts {
  const prefix = "urn:pulumi:";
  const [stack, project, qualifiedType, ...names] = urn.slice(prefix.length).split("::");
  if (!urn.startsWith(prefix) || project === undefined || qualifiedType === undefined || names.length === 0)
    throw new Error(`not a URN of Pulumi: ${urn}`);
  const type = qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1);
  return { stack: stack ?? "", project, qualifiedType, type, name: names.join("::") };
}

/** The package that a type or a function belongs to: the part before the first colon. */
export function packageOf(token: string): string {
  return token.slice(0, token.indexOf(":"));
}

const providerTypePrefix = "pulumi:providers:";

/** Whether resources of this type are providers themselves. */
export function isProviderType(type: string): boolean {
  return type.startsWith(providerTypePrefix);
}

/** The package whose provider a provider type stands for: `aws` for `pulumi:providers:aws`. */
export function packageOfProviderType(type: string): string {
  return type.slice(providerTypePrefix.length);
}

export function providerTypeOf(packageName: string): string {
  return `${providerTypePrefix}${packageName}`;
}

/** Whether a provider was made by the engine, for resources that name none. */
export function isDefaultProvider(urn: Urn): boolean {
  const { type, name } = parseUrn(urn);
  return isProviderType(type) && (name === "default" || name.startsWith("default_"));
}

/** A reference to a provider, as resources carry it: `URN::ID`. */
export interface ProviderReference {
  readonly urn: Urn;
  readonly id: string;
}

/** @throws Error when it isn't a reference. */
export function parseProviderReference(reference: string): ProviderReference {
  const at = reference.lastIndexOf("::");
  const urn = reference.slice(0, at);
  if (at < 0 || !isProviderType(parseUrn(urn).type))
    throw new Error(`not a reference to a provider: ${reference}`);
  return { urn, id: reference.slice(at + 2) };
}
