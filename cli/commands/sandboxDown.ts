import { sandboxNames } from "../../sandbox/listSandboxes";
import { downSandbox } from "../../sandbox/sandbox";
import { command, type Answer } from "../command";
import { yes } from "../flag";
import { startProgress, type Progress } from "../progress";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { UsageError } from "../usageError";

/** `podnet sandbox down` */
export const sandboxDown = command({
  flags: { name: nameFlag, all: yes("all sandboxes that podnet sandbox list names") },
  help: `Examples:
  podnet sandbox down
  podnet sandbox down --name other
  podnet sandbox down --all

It ends every process of the sandbox and removes its folder, also of one that was only half started. Where there is
none, nothing is done. The programs that were built stay in the cache folder.`,

  async run(_args, { name, all = false }, io): Promise<Answer> {
    if (all && name !== undefined) {
      throw new UsageError([
        { path: "--all", reason: "can't be had with --name.", fix: "Give one of them." },
      ]);
    }
    const progress = startProgress(io);
    try {
      if (!all) return await downOne(name ?? "default", progress, io.signal);
      const removed: string[] = [];
      for (const each of sandboxNames()) {
        progress.step(`removing the sandbox ${each}`);
        if (await down(each, progress, io.signal)) removed.push(each);
      }
      const text = removed.length === 0 ? "There is no sandbox." : `Gone: ${removed.join(", ")}.`;
      return { json: { removed }, text };
    } finally {
      progress.close();
    }
  },
});

async function downOne(name: string, progress: Progress, signal: AbortSignal): Promise<Answer> {
  const removed = await down(name, progress, signal);
  const text = removed ? `The sandbox ${name} is gone.` : `There is no sandbox ${name}.`;
  return { json: { name, removed }, text };
}

function down(name: string, progress: Progress, signal: AbortSignal): Promise<boolean> {
  return ofSandbox("Stopping the sandbox", () => downSandbox({ name, progress, signal }));
}
