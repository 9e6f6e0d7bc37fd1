import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { worlds } from "../../../sandbox/worlds";

const root = join(__dirname, "..", "..", "..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

describe("worlds", () => {
  // There is nothing in it to have a page on.
  for (const name of Object.keys(worlds).filter((one) => one !== "empty")) {
    it(`has a page, a row in the table and a test for ${name}`, () => {
      const page = read(`docs/worlds/${name}.md`);
      assert.ok(page.startsWith(`# The world \`${name}\`\n`));
      for (const part of ["**What is there.**", "**What is unusual.**", "**What is wrong.**"]) {
        assert.ok(page.includes(part), part);
      }
      assert.ok(read("docs/sandbox.md").includes(`[\`${name}\`](worlds/${name}.md)`));
      // That of `small` is the whole migration.
      if (name !== "small") assert.ok(existsSync(join(root, `tests/sandbox/worlds/${name}.sandbox.spec.ts`)));
    });
  }
});
