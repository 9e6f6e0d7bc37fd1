import assert from "node:assert/strict";
import { registrationsOf, servedByItAlone, type TargetGroup } from "../../../planning/rotation/targetGroups";

const group = (name: string, states: Readonly<Record<string, string>>): TargetGroup => ({
  name,
  id: `arn:${name}`,
  targets: Object.entries(states).map(([instanceId, state]) => ({ instanceId, state })),
});

describe("target groups of an instance", () => {
  const groups = [
    group("web", { "i-1": "healthy", "i-2": "healthy" }),
    group("api", { "i-1": "draining", "i-2": "healthy" }),
    group("other", { "i-2": "healthy" }),
  ];

  it("are those that have it, apart by whether its deregistration delay runs", () => {
    const { registered, draining } = registrationsOf("i-1", groups);
    assert.deepEqual(
      [registered, draining].map((some) => some.map(({ name }) => name)),
      [["web"], ["api"]],
    );
    assert.deepEqual(registrationsOf("i-3", groups), { registered: [], draining: [] });
  });

  it("have it until each of its ports drains", () => {
    const targets = ["draining", "healthy"].map((state) => ({ instanceId: "i-1", state }));
    const { registered, draining } = registrationsOf("i-1", [{ name: "web", id: "arn:web", targets }]);
    assert.deepEqual([registered.length, draining.length], [1, 0]);
  });

  const alone = (states: Readonly<Record<string, string>>, leaving: readonly string[] = []) =>
    servedByItAlone("i-1", [group("web", states)], new Set(leaving)).map(({ name }) => name);

  it("need it where no other one that stays is healthy", () => {
    assert.deepEqual(alone({ "i-1": "healthy", "i-2": "initial", "i-3": "draining" }), ["web"]);
    assert.deepEqual(alone({ "i-1": "healthy", "i-2": "healthy" }, ["i-2"]), ["web"]);
  });

  it("do without it where another one is healthy, or where it is not healthy itself", () => {
    assert.deepEqual(alone({ "i-1": "healthy", "i-2": "healthy" }, ["i-3"]), []);
    assert.deepEqual(alone({ "i-1": "unhealthy", "i-2": "initial" }), []);
    assert.deepEqual(alone({ "i-2": "healthy" }), []);
  });
});
