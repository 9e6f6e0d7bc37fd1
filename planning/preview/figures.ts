import { grouped } from "../amounts";
import type { EnvironmentPreview } from "./environmentPreview";

/** What a figure says that could not be seen. */
const UNSEEN = "not seen";

/** `+11 ~1 -1`: what comes, what changes or is taken over, what goes; a replacement is both of the outer ones. */
export function resourcesInWords({ changes }: Pick<EnvironmentPreview, "changes">): string {
  const of = (...operations: string[]) =>
    changes.filter(({ operation }) => operations.includes(operation)).length;
  const replaced = of("replace");
  const comes = of("create") + replaced;
  const goes = of("delete") + replaced;
  const changed = changes.length - of("create", "delete", "replace");
  const parts = [
    ...(comes > 0 ? [`+${comes}`] : []),
    ...(changed > 0 ? [`~${changed}`] : []),
    ...(goes > 0 ? [`-${goes}`] : []),
  ];
  return parts.length === 0 ? "no change" : parts.join(" ");
}

/** `4,091 -> 24,561` */
export function addressesInWords({
  addresses: { before, after },
}: Pick<EnvironmentPreview, "addresses">): string {
  const known = (value: number | undefined) => (value === undefined ? UNSEEN : grouped(value));
  return before === after ? known(after) : `${known(before)} -> ${known(after)}`;
}

/** `29 -> 20`, and the types by their names where there are several. */
export function podsPerNodeInWords({
  podsPerNode,
  rotation,
}: Pick<EnvironmentPreview, "podsPerNode" | "rotation">): string {
  if (podsPerNode.length === 0) return UNSEEN;
  const today = rotation === undefined ? UNSEEN : "new";
  return podsPerNode
    .map(({ instanceType, before, after }) => {
      const name = podsPerNode.length === 1 ? "" : `${instanceType} `;
      if (before === after) return `${name}${after}`;
      return `${name}${before === undefined ? today : before} -> ${after}`;
    })
    .join(", ");
}

/** `118 of 130 (about 3 h)` */
export function rotationInWords({ rotation }: Pick<EnvironmentPreview, "rotation">): string {
  if (rotation === undefined) return UNSEEN;
  const { nodes, oldNodes, seconds, undrainable } = rotation;
  if (oldNodes === 0) return "0";
  const stays = undrainable.length === 0 ? "" : `, ${undrainable.length} can't be drained`;
  return `${grouped(oldNodes)} of ${grouped(nodes)} (about ${roughly(seconds)}${stays})`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** A span of time that is an estimate: `12 min`, `3 h`, `2 h 30 min`. */
export function roughly(seconds: number): string {
  const minutes = Math.ceil(seconds / MINUTE);
  if (minutes < 90) return `${minutes} min`;
  const halves = Math.round(seconds / (HOUR / 2));
  return `${Math.floor(halves / 2)} h${halves % 2 === 1 ? " 30 min" : ""}`;
}
