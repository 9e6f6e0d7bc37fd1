import assert from "node:assert/strict";
import type { Danger } from "../../../planning/guard/danger";
import { protectedDangers } from "../../../planning/guard/protectedDangers";
import { changeOf } from "../../support/changes";

const change = (name: string, operation: string, isProtected: boolean) =>
  changeOf(operation, "aws:eks/nodeGroup:NodeGroup", name, { urn: `urn:${name}`, isProtected });

const danger = (name: string): Danger => ({
  ...{ id: "WORKERS-LOST", resource: name, urn: `urn:${name}`, title: "", evidence: [], wayOut: "" },
});

describe("protectedDangers", () => {
  it("are those of what is protected and would go", () => {
    const changes = [
      change("deleted", "delete", true),
      change("replaced", "replace", true),
      change("updated", "update", true),
      change("free", "delete", false),
    ];
    const dangers = changes.map(({ name }) => danger(name));
    assert.deepEqual(
      protectedDangers(dangers, changes).map(({ resource }) => resource),
      ["deleted", "replaced"],
    );
  });
});
