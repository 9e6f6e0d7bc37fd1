import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterPod } from "../../../planning/rotation/observation";
import { podVerdict, verdictGroups, type PodVerdict } from "../../../planning/rotation/podVerdict";
import { daemonPod, webPod } from "./builders";

describe("pod verdict", () => {
  const bare: ClusterPod = { ...webPod, controller: undefined };
  const rows: [string, ClusterPod, PodVerdict][] = [
    ["an ordinary pod moves", webPod, { action: "evict", reason: "moves" }],
    [
      "hostNetwork is no reason to stay",
      { ...webPod, hostNetwork: true },
      { action: "evict", reason: "moves" },
    ],
    ["a pod that has ended is left", { ...bare, phase: "Failed" }, { action: "skip", reason: "finished" }],
    ["a static pod is left", { ...bare, isMirror: true }, { action: "skip", reason: "static pod" }],
    [
      "a pod of a DaemonSet is left, although it is critical",
      { ...daemonPod("aws-node", "old-1"), isCritical: true },
      { action: "skip", reason: "DaemonSet pod" },
    ],
    ["a bare pod is refused", bare, { action: "refuse", reason: "bare pod, nobody would make it again" }],
    [
      "a bare pod that is ending anyway is waited for",
      { ...bare, isTerminating: true },
      { action: "evict", reason: "already terminating" },
    ],
    [
      "an emptyDir is noted, and no reason to stay",
      { ...webPod, hasEmptyDir: true },
      { action: "evict", reason: "moves, its emptyDir is lost" },
    ],
  ];
  for (const [title, pod, verdict] of rows) {
    it(title, () => {
      assert.deepEqual(podVerdict(pod), verdict);
    });
  }

  it("lets force evict bare pods, and nothing else besides", () => {
    assert.deepEqual(podVerdict(bare, { force: true }), {
      action: "evict",
      reason: "bare pod, deleted for good",
    });
    assert.equal(podVerdict({ ...bare, isMirror: true }, { force: true }).action, "skip");
  });

  it("puts like to like, in the order in which they first occur", () => {
    const groups = verdictGroups([
      webPod,
      bare,
      daemonPod("aws-node", "old-1"),
      { ...webPod, name: "web-2" },
    ]);
    assert.deepEqual(
      groups.map(({ action, pods }) => [action, pods]),
      [
        ["evict", ["shop/web-1", "shop/web-2"]],
        ["refuse", ["shop/web-1"]],
        ["skip", ["kube-system/aws-node-old-1"]],
      ],
    );
  });

  const aPod = fc.record({
    phase: fc.constantFrom("Running", "Pending", "Succeeded", "Failed"),
    isMirror: fc.boolean(),
    isTerminating: fc.boolean(),
    hasEmptyDir: fc.boolean(),
    hostNetwork: fc.boolean(),
    kind: fc.constantFrom("ReplicaSet", "DaemonSet", "StatefulSet", "Job", undefined),
  });
  const podOf = ({ kind, ...rest }: typeof aPod extends fc.Arbitrary<infer T> ? T : never): ClusterPod => ({
    ...webPod,
    ...rest,
    controller: kind === undefined ? undefined : { apiVersion: "v1", kind, name: "x", uid: "x" },
  });

  it("never evicts a pod of a DaemonSet, a static pod or one that has ended, forced or not", () => {
    fc.assert(
      fc.property(aPod, fc.boolean(), (given, force) => {
        const pod = podOf(given);
        const stays =
          given.kind === "DaemonSet" || given.isMirror || ["Succeeded", "Failed"].includes(given.phase);
        if (stays) assert.equal(podVerdict(pod, { force }).action, "skip");
      }),
    );
  });

  it("puts each pod into exactly one group", () => {
    fc.assert(
      fc.property(fc.array(aPod), (given) => {
        const pods = given.map((one, index) => ({ ...podOf(one), name: `pod-${index}` }));
        const grouped = verdictGroups(pods).flatMap((group) => group.pods);
        assert.deepEqual([...grouped].sort(), pods.map(({ name }) => `shop/${name}`).sort());
      }),
    );
  });
});
