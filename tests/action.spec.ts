import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../cli/main";
import { temporaryFolder } from "./support/temporaryFolder";

const root = join(__dirname, "..");

interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly [{ readonly run: string; readonly env: Readonly<Record<string, string>> }];
  };
}

const action = parse(readFileSync(join(root, "action.yml"), "utf8")) as Action;
const [step] = action.runs.steps;

/** The arguments that the action gives npx, with inputs as a workflow sets them. */
function argumentsFor(inputs: Readonly<Record<string, string>>): string[] {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "bin"));
  const npx = join(folder, "bin", "npx");
  writeFileSync(npx, `#!/bin/sh\nfor argument; do printf '%s\\0' "$argument"; done\n`);
  chmodSync(npx, 0o755);
  const env = Object.fromEntries(
    Object.entries(step.env).map(([name, value]) => {
      const [, input = ""] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value) ?? [];
      return [name, inputs[input] ?? action.inputs[input]?.default ?? assert.fail(value)];
    }),
  );
  // As GitHub starts it: https://docs.github.com/actions/reference/workflow-syntax ("shell")
  const { stdout, status, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
    {
      cwd: folder,
      env: { ...env, PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}` },
      encoding: "utf8",
    },
  );
  assert.equal(status, 0, stderr);
  return stdout.split("\0").slice(0, -1);
}

const podnet = ["--no-install", "podnet", "preview"];

describe("the action for GitHub", function () {
  // Help loads the command, and what it works with.
  this.timeout(60_000);

  it("previews all environments unless it is told which", () => {
    assert.deepEqual(argumentsFor({}), [...podnet, "--all", "--post", "--marker", "preview"]);
    assert.deepEqual(argumentsFor({ environments: "dev\n  prod " }), [
      ...podnet,
      ...["dev", "prod", "--post", "--marker", "preview"],
    ]);
  });

  it("takes what it is given as it is, and runs none of it", () => {
    const file = "a b/$(touch x); `y` \"'environments.yaml";
    assert.deepEqual(argumentsFor({ file, environments: "$(id) *" }), [
      ...podnet,
      ...["$(id)", "*", "--post", "--marker", "preview", "--file", file],
    ]);
    assert.doesNotMatch(step.run, /\$\{\{/);
  });

  it("gives flags that podnet takes", async () => {
    let help = "";
    const io = {
      ...{ isTTY: false, readFile: () => "", signal: new AbortController().signal },
      ...{ stdout: (text: string) => void (help += text), stderr: () => undefined },
    };
    await run(["preview", "--help"], io);
    const flags = argumentsFor({ file: "f" }).filter((one) => one.startsWith("--") && one !== "--no-install");
    for (const flag of flags) assert.ok(help.includes(`  ${flag}`), flag);
  });

  it("is documented with every input", () => {
    const page = readFileSync(join(root, "docs", "pull-requests.md"), "utf8");
    for (const input of Object.keys(action.inputs)) assert.ok(page.includes(`\`${input}\``), input);
    const examples = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(
      ([, yaml = ""]) => parse(yaml) as object,
    );
    assert.deepEqual(
      examples.map((example) => Object.keys(example).at(-1)),
      ["jobs", "pod-networks"],
    );
  });

  it("comes with the package", () => {
    const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };
    assert.ok(files.includes("action.yml"));
  });
});
