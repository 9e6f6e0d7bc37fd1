import type { Drift } from "../automation/drift/readDrift";
import type { Environment } from "../automation/environments";
import { counted } from "../planning/amounts";
import { describeChanges } from "./changesText";
import { withPlace, type CommandPlace } from "./nextCommand";

/**
 * What of an environment is not as its stack says, as people read it: the verdict first.
 *
 * @param place where the environment is, for commands of the ways out. @default where podnet looks without being told
 */
export function describeDrift(environment: Environment, drift: Drift, place: CommandPlace = {}): string {
  const { name } = environment;
  if (!drift.isDrifted) return `${name}  no drift: all is as its stack says.`;
  return withPlace(paragraphs(environment, drift).join("\n\n"), name, place);
}

function paragraphs(environment: Environment, { changes, live, notSeen }: Drift): string[] {
  const { name } = environment;
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
  ];
}
