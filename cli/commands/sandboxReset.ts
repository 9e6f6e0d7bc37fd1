import { resetSandbox } from "../../sandbox/sandbox";
import { command, type Answer } from "../command";
import { startProgress } from "../progress";
import { describeStarted } from "../sandboxText";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { worldFlag } from "../worldFlag";

/** `podnet sandbox reset` */
export const sandboxReset = command({
  flags: { name: nameFlag, world: worldFlag("another world to start with; the one that it has by default") },
  help: `Examples:
  podnet sandbox reset
  podnet sandbox reset --name other --world scattered

It takes the sandbox back to its world as it was at the start. Nothing is asked: all that was done to it since is gone,
also the state of its Pulumi stacks. Name, options and, as far as they are free, ports stay, so that shells with its
environment find it again; the certificates in its kubeconfig are new. Where there is no such sandbox, nothing is done.`,

  async run(_args, flags, io): Promise<Answer> {
    const progress = startProgress(io);
    try {
      const record = await ofSandbox("Resetting the sandbox", () =>
        resetSandbox({ ...flags, progress, signal: io.signal }),
      );
      return { json: record, text: describeStarted(record) };
    } finally {
      progress.close();
    }
  },
});
