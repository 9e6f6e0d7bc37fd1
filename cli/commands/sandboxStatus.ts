import { sandboxStatus as statusOf, type SandboxStatus } from "../../sandbox/sandbox";
import { problemsOf } from "../../sandbox/status";
import { command, type Answer } from "../command";
import { nameFlag, nameWords, ofSandbox } from "../sandboxCommand";
import { table } from "../table";

/** `podnet sandbox status` */
export const sandboxStatus = command({
  flags: { name: nameFlag },
  help: `Examples:
  podnet sandbox status
  podnet sandbox status --name other --json

Exit code 0 when every part of it answers, 1 when not, or when there is none.`,

  async run(_args, { name = "default" }): Promise<Answer> {
    const status = await ofSandbox("Asking the sandbox", () => statusOf({ name }));
    if (status === undefined) {
      const text = `There is no sandbox ${name}. podnet sandbox up${nameWords(name)} starts it.`;
      return { json: { name, state: "none" }, text, isNo: true };
    }
    const problems = problemsOf(status);
    const { record, components } = status;
    return {
      json: { ...record, components, problems },
      text: describe(status, problems),
      isNo: problems.length > 0,
    };
  },
});

function describe({ record, components }: SandboxStatus, problems: readonly string[]): string {
  const { name, world, state, server, awsEndpoint } = record;
  const verdict =
    problems.length === 0 ? "ready" : state === "starting" ? "not started to its end" : "not well";
  const rows = components.map((part) => [part.name, part.pid ?? "-", part.problem ?? "ok"]);
  const columns = [{ head: "PART" }, { head: "PID" }, { head: "STATUS" }];
  return `${name}  ${verdict}  world ${world}  Kubernetes ${server || "-"}  AWS ${awsEndpoint || "-"}

${table(
  columns,
  rows.map((row) => row.map(String)),
)}`;
}
