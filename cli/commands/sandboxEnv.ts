import { delimiter, dirname, join } from "node:path";
import { sandboxEnv as environmentOf, SANDBOX_ENV_UNSET } from "../../sandbox/environment";
import { standInPulumiRoot } from "../../sandbox/pulumi/root";
import { placeOf, readRecord } from "../../sandbox/record";
import { command, type Answer } from "../command";
import { OutsideError } from "../outsideError";
import { nameFlag, nameWords, ofSandbox } from "../sandboxCommand";

/** `podnet sandbox env` */
export const sandboxEnv = command({
  flags: { name: nameFlag },
  help: `Examples:
  eval "$(podnet sandbox env)"
  podnet sandbox env --json

It prints the environment in which kubectl, aws, the AWS SDKs, pulumi and podnet speak to the sandbox. First on its
PATH is the sandbox's own pulumi, which knows what podnet's stacks need and nothing else; last is a kubectl.`,

  async run(_args, { name = "default" }): Promise<Answer> {
    const record = await ofSandbox("Reading the sandbox", () => readRecord(placeOf({ name }).folder));
    if (record?.state !== "ready") {
      const fix = `podnet sandbox up${nameWords(name)} starts it.`;
      throw new OutsideError(`Reading the sandbox ${name}`, "it is not up", fix);
    }
    const env = environmentOf(record);
    const lines = Object.entries(env).map(([key, value]) => `export ${key}=${quoted(value)}`);
    const pulumi = join(standInPulumiRoot(), "bin");
    const kubectl = dirname(record.kubectl);
    return {
      json: { ...env, PATH: [pulumi, process.env.PATH, kubectl].join(delimiter) },
      text: [
        `unset ${SANDBOX_ENV_UNSET.join(" ")}`,
        ...lines,
        // Of the shell that takes it, which need not be this process's.
        `export PATH=${quoted(pulumi)}:"$PATH":${quoted(kubectl)}`,
      ].join("\n"),
    };
  },
});

/** For a shell. */
function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
