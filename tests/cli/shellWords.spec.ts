import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { shellLines, SHELLS, type Shell } from "../../cli/shellWords";
import { temporaryFolder } from "../support/temporaryFolder";

const environment = {
  set: { PLAIN: "http://127.0.0.1:1", ODD: `it's a "$HOME" \\ with spaces; rm` },
  unset: ["AWS_PROFILE", "AWS_NEVER_SET"],
  path: { first: "/first folder", last: "/last" },
};

describe("the environment of a sandbox", () => {
  // Empty, so that no shell has settings of its own; fish makes some there.
  let home: string;
  beforeEach(() => {
    home = temporaryFolder();
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  for (const [program, shell] of [
    ["sh", "sh"],
    ["bash", "sh"],
    ["zsh", "sh"],
    ["fish", "fish"],
  ] as const satisfies readonly (readonly [string, Shell])[]) {
    it(`is taken over by ${program}, whatever is in it`, function () {
      if (spawnSync(program, ["-c", "true"]).error !== undefined) {
        console.log(`        left out: there is no ${program} here`);
        this.skip();
      }
      const script = [...shellLines(shell, environment), "env"].join("\n");
      const { stdout, stderr } = spawnSync(program, ["-c", script], {
        env: { PATH: process.env.PATH, HOME: home, AWS_PROFILE: "prod" },
        encoding: "utf8",
      });
      const lines = new Set(stdout.split("\n"));
      for (const [key, value] of Object.entries(environment.set)) {
        assert.ok(lines.has(`${key}=${value}`), `${key} in ${stdout}${stderr}`);
      }
      assert.doesNotMatch(stdout, /^AWS_PROFILE=/m);
      assert.ok(lines.has(`PATH=/first folder:${process.env.PATH}:/last`), stdout);
    });
  }

  it("has words for every shell", () => {
    for (const shell of SHELLS) assert.equal(shellLines(shell, environment).length, 4);
  });
});
