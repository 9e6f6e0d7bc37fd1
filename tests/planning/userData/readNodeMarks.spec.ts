import assert from "node:assert/strict";
import { nodeUserData } from "../../../planning/userData/nodeUserData";
import { readNodeMarks } from "../../../planning/userData/readNodeMarks";

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
});
