import { listSandboxes, type ListedSandbox } from "../../sandbox/listSandboxes";
import type { SandboxPart } from "../../sandbox/status";
import { command, type Answer } from "../command";
import { ofSandbox } from "../sandboxCommand";
import { table } from "../table";

/** `podnet sandbox list` */
export const sandboxList = command({
  flags: {},
  help: `Examples:
  podnet sandbox list
  podnet sandbox list --json

It names all sandboxes of yours on this computer, with their worlds, since when they are up, and where the API server
and the AWS of each listen.`,

  async run(): Promise<Answer> {
    const sandboxes = await ofSandbox("Listing the sandboxes", listSandboxes);
    const json = sandboxes.map(({ name, state, status }) => ({
      name,
      state,
      ...(status === undefined
        ? {}
        : {
            world: status.record.world,
            startedAt: status.record.startedAt,
            folder: status.record.folder,
            addresses: Object.fromEntries(status.components.map((part) => [part.name, part.address])),
          }),
    }));
    return { json, text: describe(sandboxes) };
  },
});

function describe(sandboxes: readonly ListedSandbox[]): string {
  if (sandboxes.length === 0) return "There is no sandbox. podnet sandbox up starts one.";
  const columns = ["NAME", "WORLD", "STATE", "SINCE", "KUBERNETES", "AWS"].map((head) => ({ head }));
  const rows = sandboxes.map(({ name, state, status }) => {
    const address = (part: SandboxPart["name"]) =>
      status?.components.find((each) => each.name === part)?.address ?? "-";
    const { world = "-", startedAt = "-" } = status?.record ?? {};
    return [name, world, state, startedAt, address("kube-apiserver"), address("daemon")];
  });
  return table(columns, rows);
}
