import assert from "node:assert/strict";
import type { EnvironmentVerification } from "../../automation/verify";
import { describeVerification } from "../../cli/verificationText";
import { verification } from "../../planning/rotation/verification";
import { clusterWith, newNode, oldNodeNamed, webPod } from "../planning/rotation/builders";

const inside = { ...webPod, nodeName: "new-1", address: "100.64.0.9" };
const a1 = oldNodeNamed("old-a1");

function verified(...cluster: Parameters<typeof clusterWith>): EnvironmentVerification {
  return {
    podCidrs: ["100.64.0.0/16"],
    deviations: [],
    securityGroups: { right: 1, of: 1 },
    tookMs: { looking: 900 },
    ...verification(clusterWith(...cluster)),
  };
}

/** One that is new in all nodes and pods, and has something else. */
function verifiedBut(change: Partial<EnvironmentVerification>): EnvironmentVerification {
  return { ...verified([newNode], [inside]), ...change };
}

describe("a verification, as people read it", () => {
  it("is an answer first, then its figures", () => {
    assert.equal(
      describeVerification("prod", verified([newNode], [inside])),
      `prod  verified  1 node, 1 pod                            all in 100.64.0.0/16
  pods outside the pod subnets                       0
  primary ENIs with pod addresses                    0 of 1
  secondary ENIs in the right subnet                 1 of 1
  secondary ENIs with the right security groups      1 of 1
  allocatable pods as computed                       1 of 1  (m5.large 20)
  hostNetwork pods (keep node addresses, by design)  0`,
    );
  });

  it("names old nodes with what shows it, how far the move is, and what to do next", () => {
    const text = describeVerification(
      "prod",
      verified([newNode, a1], [inside, { ...webPod, nodeName: "old-a1" }]),
    );
    assert.match(text, /^prod {2}NOT VERIFIED {2}2 nodes, 2 pods +1 of 2 nodes is old\n/);
    assert.match(text, /\n {2}new nodes +1 of 2\n {2}pods in the pod subnets +1 of 2\n/);
    assert.match(text, /\n\nold-a1\n {2}primary ENI eni-0 carries 2 secondary addresses\n/);
    assert.match(text, /\n\nNext: podnet rotate prod$/);
    const elsewhere = describeVerification("prod", verified([a1], []), undefined, { workDir: "infra" });
    assert.match(elsewhere, /\n\nNext: podnet rotate prod --work-dir=infra$/);
  });

  it("blames credentials and Region, not nodes, where EC2 shows no ENI of a node", () => {
    const text = describeVerification("prod", verified([{ ...newNode, enis: [] }], []));
    assert.match(text, /^prod {2}NOT VERIFIED {2}1 node, 0 pods +EC2 shows no primary ENI of 1 of 1 node\n/);
    assert.match(
      text,
      /\n {2}new-1\nCheck that the AWS credentials and the Region are those of the cluster; /,
    );
    assert.doesNotMatch(text, /podnet rotate/);
  });

  it("of no nodes sends nobody to rotate", () => {
    const text = describeVerification("prod", verified([], []));
    assert.match(text, /^prod {2}NOT VERIFIED {2}0 nodes, 0 pods +there is no node\n/);
    assert.doesNotMatch(text, /podnet rotate/);
  });

  it("tells what is not as deployed, with the way out, and counts what is too much", () => {
    const deviations = Array.from({ length: 12 }, (_, index) => ({
      about: "eniConfigs" as const,
      title: `ENIConfig ${index} is not there`,
      wayOut: "podnet up prod puts it back",
    }));
    const text = describeVerification("prod", verifiedBut({ isVerified: false, deviations }));
    assert.match(text, /^prod {2}NOT VERIFIED .* 12 deviations from what was deployed\n/);
    assert.match(text, /\n\nENIConfig 0 is not there\n {2}-> podnet up prod puts it back\n/);
    assert.match(text, /ENIConfig 9 [^\n]+\n[^\n]+\n\.\.\. and 2 more deviations$/);
  });

  it("names an unfinished rollback before the old nodes, and what goes on with it", () => {
    const about = { about: "rollback" as const, title: "a rollback was begun", wayOut: "go on" };
    const text = describeVerification("prod", {
      ...verified([oldNodeNamed("old-a1")], []),
      isVerified: false,
      deviations: [about],
    });
    assert.match(text, /^prod {2}NOT VERIFIED .* a rollback is unfinished\n/);
    assert.match(text, /\n\na rollback was begun\n {2}-> go on\n\nold-a1\n/);
    assert.match(text, /\n\nNext: podnet rollback prod$/);
    assert.doesNotMatch(text, /podnet rotate/);
  });

  it("is broken at the width of a terminal, and breaks no name", () => {
    const deviation = {
      about: "eniConfigs" as const,
      title: "ENIConfig us-west-2a names subnet-0123456789abcdef0, which is not that of the stack",
      wayOut: "podnet up prod puts it back",
    };
    const lines = describeVerification(
      "prod",
      verifiedBut({ isVerified: false, deviations: [deviation] }),
      60,
    ).split("\n");
    assert.deepEqual(
      [...lines.slice(0, 2), ...lines.slice(-3)],
      [
        "prod  NOT VERIFIED  1 node, 1 pod",
        "      1 deviation from what was deployed",
        "ENIConfig us-west-2a names subnet-0123456789abcdef0, which",
        "  is not that of the stack",
        "  -> podnet up prod puts it back",
      ],
    );
  });

  it("tells what became of new pods, and of ipamd", () => {
    const zones = ["us-west-2a", "us-west-2b"].map((availabilityZone) => ({ availabilityZone, pods: 5 }));
    const smoke = { image: "nginx", pods: { right: 10, of: 10 }, zones, failures: [] };
    const deep = { nodes: { right: 1, of: 1 }, differences: [], unread: [] };
    const text = describeVerification("prod", verifiedBut({ smoke, deep }));
    assert.match(
      text,
      /\n {2}new pods that were ready in the pod subnets +10 of 10 {2}\(us-west-2a 5, us-west-2b 5\)\n/,
    );
    assert.match(text, /\n {2}nodes whose ipamd agrees with EC2 and its pods +1 of 1$/);

    const failed = {
      ...smoke,
      pods: { right: 9, of: 10 },
      failures: ["pod web-1 on new-1 is not ready after 300 s"],
    };
    assert.match(
      describeVerification("prod", verifiedBut({ isVerified: false, smoke: failed })),
      / 1 of 10 new pods failed\n[^]*\n\npod web-1 on new-1 is not ready after 300 s$/,
    );
    const unlike = {
      nodes: { right: 0, of: 2 },
      differences: [{ node: "new-1", what: "ipamd has ENI eni-9, which EC2 does not show there" }],
      unread: [{ node: "new-2", because: "no pod of aws-node runs there" }],
    };
    assert.match(
      describeVerification("prod", verifiedBut({ isVerified: false, deep: unlike })),
      / ipamd of 2 of 2 nodes does not agree\n[^]*\n\nnew-2: ipamd was not read: no pod of aws-node runs there\n\nnew-1: ipamd has ENI eni-9, which EC2 does not show there$/,
    );
  });
});
