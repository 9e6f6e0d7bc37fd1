import assert from "node:assert/strict";
import { versionsOnTheWay } from "../../../planning/awsNode/versionStep";

describe("versionsOnTheWay", () => {
  const available = [
    "v1.18.6-eksbuild.1",
    "v1.19.2-eksbuild.5",
    "v1.19.6-eksbuild.1",
    "v1.19.6-eksbuild.7",
    "v1.20.10-eksbuild.1",
    "v1.20.9-eksbuild.1",
    "v1.21.1-eksbuild.1",
  ];

  it("goes through the newest of each minor version in between, by number and by build", () => {
    assert.deepEqual(versionsOnTheWay("v1.18.3-eksbuild.1", "v1.21.1-eksbuild.1", available), [
      "v1.19.6-eksbuild.7",
      "v1.20.10-eksbuild.1",
      "v1.21.1-eksbuild.1",
    ]);
  });

  it("goes there at once where that is one step, or less", () => {
    for (const to of [
      "v1.19.2-eksbuild.5",
      "v1.18.6-eksbuild.1",
      "v1.18.3-eksbuild.1",
      "v1.17.1-eksbuild.1",
    ]) {
      assert.deepEqual(versionsOnTheWay("v1.18.3-eksbuild.1", to, available), [to]);
    }
  });

  it("knows no way where a minor version is missing, the major one is another, or one can't be read", () => {
    const to = "v1.20.9-eksbuild.1";
    assert.deepEqual(versionsOnTheWay("v1.18.3-eksbuild.1", to, ["v1.18.6-eksbuild.1"]), [to]);
    assert.deepEqual(versionsOnTheWay("v1.18.3-eksbuild.1", "v2.0.0-eksbuild.1", available), [
      "v2.0.0-eksbuild.1",
    ]);
    assert.deepEqual(versionsOnTheWay("main", to, available), [to]);
  });
});
