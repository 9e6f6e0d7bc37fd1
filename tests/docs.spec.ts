import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { fleetSchema } from "../planning/fleet";
import { DANGERS } from "../planning/guard/danger";
import { CHECKS } from "../planning/preflight/checks";
import { awsProblems, kubectlProblems } from "./support/foreignLine";
import { blocksOf, headingsOf, inlineCodeOf, linksOf, pages } from "./support/markdown";
import { podnetProblems } from "./support/podnetLine";
import { builtPodnet } from "./support/podnetProcess";
import { documentedKeys, type KeySchema } from "./support/schemaKeys";
import { shellCommands } from "./support/shellWords";

const read = (file: string) => readFileSync(join(__dirname, "..", file), "utf8");

/** Those that need neither an AWS nor a cluster. */
const PLANNING = /^(npx )?podnet (check-cidr|plan|max-pods|size|user-data|aws-node-env) /;

/** The planning commands of the shell blocks of a page, a line each. */
function commandsOf(page: string): string[] {
  const blocks = [...read(page).matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .replace(/\\\n/g, " ")
      .split("\n")
      .filter((line) => PLANNING.test(line)),
  );
}

describe("documentation", () => {
  let bin: string;
  before(() => {
    bin = mkdtempSync(join(tmpdir(), "podnet-bin-"));
    symlinkSync(builtPodnet, join(bin, "podnet"));
  });
  after(() => {
    rmSync(bin, { recursive: true });
  });

  for (const command of commandsOf("docs/planning.md")) {
    it(`of docs/planning.md is true: ${command}`, () => {
      const script = `${command.replace(/^npx /, "")}; [ $? -le 1 ]`;
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` };
      assert.notEqual(execFileSync("bash", ["-c", script], { env, encoding: "utf8" }), "");
    });
  }

  it("has commands to run at all", () => {
    assert.ok(commandsOf("docs/planning.md").length >= 10);
  });

  it("names every key of a fleet's file", () => {
    const page = read("docs/planning.md");
    const { subnets, instances } = fleetSchema.shape;
    const keys = [
      ...Object.keys(fleetSchema.shape),
      ...Object.keys(subnets.element.shape).map((key) => `subnets[].${key}`),
      ...Object.keys(instances.element.shape).map((key) => `instances[].${key}`),
    ];
    for (const key of keys) assert.ok(page.includes(`\`${key}\``), key);
  });

  it("names every danger that the guard refuses, and no other", () => {
    const rows = [...read("docs/up.md").matchAll(/^\| `([A-Z-]+)`/gm)].map(([, id]) => id);
    assert.deepEqual(rows, Object.keys(DANGERS));
  });

  it("has a section on every finding of preflight, and on no other", () => {
    const ids = [...read("docs/findings.md").matchAll(/^### (.*)$/gm)].map(([, id]) => id);
    assert.deepEqual(ids.sort(), CHECKS.map(({ id }) => id).sort());
  });

  it("says of every finding whether it stops, what it means, how it is found and the way out", () => {
    const levels = new Map(
      readdirSync(join(__dirname, "..", "planning", "preflight")).flatMap((file) =>
        [...read(`planning/preflight/${file}`).matchAll(/id: "([A-Z-]+)",\s+level: "(\w+)"/g)].map(
          ([, id = "", level = ""]) => [id, level] as const,
        ),
      ),
    );
    for (const section of read("docs/findings.md").split(/^### /m).slice(1)) {
      const [id = "", , first = ""] = section.split("\n");
      const level = levels.get(id) ?? "";
      assert.match(first, /^\*\*(Stop|Warn)\.?\*\*/, id);
      assert.ok(section.toLowerCase().includes(level), `${id} is a ${level}`);
      assert.match(section, /^- Found by: .+\.$/ms, id);
      assert.match(section, /^- Way out: .+\.$/ms, id);
    }
  });
});

describe("tables of keys", () => {
  const schemaOf = (file: string) => JSON.parse(read(`stacks/${file}`)) as KeySchema;
  const stack = schemaOf("existingCluster/config.schema.json").properties?.config ?? {};

  /** The cells of each row of a table of keys. */
  const rowsOf = (page: string) =>
    [...read(page).matchAll(/^\| `[^`]+` +\|(?:[^\n|]*\|){4}$/gm)].map(([row]) =>
      row
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

  for (const [page, schema] of [
    ["docs/stack-configuration.md", stack],
    ["docs/environments.md", schemaOf("environments.schema.json")],
  ] as const)
    it(`of ${page} have every key with its type, unit and default, and no other`, () => {
      const rows = rowsOf(page);
      const keys = documentedKeys(schema);
      assert.deepEqual(
        rows.map(([key = "", type, , , meaning]) => [key, type, meaning]),
        keys.map(({ path, type, meaning }) => [`\`${path}\``, type, meaning]),
      );
      for (const [index, { path, type, isRequired, byDefault }] of keys.entries()) {
        const [, , unit = "", given = ""] = rows[index] ?? [];
        assert.equal(given, isRequired ? "(required)" : (byDefault ?? given), path);
        assert.notEqual(given, "", `${path} has no default`);
        assert.equal(unit !== "", /number|percentage/.test(type), `${path} is in ${unit}`);
      }
    });
});

describe("pages", function () {
  // The first command line loads all commands.
  this.timeout(120_000);
  it("are all in the index, and the index in the README", () => {
    const linked = linksOf("docs/README.md").map(({ file }) => file);
    const wanted = pages.filter((page) => /^docs\/[a-z-]+\.md$/.test(page));
    assert.deepEqual([...new Set(linked.filter((file) => wanted.includes(file)))].sort(), [...wanted].sort());
    assert.ok(linksOf("README.md").some(({ file }) => file === "docs/README.md"));
  });

  for (const page of pages) {
    it(`has links that lead somewhere: ${page}`, () => {
      for (const { file, heading } of linksOf(page)) {
        assert.ok(existsSync(join(__dirname, "..", file)), file);
        if (heading !== undefined) assert.ok(headingsOf(file).includes(heading), `${file}#${heading}`);
      }
    });

    it(`has commands that are well formed: ${page}`, () => {
      for (const { language, text } of blocksOf(page)) {
        // Output of commands is text, or has no language.
        assert.ok(["", "sh", "text", "ts", "yaml"].includes(language), language);
        if (language === "sh") {
          execFileSync("bash", ["-n"], { input: text });
          for (const words of shellCommands(text)) assert.deepEqual(problemsOf(words), [], words.join(" "));
        }
        if (language === "yaml") {
          const scripts = scriptsOf(parse(text)).map((script) =>
            script.replaceAll(/\$\{\{.*?\}\}/g, "VALUE"),
          );
          for (const words of scripts.flatMap(shellCommands))
            assert.deepEqual(podnetProblemsOf(words, false), [], words.join(" "));
        }
      }
      for (const words of inlineCodeOf(page).flatMap(shellCommands))
        assert.deepEqual(podnetProblemsOf(words, false), [], words.join(" "));
    });
  }
});

describe("the check of command lines", function () {
  this.timeout(120_000);

  for (const [line, ...problems] of [
    ["npx podnet rotate prod --max-unavailable 10% --timeout 1h"],
    ["podnet rotat prod", "no command rotat"],
    ["podnet sandbox upp", "no command sandbox upp"],
    ["podnet rotate prod --max-unavailble 3", "rotate has no --max-unavailble"],
    ["podnet rotate prod --timeout 30", '--timeout: "30" is missing its unit: s, m or h.'],
    ["podnet init --cluster shop", "--region: is missing."],
    ["podnet doctor prod", "doctor takes no prod"],
    ["aws ec2 describe-subnets --subnet-ids SUBNET --query 'Subnets[]'"],
    ["aws ec2 describe-subnet", "no operation ec2 describe-subnet"],
    ["aws ec2 describe-subnets --vpc-id VPC", "ec2 describe-subnets has no --vpc-id"],
    ["aws eks wait fargate-profile-ready", "no waiter fargate-profile-ready"],
    ["kubectl -n shop get pods -o wide | grep web"],
    ["kubectl gett pods", "no verb gett"],
    ["kubectl get pods --all", "get has no --all"],
    ['eval "$(podnet sandbox envs)" # comment', "no command sandbox envs"],
    ["terraform apply", "no program terraform"],
  ] as const)
    it(`${problems.length === 0 ? "takes" : "refuses"} ${line}`, () => {
      assert.deepEqual(shellCommands(line).flatMap(problemsOf), problems);
    });
});

/** Programs whose command lines are taken as they are. */
const OTHERS = ["cd", "curl", "eval", "export", "git", "grep", "jq", "npm", "pulumi"];

function problemsOf(words: readonly string[]): string[] {
  const [program = "", ...rest] = words;
  if (program === "aws") return awsProblems(rest);
  if (program === "kubectl") return kubectlProblems(rest);
  if (OTHERS.includes(program)) return [];
  return podnetProblemsOf(words, true) ?? [`no program ${program}`];
}

/** What is wrong with a command line where it is one of podnet; nothing where it is none. */
function podnetProblemsOf(words: readonly string[], isWhole: true): string[] | undefined;
function podnetProblemsOf(words: readonly string[], isWhole: false): string[];
function podnetProblemsOf(words: readonly string[], isWhole: boolean): string[] | undefined {
  const line = words
    .join(" ")
    .replace(/^npx (--no-install )?/, "")
    .replace(/^node dist\/cli\/podnet\.js/, "podnet");
  const isPodnet = /^podnet( |$)/.test(line);
  if (!isPodnet) return isWhole ? undefined : [];
  return podnetProblems(words.slice(words.findIndex((word) => /podnet(\.js)?$/.test(word)) + 1), isWhole);
}

/** The scripts of a pipeline's file. */
function scriptsOf(value: unknown, key = ""): string[] {
  if (typeof value === "string") return ["run", "script", "before_script"].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => scriptsOf(item, key));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => scriptsOf(item, name));
}
