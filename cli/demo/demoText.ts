import { quotedForSh } from "../../planning/shellWord";
import type { WorldName } from "../../sandbox/sandbox";

/** What was asked of a demo. */
export interface AskedDemo {
  /** Of its sandbox. */
  readonly name?: string | undefined;
  readonly world?: WorldName | undefined;
  readonly nodes?: number | undefined;
  /** The file of the report. */
  readonly output?: string | undefined;
}

/** The sandbox of a demo where nobody says which. */
export const DEFAULT_NAME = "demo";

/** The command that goes on with a demo. */
export function demoCommand({ name, world, nodes, output }: AskedDemo): string {
  return [
    "podnet demo",
    ...(world === undefined ? [] : ["--world", world]),
    ...(nodes === undefined ? [] : ["--nodes", nodes]),
    ...(name === undefined ? [] : ["--name", name]),
    ...(output === undefined ? [] : ["--output", quotedForSh(output)]),
  ].join(" ");
}

/** What to do with a sandbox that stays, as people read it. */
export function describeKept({ name = DEFAULT_NAME }: AskedDemo): string {
  return `The sandbox stays: eval "$(podnet sandbox env --name ${name})" to look around, ${removal(name)} to remove it.`;
}

/** What to do next when a demo was cut off. */
export function describeCutOff(asked: AskedDemo): string {
  return `The sandbox stays as it is: ${demoCommand(asked)} goes on from here, ${removal(asked.name ?? DEFAULT_NAME)} removes it.`;
}

function removal(name: string): string {
  return `podnet sandbox down --name ${name}`;
}

/** How to do with a cluster of one's own what was shown. */
export const THE_SAME_WITH_YOURS = `The same with a cluster of yours:
  podnet preflight --cluster NAME --region REGION          what would go wrong; needs no file and changes nothing
  podnet init --cluster NAME --region REGION --name prod   proposes an environment and its stack; read what it wrote
  podnet migrate prod                                      what you have seen here, and asks before each change
  podnet rollback prod                                     all of it back, should it have to be`;
