/** The part of a JSON Schema that tables of keys are made of. */
export interface KeySchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly KeySchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly description?: string;
  readonly items?: KeySchema;
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: boolean | KeySchema;
  readonly required?: readonly string[];
}

/** A key that a file may have, as its page documents it. */
export interface DocumentedKey {
  /** As in `workerGroups[].taints[].key`. */
  readonly path: string;
  /** In words, with the range of a number; without its unit, which a schema does not know. */
  readonly type: string;
  readonly isRequired: boolean;
  /** What holds when it is left out, where its description says so. */
  readonly byDefault: string | undefined;
  /** Its description without that. */
  readonly meaning: string;
}

/** Every key below an object of a schema, each before those inside it. */
export function documentedKeys(
  { properties = {}, required = [] }: KeySchema,
  prefix = "",
): readonly DocumentedKey[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = prefix + name.replace("eks-pod-network:", "");
    const { description = "" } = schema;
    const leftOut = /; ([^;]*?),?( holds?)? when left out/.exec(description);
    const own: DocumentedKey = {
      path,
      type: typeInWords(schema),
      isRequired: required.includes(name),
      byDefault: leftOut?.[1],
      meaning: leftOut === null ? description : description.replace(leftOut[0], ""),
    };
    const inner =
      schema.items === undefined
        ? documentedKeys(schema, `${path}.`)
        : documentedKeys(schema.items, `${path}[].`);
    return [own, ...inner];
  });
}

/** What `pulumi config set` writes as a text counts as what it stands for. */
function typeInWords(schema: KeySchema): string {
  const { type, anyOf, pattern, minimum, maximum, items, additionalProperties } = schema;
  const words = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (words !== undefined && words.every((word) => typeof word === "string"))
    return words.map((word) => `\`${word}\``).join(" or ");
  if (pattern === String.raw`^\d+%$`) return "percentage";
  if (anyOf !== undefined) return anyOf.map(typeInWords).join(" or ");
  const [kind] = [type ?? "text"].flat();
  if (kind === "integer" && maximum !== undefined) return `whole number, ${minimum ?? 0} to ${maximum}`;
  if (kind === "integer") return `whole number from ${minimum ?? 0}`;
  if (kind === "array") return `list of ${items === undefined ? "text" : plural(typeInWords(items))}`;
  if (typeof additionalProperties === "object") return `map to ${typeInWords(additionalProperties)}`;
  return kind === "string" ? "text" : (kind ?? "text");
}

function plural(type: string): string {
  return type.replace(/^(text|object)/, "$1s").replace(/ or (text|object)$/, " or $1s");
}
