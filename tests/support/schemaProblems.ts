/** What of a package's schema says which inputs its resources take. */
export interface PackageSchema {
  readonly resources: Readonly<
    Record<
      string,
      {
        readonly inputProperties?: Readonly<Record<string, TypeSpec>>;
        readonly requiredInputs?: readonly string[];
      }
    >
  >;
  readonly types?: Readonly<Record<string, ObjectOrEnum>>;
}

interface TypeSpec {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: TypeSpec;
  readonly additionalProperties?: TypeSpec;
  readonly oneOf?: readonly TypeSpec[];
}

interface ObjectOrEnum {
  readonly properties?: Readonly<Record<string, TypeSpec>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly value: unknown }[];
}

type Properties = Readonly<Record<string, unknown>>;

/**
 * What a package's schema does not take of a resource's inputs, by their paths: an unknown type token, an input or
 * one of its parts that it does not know or that is of another type, a required one that is missing.
 *
 * It ends at references to schemas of other packages.
 */
export function schemaProblems(schema: PackageSchema, type: string, inputs: Properties): string[] {
  const resource = schema.resources[type];
  if (resource === undefined) return [`${type} is no resource`];
  return ofProperties(schema, resource.inputProperties ?? {}, resource.requiredInputs ?? [], inputs, type);
}

function ofProperties(
  schema: PackageSchema,
  known: Readonly<Record<string, TypeSpec>>,
  required: readonly string[],
  given: Properties,
  path: string,
): string[] {
  return [
    ...required.filter((key) => given[key] === undefined).map((key) => `${path}.${key} is missing`),
    ...Object.entries(given).flatMap(([key, value]) => {
      const spec = Object.hasOwn(known, key) ? known[key] : undefined;
      return spec === undefined
        ? [`${path}.${key} is unknown`]
        : ofValue(schema, spec, value, `${path}.${key}`);
    }),
  ];
}

function ofValue(schema: PackageSchema, spec: TypeSpec, value: unknown, path: string): string[] {
  const { $ref, items, additionalProperties, oneOf } = spec;
  if (oneOf !== undefined) {
    const found = oneOf.map((alternative) => ofValue(schema, alternative, value, path));
    return found.find((problems) => problems.length === 0) ?? found.flat();
  }
  if ($ref?.startsWith("#/types/")) return ofNamedType(schema, $ref.slice("#/types/".length), value, path);
  if ($ref !== undefined) return [];
  if (spec.type === "array") {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((item, index) => ofValue(schema, items ?? {}, item, `${path}[${index}]`));
  }
  if (spec.type === "object") {
    if (!isProperties(value)) return [`${path} is no object`];
    return Object.entries(value).flatMap(([key, entry]) =>
      ofValue(schema, additionalProperties ?? {}, entry, `${path}.${key}`),
    );
  }
  const type = spec.type === "integer" ? "number" : spec.type;
  return type === undefined || typeof value === type ? [] : [`${path} is no ${type}`];
}

function ofNamedType(schema: PackageSchema, token: string, value: unknown, path: string): string[] {
  const named = schema.types?.[decodeURIComponent(token)];
  if (named === undefined) return [`${path} is of ${token}, which is no type`];
  if (named.enum !== undefined) {
    return named.enum.some((one) => one.value === value) ? [] : [`${path} is none of ${token}`];
  }
  if (!isProperties(value)) return [`${path} is no object`];
  return ofProperties(schema, named.properties ?? {}, named.required ?? [], value, path);
}

function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
