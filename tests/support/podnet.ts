import { run } from "../../cli/main";

/** What podnet did. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs podnet in this process.
 *
 * @param line the command line, split at spaces.
 * @param files what it finds when it reads files, by path.
 * @param signal is aborted to interrupt it.
 */
export async function podnet(
  line: string,
  files: Readonly<Record<string, string>> = {},
  signal = new AbortController().signal,
): Promise<Run> {
  let stdout = "";
  let stderr = "";
  const code = await run(
    line.split(" ").filter((part) => part !== ""),
    {
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
      isTTY: false,
      signal,
      readFile: (path) => {
        const content = files[path];
        if (content === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
        return content;
      },
    },
  );
  return { code, stdout, stderr };
}

/** Runs podnet with --json and reads its document; fails where stdout is anything but one. */
export async function podnetJson(
  line: string,
  files?: Readonly<Record<string, string>>,
): Promise<{ code: number; json: unknown }> {
  const { code, stdout } = await podnet(`${line} --json`, files);
  return { code, json: JSON.parse(stdout) as unknown };
}
