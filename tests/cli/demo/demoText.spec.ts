import assert from "node:assert/strict";
import { demoCommand, describeKept } from "../../../cli/demo/demoText";
import { podnet } from "../../support/podnet";

describe("a demo", function () {
  // The first that gets as far loads the clients of AWS.
  this.timeout(60_000);

  it("is gone on with by the command that it was asked by", () => {
    assert.equal(demoCommand({}), "podnet demo");
    assert.equal(
      demoCommand({ name: "other", world: "large", nodes: 50, output: "my report.html" }),
      "podnet demo --world large --nodes 50 --name other --output 'my report.html'",
    );
  });

  it("names the sandbox that stays", () => {
    assert.match(describeKept({}), /podnet sandbox env --name demo\)" .* podnet sandbox down --name demo to/);
  });

  it("is refused where there is nothing to migrate, no choice of a size, or no file for its report", async () => {
    const { code, stderr } = await podnet("demo --world empty --nodes 20 -o -");
    assert.equal(code, 2);
    assert.deepEqual(
      stderr.split("\n").filter((line) => line.startsWith("  --")),
      [
        "  --world: the world empty has no cluster, and so nothing to show.",
        "  --nodes: the world empty has a number of nodes of its own.",
        "  --output: - is no file, which the report of a migration is.",
      ],
    );
    const nowhere = await podnet("demo -o /nonexistent/dir/x.html");
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /--output: .* can't be written: there is no folder \/nonexistent\/dir\./);
    const bare = await podnet("demo --world bare");
    assert.match(bare.stderr, /--world: the world bare has no workloads, and so nothing to show\./);
  });
});
