import { isObject } from "../isObject";
import type { AwsNodeContainer } from "./envTable";

/** Which variables the configuration of an add-on's version takes. */
export type KnownVariables = (container: AwsNodeContainer, name: string) => boolean;

/** Where the variables of a container stand in the configuration values. */
const PATH_OF: Readonly<Record<AwsNodeContainer, readonly string[]>> = {
  "aws-node": ["env"],
  "aws-vpc-cni-init": ["init", "env"],
};

/**
 * Reads the schema of an add-on's configuration, as EKS's DescribeAddonConfiguration gives it: a JSON schema in a
 * string, whose parts may be references into itself.
 *
 * @throws Error when it is not one.
 */
export function readAddOnSchema(text: string): KnownVariables {
  const root: unknown = JSON.parse(text);
  return (container, name) => {
    const variables = [...PATH_OF[container], name].reduce<Schema>(
      (schema, key) => property(root, schema, key),
      resolved(root, root),
    );
    return variables !== false;
  };
}

/** A schema that is resolved: what a place takes, with `true` for anything and `false` for nothing. */
type Schema = Readonly<Record<string, unknown>> | boolean;

function property(root: unknown, schema: Schema, key: string): Schema {
  if (typeof schema === "boolean") return schema;
  const { properties } = schema;
  if (isObject(properties) && Object.hasOwn(properties, key)) return resolved(root, properties[key]);
  return schema.additionalProperties === undefined ? true : resolved(root, schema.additionalProperties);
}

function resolved(root: unknown, schema: unknown): Schema {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) throw new Error("the schema of the add-on's configuration is not a JSON schema");
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  const target = $ref
    .split("/")
    .slice(1)
    .reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), root);
  return resolved(root, target);
}
