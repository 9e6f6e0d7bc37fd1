import type { Drift } from "../automation/drift/readDrift";
import type { Environment } from "../automation/environments";
import { counted } from "../planning/amounts";
import { describeChanges } from "./changesText";

/** What of an environment is not as its stack says, as people read it: the verdict first. */
export function describeDrift(
  environment: Environment,
  { isDrifted, changes, live, notSeen }: Drift,
): string {
  const { name } = environment;
  if (!isDrifted) return `${name}  no drift: all is as its stack says.`;
  const counts = [
    ...(changes.length === 0 ? [] : [counted(changes.length, "resource")]),
    ...(live.length === 0 ? [] : [`${live.length} in the live cluster that Pulumi does not see`]),
  ];
  return [
    `${name}  DRIFTED  ${counts.join(", ")}`,
    ...(changes.length === 0
      ? []
      : [
          describeChanges(environment, "would change", changes),
          `podnet up ${name} makes it as its stack says, after podnet preview ${name}; or change the stack's configuration, if what is there is right.`,
        ]),
    ...live.map(({ id, title, wayOut }) => `${id}  ${title}\n${" ".repeat(id.length)}  -> ${wayOut}`),
    ...notSeen.map((what) => `Not seen: ${what}.`),
  ].join("\n\n");
}
