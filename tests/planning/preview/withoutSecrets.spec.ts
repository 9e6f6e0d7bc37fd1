import assert from "node:assert/strict";
import fc from "fast-check";
import { withoutSecrets } from "../../../planning/preview/withoutSecrets";

describe("withoutSecrets", () => {
  it("takes a secret out of every text, be it a key, a value or a part of either", () => {
    assert.deepEqual(
      withoutSecrets({ "a-hunter2": ["x hunter2 y", { b: "hunter2" }, 2, null, true] }, ["hunter2"]),
      { "a-[secret]": ["x [secret] y", { b: "[secret]" }, 2, null, true] },
    );
  });

  it("finds it within JSON, and line by line", () => {
    const key = "-----BEGIN KEY-----\nMIIBVQIBADAN\n-----END KEY-----";
    assert.equal(withoutSecrets(JSON.stringify({ key }), [key]), '{"key":"[secret]"}');
    assert.equal(withoutSecrets("said MIIBVQIBADAN at last", [key]), "said [secret] at last");
  });

  it("takes the longer one where a secret is a part of another", () => {
    assert.equal(withoutSecrets("hunter22", ["hunter2", "hunter22"]), "[secret]");
  });

  it("leaves words alone that are too short to be secret", () => {
    assert.equal(withoutSecrets("a on b", ["a", "", "on"]), "a on b");
  });

  it("never shows what nodes are started with, nor the way into a cluster", () => {
    assert.deepEqual(withoutSecrets({ after: { userData: "c2VjcmV0", kubeconfig: "x", name: "n" } }, []), {
      after: { userData: "[not shown]", kubeconfig: "[not shown]", name: "n" },
    });
  });

  it("leaves no secret anywhere in a document", () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/=]{8,30}$/);
    fc.assert(
      fc.property(secret, fc.jsonValue(), fc.string(), (hidden, value, around) => {
        fc.pre(!JSON.stringify("[secret]").includes(hidden));
        const document = { value, planted: `${around}${hidden}${around}`, [hidden]: [{ deep: hidden }] };
        assert.ok(!JSON.stringify(withoutSecrets(document, [hidden])).includes(hidden));
      }),
    );
  });
});
