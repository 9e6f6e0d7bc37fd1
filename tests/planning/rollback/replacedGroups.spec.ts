import assert from "node:assert/strict";
import { replacedGroups, type ReplacingGroup } from "../../../planning/rollback/replacedGroups";

const group = (nodeGroupName: string, ...replaces: string[]): ReplacingGroup => ({ nodeGroupName, replaces });

describe("the groups to which pods of a worker group go back", () => {
  it("are those that it replaces, through others that go", () => {
    const first = group("first", "general");
    const second = group("second", "first", "batch");
    assert.deepEqual(replacedGroups(first, [first, second]), ["general"]);
    assert.deepEqual(replacedGroups(second, [first, second]), ["batch", "general"]);
    assert.deepEqual(replacedGroups(second, [second]), ["batch", "first"]);
  });

  it("are found where groups replace each other", () => {
    const one = group("one", "two", "general");
    const two = group("two", "one");
    assert.deepEqual(replacedGroups(two, [one, two]), ["general"]);
  });
});
