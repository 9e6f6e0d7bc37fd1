import { delimiter } from "node:path";
import { nameWords, placeOf, readRecord } from "../../sandbox/record";
import { command, type Answer } from "../command";
import { choice, yes } from "../flag";
import { OutsideError } from "../outsideError";
import { nameFlag, ofSandbox } from "../sandboxCommand";
import { sandboxShell } from "../sandboxShell";
import { shellLines, SHELLS } from "../shellWords";

/** `podnet sandbox env` */
export const sandboxEnv = command({
  flags: {
    name: nameFlag,
    inside: yes("as from inside the cluster's VPC, where a private endpoint answers"),
    shell: choice("the shell that takes it; sh, which is bash and zsh as well, by default", SHELLS),
  },
  help: `Examples:
  eval "$(podnet sandbox env)"
  podnet sandbox env --shell fish | source
  podnet sandbox env --json
  eval "$(podnet sandbox env --inside)"

It prints the environment in which kubectl, aws, the AWS SDKs, pulumi and podnet speak to the sandbox. First on its
PATH is the sandbox's own pulumi, which knows what podnet's stacks need and nothing else; last is a kubectl.`,

  async run(_args, { name = "default", shell = "sh", inside = false }): Promise<Answer> {
    const record = await ofSandbox("Reading the sandbox", () => readRecord(placeOf({ name }).folder));
    if (record?.state !== "ready") {
      const fix = `podnet sandbox up${nameWords(name)} starts it.`;
      throw new OutsideError(`Reading the sandbox ${name}`, "it is not up", fix);
    }
    const environment = sandboxShell(record, inside);
    const { set, path } = environment;
    return {
      json: { ...set, PATH: [path.first, process.env.PATH, path.last].join(delimiter) },
      text: shellLines(shell, environment).join("\n"),
    };
  },
});
