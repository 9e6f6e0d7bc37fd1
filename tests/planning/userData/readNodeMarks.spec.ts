import assert from "node:assert/strict";
import fc from "fast-check";
import { nodeUserData } from "../../../planning/userData/nodeUserData";
import { readNodeMarks } from "../../../planning/userData/readNodeMarks";
import { checkPrototypes, hostileJson, hostileText } from "../../support/hostile";

const marks = {
  labels: { "example.com/pods": "secondary", flag: "true", none: "" },
  taints: [
    { key: "example.com/new", value: "true", effect: "NoSchedule" },
    { key: "example.com/new", effect: "NoExecute" },
  ],
} as const;
const cluster = {
  apiServerEndpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
  certificateAuthority: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
  serviceCidr: "172.20.0.0/16",
};

describe("labels and taints in user data", () => {
  for (const family of ["al2023", "bottlerocket"] as const) {
    it(`of ${family} are read as they were written`, () => {
      const { text } = nodeUserData(family, "self-managed", {
        clusterName: "c",
        cluster,
        maxPods: 20,
        ...marks,
      });
      assert.deepEqual(readNodeMarks(text), marks);
      const bare = nodeUserData(family, "self-managed", { clusterName: "c", cluster });
      assert.deepEqual(readNodeMarks(bare.text), { labels: {}, taints: [] });
    });
  }

  it("are none in what others wrote in another way", () => {
    for (const text of ["", "#!/bin/bash\n/etc/eks/bootstrap.sh 'c'\n"])
      assert.deepEqual(readNodeMarks(text), { labels: {}, taints: [] });
  });

  const asNodeConfig = (text: string) => `--b\nContent-Type: application/node.eks.aws\n\n${text}\n--b--\n`;

  it("are none in what can't be read, however deep it is nested", () => {
    for (const text of [
      "{a: [",
      "a: *nobody",
      "\t- x",
      "[".repeat(10_000),
      `${"[".repeat(3_000)}${"]".repeat(3_000)}`,
    ]) {
      assert.deepEqual(readNodeMarks(asNodeConfig(text)), { labels: {}, taints: [] });
      assert.deepEqual(readNodeMarks(text), { labels: {}, taints: [] });
    }
  });

  it("are read of any user data without a failure, and touch nothing but themselves", () => {
    const spec = hostileJson().map((value) =>
      JSON.stringify({ spec: { kubelet: { flags: ["--node-labels=__proto__=1,constructor=2", value] } } }),
    );
    const toml = hostileText(40).map(
      (text) => `[settings.kubernetes.node-labels]\n"__proto__" = "1"\n${text}`,
    );
    fc.assert(
      fc.property(fc.oneof(spec.map(asNodeConfig), hostileText(40).map(asNodeConfig), toml), (text) => {
        const { labels, taints } = readNodeMarks(text);
        for (const [key, value] of Object.entries(labels)) assert.equal(typeof value, "string", key);
        for (const { key, effect } of taints) assert.ok(typeof key === "string" && effect.length > 0);
        checkPrototypes();
      }),
    );
  });

  it("keep labels whose keys every object has", () => {
    const text = asNodeConfig(
      JSON.stringify({ spec: { kubelet: { flags: ["--node-labels=__proto__=1,toString=2"] } } }),
    );
    assert.deepEqual(Object.entries(readNodeMarks(text).labels), [
      ["__proto__", "1"],
      ["toString", "2"],
    ]);
  });
});
