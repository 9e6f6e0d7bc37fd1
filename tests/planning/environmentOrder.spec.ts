import assert from "node:assert/strict";
import fc from "fast-check";
import {
  environmentOrderProblems,
  nextEnvironments,
  type EnvironmentProgress,
} from "../../planning/environmentOrder";

const dev = { name: "dev" };
const staging = { name: "staging", after: ["dev"] };
const prod = { name: "prod", after: ["staging"], needsApproval: true };
const prodEu = { name: "prod-eu", after: ["prod"] };
const lab = { name: "lab" };
const all = [dev, staging, prod, prodEu, lab];

const next = (
  progress: Readonly<Record<string, EnvironmentProgress>>,
  { approved = [] as string[], concurrency = 8, environments = all } = {},
) => nextEnvironments(environments, new Map(Object.entries(progress)), { approved, concurrency });

describe("nextEnvironments", () => {
  it("starts those that wait for none, as many as may run at once", () => {
    assert.deepEqual(next({}).start, ["dev", "lab"]);
    assert.deepEqual(next({}, { concurrency: 1 }).start, ["dev"]);
    assert.deepEqual(next({ dev: "running" }, { concurrency: 1 }).start, []);
    assert.deepEqual(next({ dev: "running" }, { concurrency: 2 }).start, ["lab"]);
  });

  it("starts one when those before it are done", () => {
    assert.deepEqual(next({ dev: "running", lab: "done" }).start, []);
    assert.deepEqual(next({ dev: "done", lab: "done" }).start, ["staging"]);
  });

  it("starts none after one that failed, and the others all the same", () => {
    assert.deepEqual(next({ dev: "failed" }, { approved: ["prod"] }), {
      start: ["lab"],
      held: [
        { name: "staging", kind: "failure", because: "dev" },
        { name: "prod", kind: "failure", because: "staging" },
        { name: "prod-eu", kind: "failure", because: "prod" },
      ],
    });
  });

  it("starts none that nobody approved, nor those after it", () => {
    const done = { dev: "done", staging: "done", lab: "done" } as const;
    assert.deepEqual(next(done), {
      start: [],
      held: [
        { name: "prod", kind: "approval", because: "prod" },
        { name: "prod-eu", kind: "approval", because: "prod" },
      ],
    });
    assert.deepEqual(next(done, { approved: ["prod"] }), { start: ["prod"], held: [] });
  });

  it("takes those that are left out for done", () => {
    assert.deepEqual(next({}, { environments: [prodEu, staging] }).start, ["prod-eu", "staging"]);
  });

  it("takes an environment by the name of a property of every object", () => {
    assert.deepEqual(next({}, { environments: [{ name: "__proto__" }] }).start, ["__proto__"]);
  });

  it("begins each at most once, after those before it, and says of all others why not", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ after: fc.array(fc.nat(9)), needsApproval: fc.boolean(), fails: fc.boolean() }),
          {
            minLength: 1,
            maxLength: 10,
          },
        ),
        fc.array(fc.nat(9)),
        fc.integer({ min: 1, max: 4 }),
        (given, approvedIndexes, concurrency) => {
          // Each comes after some before it in the list, so that there is no circle.
          const environments = given.map(({ after, needsApproval }, index) => ({
            name: `e${index}`,
            after: after.filter((one) => one < index).map((one) => `e${one}`),
            needsApproval,
          }));
          const approved = approvedIndexes.map((index) => `e${index}`);
          const progress = new Map<string, EnvironmentProgress>();
          const running: string[] = [];
          let last = nextEnvironments(environments, progress, { approved, concurrency });
          for (;;) {
            for (const name of last.start) {
              assert.equal(progress.has(name), false);
              const { after = [], needsApproval } = environments.find((one) => one.name === name) ?? {};
              assert.ok(after.every((one) => progress.get(one) === "done"));
              assert.ok(needsApproval !== true || approved.includes(name));
              progress.set(name, "running");
              running.push(name);
            }
            assert.ok(running.length <= concurrency);
            const ended = running.shift();
            if (ended === undefined) break;
            progress.set(ended, given[Number(ended.slice(1))]?.fails === true ? "failed" : "done");
            last = nextEnvironments(environments, progress, { approved, concurrency });
          }
          assert.deepEqual(
            last.held.map(({ name }) => name),
            environments.map(({ name }) => name).filter((name) => !progress.has(name)),
          );
        },
      ),
    );
  });
});

describe("environmentOrderProblems", () => {
  it("finds nothing wrong with an order", () => {
    assert.deepEqual(environmentOrderProblems("environments", all), []);
  });

  it("tells names that there are not, and what was meant", () => {
    assert.deepEqual(
      environmentOrderProblems("environments", [dev, { name: "prod", after: ["dev", "def"] }]),
      [
        {
          path: "environments[1].after[1]",
          reason: 'there is no environment "def".',
          fix: "Did you mean dev? The file has dev, prod.",
        },
      ],
    );
  });

  it("tells each circle once", () => {
    const paths = environmentOrderProblems("environments", [
      { name: "a", after: ["c"] },
      { name: "b", after: ["a"] },
      { name: "c", after: ["b"] },
      { name: "d", after: ["a"] },
      { name: "e", after: ["e"] },
    ]).map(({ path, reason }) => `${path}: ${reason}`);
    assert.deepEqual(paths, [
      "environments[0].after: a comes after c, c comes after b, b comes after a: none of them could be the first.",
      'environments[4].after: "e" comes after itself.',
    ]);
  });

  it("tells no circle through two of one name, of which nobody can say which is meant", () => {
    const environments = [
      { name: "a", after: ["none"] },
      { name: "b", after: ["a"] },
      { name: "a", after: ["b"] },
    ];
    assert.deepEqual(
      environmentOrderProblems("environments", environments).map(({ path, fix }) => `${path}: ${fix}`),
      ["environments[0].after[0]: The file has a, b."],
    );
  });
});
