import assert from "node:assert/strict";
import { podSecurityGroups } from "../../../planning/podNetwork/securityGroups";

const node = (instanceId: string, ...securityGroupIds: string[]) => ({ instanceId, securityGroupIds });
const a = (...nodes: ReturnType<typeof node>[]) => ({ eniConfigName: "us-west-2a", nodes });
const b = (...nodes: ReturnType<typeof node>[]) => ({ eniConfigName: "us-west-2b", nodes });

describe("the security groups of pods", () => {
  it("are left to the CNI where all nodes carry the same, in whatever order", () => {
    const { securityGroupIds, problems } = podSecurityGroups(
      [a(node("i-1", "sg-1", "sg-2"), node("i-2", "sg-2", "sg-1")), b(node("i-3", "sg-1", "sg-2")), b()],
      "v1.8.0",
    );
    assert.deepEqual([[...securityGroupIds], problems], [[], []]);
  });

  it("are named where the CNI would not take those of the node, or its version is not known", () => {
    for (const version of ["v1.7.10-eksbuild.1", undefined]) {
      const { securityGroupIds, problems } = podSecurityGroups([a(node("i-1", "sg-2", "sg-1"))], version);
      assert.deepEqual([[...securityGroupIds], problems], [[["us-west-2a", ["sg-1", "sg-2"]]], []]);
    }
  });

  it("are named per ENIConfig where they differ between them", () => {
    const { securityGroupIds, problems } = podSecurityGroups(
      [a(node("i-1", "sg-1")), b(node("i-2", "sg-2")), { eniConfigName: "us-west-2c", nodes: [] }],
      "v1.23.1",
    );
    assert.deepEqual(
      [[...securityGroupIds], problems],
      [
        [
          ["us-west-2a", ["sg-1"]],
          ["us-west-2b", ["sg-2"]],
        ],
        [],
      ],
    );
  });

  it("can't be told where they differ within one", () => {
    assert.deepEqual(
      podSecurityGroups([a(node("i-1", "sg-1"), node("i-2", "sg-2", "sg-1"))], "v1.23.1").problems,
      [
        {
          path: "eniConfigs.us-west-2a.securityGroupIds",
          reason:
            "its nodes carry different security groups: sg-1 (as i-1) and sg-1, sg-2 (as i-2). One ENIConfig can't stand for both.",
          fix: "Make named groups (podGroups) with security groups of their own, or give securityGroupIds for all.",
        },
      ],
    );
  });

  it("can't be more than a network interface takes, nor be taken from nobody by an old CNI", () => {
    const many = node("i-1", "sg-1", "sg-2", "sg-3", "sg-4", "sg-5", "sg-6");
    assert.deepEqual(
      podSecurityGroups([a(many), b()], "v1.7.10").problems.map(({ path, reason }) => [path, reason]),
      [
        [
          "eniConfigs.us-west-2a.securityGroupIds",
          "6 security groups; EC2 allows 5 on a network interface unless the quota L-2AFB9258 was raised.",
        ],
        [
          "eniConfigs.us-west-2b.securityGroupIds",
          "no node runs there to take security groups from, and CNI v1.7.10 would give pods the VPC's default group.",
        ],
      ],
    );
  });
});
