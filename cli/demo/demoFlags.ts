import { worlds, type World, type WorldName } from "../../sandbox/worlds";
import { throwIfAny, type Problem } from "../../planning/problem";
import { migrationReportProblems } from "../migrate/reportFile";
import type { AskedDemo } from "./demoText";

/** Worlds whose pods are those of nodes alone: after a migration nothing would be proven. */
const NO_WORKLOADS: readonly WorldName[] = ["bare"];

/**
 * @throws InvalidInputError where a world has nothing that a migration would show, or not as many nodes as were asked for,
 *   and where the report can't be written.
 */
export function checkAsked({ world = "small", nodes, output }: AskedDemo): void {
  const { nodes: sizes }: World = worlds[world];
  throwIfAny([
    ...emptyProblems(world),
    ...(nodes !== undefined && sizes === undefined
      ? [
          {
            path: "nodes",
            reason: `the world ${world} has a number of nodes of its own.`,
            fix: "Leave it out, or give --world large.",
          },
        ]
      : []),
    ...(output === undefined ? [] : migrationReportProblems(output)),
  ]);
}

function emptyProblems(world: WorldName): Problem[] {
  const { load }: World = worlds[world];
  const what = load === undefined ? "no cluster" : NO_WORKLOADS.includes(world) ? "no workloads" : undefined;
  if (what === undefined) return [];
  return [
    {
      path: "world",
      reason: `the world ${world} has ${what}, and so nothing to show.`,
      fix: "Give one with workloads, such as small; podnet sandbox worlds lists them.",
    },
  ];
}
