import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { analyse } from "scslre";
import ts from "typescript";

const root = join(__dirname, "..");

interface Literal {
  /** Such as `planning/cidrBlock.ts:12`. */
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions of the sources of a folder. */
function literalsOf(folder: string): Literal[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const path = join(folder, file);
      const parsed = ts.createSourceFile(
        path,
        readFileSync(join(root, path), "utf8"),
        ts.ScriptTarget.Latest,
      );
      const found: Literal[] = [];
      const visit = (node: ts.Node) => {
        if (ts.isRegularExpressionLiteral(node)) {
          const [, source = "", flags = ""] = /^\/([^]*)\/(\w*)$/.exec(node.text) ?? [];
          const { line } = parsed.getLineAndCharacterOfPosition(node.pos);
          found.push({ where: `${path}:${line + 1}`, source, flags });
        }
        ts.forEachChild(node, visit);
      };
      visit(parsed);
      return found;
    });
}

describe("the regular expressions of what reads texts of others", () => {
  for (const folder of ["planning", "components", "stacks", "automation", "cli"]) {
    it(`take no more than linear time, in ${folder}`, () => {
      const literals = literalsOf(folder);
      assert.ok(literals.length > 0);
      const slow = literals.flatMap(({ where, source, flags }) =>
        analyse({ source, flags }).reports.map(
          ({ type, character }) => `${where}: /${source}/${flags} (${type}, of many ${character.pick})`,
        ),
      );
      assert.deepEqual(slow, []);
    });
  }

  it("would be found if they did", () => {
    for (const { source, flags } of [/^(a+)+$/, /\s+$/, /^\d+\.?\d*$/]) {
      assert.notEqual(analyse({ source, flags }).reports.length, 0, source);
    }
  });
});
