import assert from "node:assert/strict";
import { nextCommand, withPlace } from "../../cli/nextCommand";
import { fitted } from "../../cli/wrapped";

const place = { file: "my envs.yaml", workDir: "..", pulumiRoot: "/opt/pulumi" };

describe("a command that follows", () => {
  it("has its flags as they are typed, in words that a shell takes", () => {
    assert.equal(
      nextCommand("migrate", "prod", {
        file: "my envs.yaml",
        yes: true,
        allow: ["A=b", "C"],
        output: undefined,
      }),
      "podnet migrate prod '--file=my envs.yaml' --yes --allow=A=b --allow=C",
    );
  });

  it("finds the environment where this process has found it", () => {
    const text = "Next: podnet rotate prod goes on.\nOr:   podnet rotate prod --abort, or podnet up prod.";
    const flags = "'--file=my envs.yaml' --work-dir=.. --pulumi-root=/opt/pulumi";
    assert.equal(
      withPlace(text, "prod", place),
      `Next: podnet rotate prod ${flags} goes on.\nOr:   podnet rotate prod ${flags} --abort, or podnet up prod ${flags}.`,
    );
    assert.equal(withPlace(text, "prod", {}), text);
  });

  it("is of that environment alone, takes no other flag over, and gives preflight none of pulumi", () => {
    const text =
      "podnet up prod-2, podnet up prod.eu, podnet sandbox prod, podnet up then; podnet preflight prod";
    const settings = { maxUnavailable: "10%", ...place };
    assert.equal(withPlace(text, "prod", settings), `${text} '--file=my envs.yaml' --work-dir=..`);
    assert.equal(
      withPlace("podnet up prod.eu.", "prod.eu", { workDir: "x" }),
      "podnet up prod.eu --work-dir=x.",
    );
  });

  it("stays in one piece behind a folder that ends in dots", () => {
    assert.equal(
      fitted(withPlace("Then run podnet up prod --json, and look.", "prod", { workDir: ".." }), 20),
      "Then run\n  podnet up prod --work-dir=.. --json,\n  and look.",
    );
  });
});
