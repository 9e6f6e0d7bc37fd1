import { uniqueDigits } from "../../protocol/autoName";
import type { Properties } from "../../protocol/values";
import { optionalText, text } from "../resourceKind";

/** As many as Terraform's unique suffix has. */
const SUFFIX_DIGITS = 26;

/** The name given, or one with the prefix given. Check has named it after the resource when neither is. */
export function nameOrPrefixed(inputs: Properties, property: string): string {
  const prefix = optionalText(inputs, `${property}Prefix`);
  return prefix === undefined
    ? text(inputs, property)
    : prefix + uniqueDigits(prefix, new Uint8Array(), SUFFIX_DIGITS);
}

/** The prefix of a name that was made from one; "" for other names. */
export function prefixOf(name: string | undefined): string {
  return new RegExp(`^(.*)[0-9a-f]{${SUFFIX_DIGITS}}$`).exec(name ?? "")?.[1] ?? "";
}
