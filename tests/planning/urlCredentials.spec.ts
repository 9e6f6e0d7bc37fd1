import assert from "node:assert/strict";
import fc from "fast-check";
import { shown } from "../../planning/problem";
import { withoutUrlCredentials } from "../../planning/urlCredentials";

describe("withoutUrlCredentials", () => {
  it("takes user and password out of every URL, and leaves the rest", () => {
    assert.equal(
      withoutUrlCredentials("postgres://me:hunter2@db:5432/state and https://ghp_x@github.com/a/b?c=d"),
      "postgres://[secret]@db:5432/state and https://[secret]@github.com/a/b?c=d",
    );
    const harmless = "s3://state/a@b, https://host:443/@scope/pkg, me@example.com";
    assert.equal(withoutUrlCredentials(harmless), harmless);
  });

  it("leaves no password anywhere, in messages about a value either", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._~!$&'()*+,;=:%@-]{6,20}$/);
    fc.assert(
      fc.property(fc.string(), part, fc.string(), (before, password, behind) => {
        const hidden = `planted${password}`;
        const text = `${before} https://u:${hidden}@host/${behind}`;
        assert.ok(!withoutUrlCredentials(text).includes(hidden));
        assert.ok(!shown({ backend: [text] }).includes(hidden));
      }),
    );
  });
});
