import { downSandbox } from "../../sandbox/sandbox";
import { command, type Answer } from "../command";
import { startProgress } from "../progress";
import { nameFlag, ofSandbox } from "../sandboxCommand";

/** `podnet sandbox down` */
export const sandboxDown = command({
  flags: { name: nameFlag },
  help: `Examples:
  podnet sandbox down
  podnet sandbox down --name other

It ends every process of the sandbox and removes its folder, also of one that was only half started. Where there is
none, nothing is done. The programs that were built stay in the cache folder.`,

  async run(_args, { name = "default" }, io): Promise<Answer> {
    const progress = startProgress(io);
    try {
      const removed = await ofSandbox("Stopping the sandbox", () =>
        downSandbox({ name, progress, signal: io.signal }),
      );
      const text = removed ? `The sandbox ${name} is gone.` : `There is no sandbox ${name}.`;
      return { json: { name, removed }, text };
    } finally {
      progress.close();
    }
  },
});
