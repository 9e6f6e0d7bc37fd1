import assert from "node:assert/strict";
import { newEnvironmentsFile, withEnvironment } from "../../../automation/init/environmentEntry";
import { readEnvironments } from "../../../automation/environments";
import { problemsOf } from "../../support/problems";

const prod = {
  name: "prod",
  account: "012345678901",
  region: "us-west-2",
  cluster: "shop",
  rotation: { maxUnavailable: 1 },
} as const;
const entry = `  - name: prod
    account: "012345678901"
    region: us-west-2
    cluster: shop
    rotation:
      maxUnavailable: 1
`;

describe("an entry of the file of environments", () => {
  it("makes a file, where there is none", () => {
    const text = newEnvironmentsFile(prod);
    assert.ok(text.endsWith(`environments:\n${entry}`));
    const [read] = readEnvironments("e.yaml", () => text);
    assert.deepEqual(read, { ...prod, stack: "prod" });
    const line = "# yaml-language-server: $schema=environments.schema.json\n";
    assert.equal(newEnvironmentsFile(prod, "environments.schema.json"), line + text);
  });

  it("is added behind the last one, and leaves everything else as it is written", () => {
    const before = `# first
environments:
  # about dev
  - name:   dev   # odd spaces
    region: us-west-2
`;
    const behind = "\n# the end\n";
    assert.equal(withEnvironment(before + behind, prod), before + entry + behind);
    assert.equal(withEnvironment(before.trimEnd(), prod), before + entry);
  });

  it("follows a list without indentation", () => {
    const before = "environments:\n- name: dev\n  region: us-west-2\n";
    assert.equal(withEnvironment(before, prod), before + entry.replace(/^ {2}/gm, ""));
  });

  it("is not put where it would break what is there", () => {
    const [problem] = problemsOf(() =>
      withEnvironment("environments: [{ name: dev, region: us-west-2 }]\n", prod),
    );
    assert.equal(problem?.path, "environments");
    assert.ok(problem.fix.endsWith(entry));
  });
});
