import assert from "node:assert/strict";
import type { ResourceChange } from "../../../planning/stack/resourceChange";
import { unfinishedUpdate } from "../../../planning/stack/unfinishedUpdate";
import { changeOf, SUBNET } from "../../support/changes";

const change = (name: string, isBookkeeping = false) =>
  changeOf("create", SUBNET, name, { urn: `urn:${name}`, isBookkeeping });

describe("unfinishedUpdate", () => {
  it("tells apart what is done, what failed and what was not begun, without bookkeeping", () => {
    const planned = [change("stack", true), change("a"), change("b"), change("c")];
    const { done, failed, pending } = unfinishedUpdate(planned, {
      started: new Set(["urn:stack", "urn:a", "urn:b"]),
      done: new Set(["urn:a"]),
    });
    const names = (changes: readonly ResourceChange[]) => changes.map(({ name }) => name);
    assert.deepEqual([names(done), names(failed), names(pending)], [["a"], ["b"], ["c"]]);
  });
});
