import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eachWithProject, TAKES_MS, type Ran, type TestProject } from "./testProject";

const urn = (name: string) => `urn:pulumi:dev::tiny::folder:index:File::${name}`;

describe("update plans of the stand-in engine", function () {
  this.timeout(TAKES_MS);

  let project: TestProject;
  let plan: string;
  eachWithProject((made) => {
    project = made;
    plan = join(project.folder, "plan.json");
  });

  const planned = (program: string) => project.preview(program, { plan });
  const held = (program?: string) => project.up(program, { plan });
  /** What it said of the plan, without the colours of a terminal. */
  const refusal = ({ errors }: Ran) =>
    errors.filter((error) => error.includes("plan") || error.includes("expected"));

  it("are done as they were made, values that only the update brings and secrets included", async () => {
    const program = `
      const a = new File("a", { value: "x" });
      const g = new Group("g", { value: pulumi.secret("hush") });
      new File("b", { value: a.made }, { dependsOn: [g] });
      exports.made = a.made;`;
    assert.equal((await planned(program)).error, undefined);
    assert.ok(!readFileSync(plan, "utf8").includes("hush"));
    const up = await held();
    assert.deepEqual(up.errors, []);
    assert.deepEqual([...up.steps].sort(), ["create a", "create b", "create g", "create g-inner"]);
    // What is there by now is less than the plan has.
    const again = await held();
    assert.deepEqual([again.errors, again.changes], [[], { same: 5 }]);
  });

  it("forbid other inputs than planned, and none of it is done", async () => {
    await project.up(`new File("a", { value: "x" });`);
    await planned(`new File("a", { value: "y" });`);
    const other = await held(`new File("a", { value: "z" });`);
    assert.deepEqual(refusal(other), [
      `resource ${urn("a")} violates plan: properties changed: ~~value[{y}!={z}]`,
    ]);
    assert.deepEqual(other.steps, []);
    assert.equal(project.stateOf("a").inputs?.value, "x");
    const less = await held(`new File("a", { value: "x" });`);
    assert.deepEqual(refusal(less), [
      `resource ${urn("a")} violates plan: properties changed: ~=value[{y}!={x}]`,
    ]);
    const options = await held(`new File("a", { value: "y" }, { protect: true });`);
    assert.deepEqual(refusal(options), [
      `resource ${urn("a")} violates plan: protect changed (expected false)`,
    ]);
    const kept = await held(`new File("a", { value: "y" });`);
    assert.deepEqual([kept.errors, kept.steps], [[], ["update a"]]);
  });

  it("forbid what they do not have: a resource that comes, changes, goes or is replaced", async () => {
    const before = `new File("a", { value: "x" }); new File("b", { value: "x" });`;
    await project.up(before);
    await planned(before);
    const refused = async (program: string) => refusal(await held(program));
    assert.deepEqual(await refused(`${before} new File("c", {});`), [
      "create is not allowed by the plan: no steps were expected for this resource",
    ]);
    assert.deepEqual(await refused(`new File("a", { value: "y" }); new File("b", { value: "x" });`), [
      `resource ${urn("a")} violates plan: properties changed: =~value[{y}]`,
    ]);
    assert.deepEqual(await refused(`new File("a", { value: "x" });`), [
      "delete is not allowed by the plan: this resource is constrained to same",
    ]);
    assert.deepEqual(project.resources(), ["a", "b"]);
  });

  it("say by which id something is taken over, where Pulumi's do", async () => {
    await project.up(`new File("a", { value: "x" });`);
    const id = project.stateOf("a").id ?? "";
    const goals = async (program: string) => {
      assert.equal((await planned(program)).error, undefined);
      const { resourcePlans } = JSON.parse(readFileSync(plan, "utf8")) as {
        readonly resourcePlans: Readonly<Record<string, { readonly goal?: { readonly id?: string } }>>;
      };
      return [urn("a"), urn("b")].map((one) => resourcePlans[one]?.goal?.id);
    };
    const other = `new File("b", { value: "x" });`;
    assert.deepEqual(await goals(`${other} new File("a", { value: "x" }, { import: "${id}" });`), [
      id,
      undefined,
    ]);
    assert.deepEqual(await goals(`${other} new File("a", { value: "x" });`), [undefined, undefined]);
  });

  it("ask for what they have: a resource that never comes is missed", async () => {
    await planned(`new File("a", {}); new File("b", {});`);
    const { errors, steps } = await held(`new File("a", {});`);
    assert.deepEqual(steps, ["create a"]);
    assert.deepEqual(
      errors.filter((error) => error.includes("expected")),
      [`expected resource operations for ${urn("b")} but none were seen`],
    );
  });
});
