import { inMegabytes } from "../../sandbox/diskSpace";
import { nameWords } from "../../sandbox/record";
import { sandboxStatus as statusOf, type SandboxStatus } from "../../sandbox/sandbox";
import { problemsOf } from "../../sandbox/status";
import { command, type Answer } from "../command";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { sandboxShell } from "../sandboxShell";
import { shellLines } from "../shellWords";
import { grouped } from "../../planning/amounts";
import { table } from "../table";

/** `podnet sandbox status` */
export const sandboxStatus = command({
  flags: { name: nameFlag },
  help: `Examples:
  podnet sandbox status
  podnet sandbox status --name other --json

Exit code 0 when every part of it answers, 1 when not, or when there is none. podnet sandbox list names all sandboxes.`,

  async run(_args, { name = "default" }): Promise<Answer> {
    const status = await ofSandbox("Asking the sandbox", () => statusOf({ name }));
    if (status === undefined) {
      const text = `There is no sandbox ${name}. podnet sandbox up${nameWords(name)} starts it.`;
      return { json: { name, state: "none" }, text, isNo: true };
    }
    const problems = problemsOf(status);
    const { record, ...rest } = status;
    return {
      json: { ...record, ...rest, problems },
      text: describe(status, problems),
      isNo: problems.length > 0,
    };
  },
});

function describe(status: SandboxStatus, problems: readonly string[]): string {
  const { record } = status;
  const next =
    problems.length === 0
      ? ["Use it in a shell:", indented(shellLines("sh", sandboxShell(record)).join("\n"))]
      : [waysOut(status, problems)];
  return [head(status, problems), partsTable(status), ...next].join("\n\n");
}

function head({ record, contents }: SandboxStatus, problems: readonly string[]): string {
  const { name, world, state } = record;
  const verdict =
    problems.length === 0 ? "ready" : state === "starting" ? "not started to its end" : "not well";
  const held =
    contents === undefined ? "-" : `${grouped(contents.nodes)} nodes, ${grouped(contents.pods)} pods`;
  return `${name}  ${verdict}  world ${world}: ${held}  since ${record.startedAt}`;
}

function partsTable({ record, components }: SandboxStatus): string {
  const columns = [
    { head: "PART" },
    { head: "PID", align: "right" },
    { head: "STATUS" },
    { head: "MEMORY", align: "right" },
    { head: "ADDRESS" },
    { head: "FOR" },
  ] as const;
  const rows = components.map(({ name, pid, problem, memoryBytes, address, purpose }) => [
    name,
    pid === undefined ? "-" : String(pid),
    problem ?? "ok",
    memoryBytes === undefined ? "-" : inMegabytes(memoryBytes),
    address?.replace(`${record.folder}/`, "") ?? "-",
    purpose,
  ]);
  return `${table(columns, rows)}\nFolder: ${record.folder}`;
}

function waysOut({ record, components }: SandboxStatus, problems: readonly string[]): string {
  const which = nameWords(record.name);
  const ill = components.find(({ problem }) => problem !== undefined)?.name;
  return [
    ...problems.map((problem) => `- ${problem}`),
    ...(ill === undefined ? [] : [`-> podnet sandbox logs ${ill}${which} says what it wrote last`]),
    `-> podnet sandbox reset${which} starts the world anew, podnet sandbox down${which} removes it`,
  ].join("\n");
}

function indented(lines: string): string {
  return lines.replace(/^/gm, "  ");
}
