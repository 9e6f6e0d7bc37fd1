import { sandboxEnv as environmentOf, SANDBOX_ENV_UNSET } from "../../sandbox/environment";
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

It prints the environment in which kubectl, aws, the AWS SDKs, pulumi and podnet speak to the sandbox.`,

  async run(_args, { name = "default" }): Promise<Answer> {
    const record = await ofSandbox("Reading the sandbox", () => readRecord(placeOf({ name }).folder));
    if (record?.state !== "ready") {
      const fix = `podnet sandbox up${nameWords(name)} starts it.`;
      throw new OutsideError(`Reading the sandbox ${name}`, "it is not up", fix);
    }
    const env = environmentOf(record);
    const lines = Object.entries(env).map(([key, value]) => `export ${key}=${quoted(value)}`);
    return { json: env, text: [`unset ${SANDBOX_ENV_UNSET.join(" ")}`, ...lines].join("\n") };
  },
});

/** For a shell. */
function quoted(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
