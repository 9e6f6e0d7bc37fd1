import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { ClusterPod } from "../../../planning/rotation/observation";
import {
  isRestarted,
  podVerdict,
  refusedPods,
  verdictGroups,
  type PodVerdict,
} from "../../../planning/rotation/podVerdict";
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
    [
      "a bare pod is refused",
      bare,
      {
        action: "refuse",
        reason: "bare pod, nobody would make it again",
        wayOut: "--force deletes it for good",
      },
    ],
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

  it("refuses pods that the selector does not match, unless they need not move, or are ending anyway", () => {
    const options = { podSelector: "app=other" };
    assert.deepEqual(podVerdict(webPod, options), {
      action: "refuse",
      reason: "not matched by the pod selector",
      wayOut: "leave out --pod-selector, or move it by hand",
    });
    assert.equal(podVerdict(webPod, { podSelector: "app=web" }).action, "evict");
    assert.equal(podVerdict({ ...webPod, isTerminating: true }, options).action, "evict");
    assert.equal(podVerdict(daemonPod("aws-node", "old-1"), options).action, "skip");
    assert.deepEqual(
      refusedPods([webPod, daemonPod("aws-node", "old-1")], options).map(({ pod }) => pod),
      ["shop/web-1"],
    );
  });

  it("refuses pods with an emptyDir where it is to be kept", () => {
    const withData = { ...webPod, hasEmptyDir: true };
    assert.deepEqual(podVerdict(withData, { deleteEmptyDirData: false }), {
      action: "refuse",
      reason: "its emptyDir would be lost",
      wayOut: "--delete-emptydir-data evicts it all the same",
    });
    assert.equal(podVerdict(webPod, { deleteEmptyDirData: false }).action, "evict");
    // Also a bare one that may be deleted.
    const bareWithData = { ...withData, controller: undefined };
    assert.equal(podVerdict(bareWithData, { force: true, deleteEmptyDirData: false }).action, "refuse");
  });

  it("restarts the only pod of a workload where it serves somebody", () => {
    const restarted = new Set([webPod.controller?.uid ?? ""]);
    assert.deepEqual(podVerdict(webPod, { restarted }), {
      action: "evict",
      reason: "moves by a rolling restart",
    });
    assert.equal(isRestarted(webPod, { restarted }), true);
    assert.equal(isRestarted({ ...webPod, isReady: false }, { restarted }), false);
    assert.equal(isRestarted({ ...webPod, isTerminating: true }, { restarted }), false);
    assert.equal(isRestarted(webPod, { restarted: new Set() }), false);
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
