import type { ResourceChange } from "../stack/resourceChange";
import type { Danger } from "./danger";

/** Dangers that Pulumi refuses, whoever allows them: what would go is protected. */
export function protectedDangers(dangers: readonly Danger[], changes: readonly ResourceChange[]): Danger[] {
  const held = changes.filter(
    ({ isProtected = false, operation }) =>
      isProtected && (operation === "delete" || operation === "replace"),
  );
  return dangers.filter((danger) => held.some(({ urn }) => urn === danger.urn));
}
