import assert from "node:assert/strict";
import {
  BACK,
  blocksOfPages,
  CLONE,
  EXITS,
  NOT_RUN,
  OTHER_PAGES,
  THERE,
  THERE_AND_BACK,
  type DocumentedBlock,
} from "./support/documentedBlocks";
import { blocksOf, pages } from "./support/markdown";
import { statementsOf } from "./support/typedBlocks";

describe("the command blocks that are run in a clone and in a repository", () => {
  it("are all of those that there are", () => {
    const pagesOf = (blocks: readonly DocumentedBlock[]) =>
      [...new Set(blocks.map(({ page }) => page))].sort();
    assert.deepEqual(
      pagesOf([...CLONE, ...THERE_AND_BACK, ...THERE, ...BACK]),
      pagesOf(blocksOfPages(...pages.filter((page) => !OTHER_PAGES.test(page)))),
    );
    const statements = pages.flatMap((page) => blocksOf(page)).flatMap(({ text }) => statementsOf(text));
    for (const one of [...Object.keys(NOT_RUN), ...Object.keys(EXITS)])
      assert.ok(statements.includes(one), `no page has ${one}`);
  });
});
