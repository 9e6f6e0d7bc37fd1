import type { Filter } from "@aws-sdk/client-ec2";
import { isObject, type Properties } from "../../protocol/values";
import type { Schema } from "../../schema/property";
import { text } from "../resourceKind";
import { tagsIn } from "../tags";

/** Arguments that most functions of EC2 have. */
export const filterArgs = {
  filters: {
    type: {
      list: {
        object: {
          name: { type: "string", required: true },
          values: { type: { list: "string" }, required: true },
        },
      },
    },
  },
  region: { type: "string" },
  tags: { type: "map" },
} as const satisfies Schema;

/**
 * What to ask EC2 for.
 *
 * @param attributes are arguments that are filters of EC2 under another name: `vpcId` asks for `vpc-id`.
 */
export function filtersOf(args: Properties, attributes: Readonly<Record<string, string>> = {}): Filter[] {
  const filters: Filter[] = [];
  for (const [argument, Name] of Object.entries(attributes)) {
    const value = args[argument];
    if (value === true) filters.push({ Name, Values: ["true"] });
    else if (typeof value === "string" && value !== "") filters.push({ Name, Values: [value] });
  }
  for (const [key, value] of Object.entries(tagsIn(args["tags"]))) {
    filters.push({ Name: `tag:${key}`, Values: [value] });
  }
  const own = Array.isArray(args["filters"]) ? args["filters"].filter(isObject) : [];
  for (const each of own) filters.push({ Name: text(each, "name"), Values: each["values"] as string[] });
  return filters;
}

/** Arguments as a result tells them back, which it does with those that choose. */
export function chosenBy(args: Properties): Properties {
  return args["filters"] === undefined ? {} : { filters: args["filters"] };
}

/** The only one of what was found. */
export function theOnly<T>(what: string, found: readonly T[]): T {
  const [only, ...more] = found;
  if (only === undefined) throw new Error(`no matching ${what} found`);
  if (more.length > 0) {
    throw new Error(
      `multiple ${what}s matched; use additional constraints to reduce matches to a single ${what}`,
    );
  }
  return only;
}
