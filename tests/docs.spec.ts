import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fleetSchema } from "../planning/fleet";
import { DANGERS } from "../planning/guard/danger";
import { CHECKS } from "../planning/preflight/checks";
import { builtPodnet } from "./support/podnetProcess";

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

  it("has a paragraph on every finding of preflight, and on no other", () => {
    const paragraphs = read("docs/preflight.md").match(/^- (`[A-Z-]+`(, )?)+ \(.*\): /gm) ?? [];
    const ids = paragraphs.flatMap((paragraph) => paragraph.match(/`[A-Z-]+`/g) ?? []);
    assert.deepEqual(ids.sort(), CHECKS.map(({ id }) => `\`${id}\``).sort());
  });
});
