import { isMap, isSeq, parseDocument, stringify } from "yaml";
import { InvalidInputError } from "../../planning/problem";
import type { Environment } from "../environments";
import { schemaLine } from "./editorSchema";

/** What a new entry of the file of environments says. */
export type NewEnvironment = Pick<
  Environment,
  "name" | "account" | "region" | "cluster" | "profile" | "kubeconfig" | "kubeContext" | "rotation"
>;

/**
 * A file of environments with one entry.
 *
 * @param schema the path of a JSON Schema for editors, against the file's folder. @default none is named
 */
export function newEnvironmentsFile(environment: NewEnvironment, schema?: string): string {
  return `${schemaLine(schema)}# The environments, in the order in which they are migrated. Each is a stack of its name, configured in
# Pulumi.NAME.yaml.
environments:
${entryText(environment, "  ")}`;
}

/**
 * A file of environments with another entry behind the last one. Everything else stays as it is written, comments too.
 *
 * @throws InvalidInputError when it has no list of environments, each on lines of its own, to add to.
 */
export function withEnvironment(text: string, environment: NewEnvironment): string {
  const document = parseDocument(text);
  const list: unknown = document.get("environments", true);
  if (document.errors.length > 0 || !isSeq(list) || list.flow === true || !isMap(list.items[0])) {
    throw new InvalidInputError([
      {
        path: "environments",
        reason: "is no list with a line for each key, to which an entry can be added.",
        fix: `Write its entries as this one, which is the new one, and run this again without it:\n${entryText(environment, "  ")}`,
      },
    ]);
  }
  const [first = 0] = list.items[0].range ?? [];
  const lineStart = text.lastIndexOf("\n", first) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0] ?? "";
  // What stands behind the list's last value, comments among it, stays behind the new entry.
  const end = list.range?.[1] ?? text.length;
  const before = text.slice(0, end).replace(/(?<!\n)\n*$/, "\n");
  return before + entryText(environment, indent) + text.slice(end);
}

function entryText({ name, account, region, ...others }: NewEnvironment, indent: string): string {
  const { cluster, profile, kubeconfig, kubeContext, rotation } = others;
  const given = Object.entries({
    name,
    account,
    region,
    cluster,
    profile,
    kubeconfig,
    kubeContext,
    rotation,
  });
  const entry = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return stringify([entry])
    .split("\n")
    .map((line) => (line === "" ? line : indent + line))
    .join("\n");
}
