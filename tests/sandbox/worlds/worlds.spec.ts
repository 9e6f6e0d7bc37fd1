import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "../../../planning/preflight/checks";
import { worlds } from "../../../sandbox/worlds";

const root = join(__dirname, "..", "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("worlds", () => {
  for (const name of Object.keys(worlds)) {
    it(`has a page, a row in the table and a test for ${name}`, () => {
      const page = read(`docs/worlds/${name}.md`);
      assert.ok(page.startsWith(`# The world \`${name}\`\n`));
      for (const part of ["is there", "is unusual", "is wrong", "preflight says"]) {
        assert.ok(page.includes(`**What ${part}.**`), part);
      }
      const [, said = ""] = page.split("**What preflight says.**");
      const [paragraph = ""] = said.split("\n\n");
      const ids = [...paragraph.matchAll(/`([A-Z]+(?:-[A-Z]+)+)`/g)].map(([, id = ""]) => id);
      const known = CHECKS.map(({ id }) => id);
      assert.deepEqual(
        ids.filter((id) => !known.includes(id)),
        [],
      );
      assert.ok(read("docs/sandbox.md").includes(`[\`${name}\`](worlds/${name}.md)`));
      // That of `small` is the whole migration.
      if (name !== "small") assert.ok(existsSync(join(root, `tests/sandbox/worlds/${name}.sandbox.spec.ts`)));
    });
  }
});
