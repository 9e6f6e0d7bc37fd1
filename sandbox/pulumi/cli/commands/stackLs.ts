import type { Command } from "../command";
import { Workspace } from "../workspace";
import type { StackFiles, StackName } from "../../engine/stackFiles";

export const stackLs: Command = {
  summary: "List stacks",
  flags: {
    json: { kind: "switch", short: "j" },
    all: { kind: "switch", short: "a" },
    project: { kind: "text", short: "p" },
    tag: { kind: "refusedText", short: "t" },
    organization: { kind: "refusedText", short: "o" },
  },
  run: (given, outside) => {
    const workspace = new Workspace(given, outside);
    const { files } = workspace;
    const project = given.has("all") ? undefined : (given.text("project") ?? workspace.project.name);
    const selected = workspace.selected;
    const current = selected === undefined ? undefined : workspace.nameOf(selected);
    const stacks = files.list(project).map((name) => ({
      name: given.has("all") ? `organization/${name.project}/${name.stack}` : name.stack,
      current: name.project === current?.project && name.stack === current.stack,
      ...summaryOf(files, name),
    }));
    outside.stdout(
      given.has("json")
        ? `${JSON.stringify(stacks, null, 2)}\n`
        : stacks.map(({ name, current: isCurrent }) => `${name}${isCurrent ? "*" : ""}\n`).join(""),
    );
    return 0;
  },
};

/** When a stack was last written and how much is in it. */
export function summaryOf(
  files: StackFiles,
  name: StackName,
): { lastUpdate?: string; resourceCount: number } {
  const deployment = files.read(name)?.deployment;
  return {
    ...(deployment && { lastUpdate: deployment.manifest.time }),
    resourceCount: deployment?.resources?.length ?? 0,
  };
}
