import assert from "node:assert/strict";
import type { ClusterFacts } from "../../../planning/podNetwork/clusterFacts";
import { planPodNetwork } from "../../../planning/podNetwork/plan";
import type { PodNetworkRequest } from "../../../planning/podNetwork/request";
import { usedAddresses } from "../../../planning/podNetwork/stranding";
import { podSubnet, smallCluster, smallClusterAfter } from "../../support/clusterFacts";
import { problemsOf } from "../../support/problems";

const request = { podCidrs: ["100.64.0.0/16"] };
const refusals = (facts: ClusterFacts, more: Partial<PodNetworkRequest>) =>
  problemsOf(() => planPodNetwork(facts, { ...request, ...more })).map(
    ({ path, reason }) => `${path}: ${reason}`,
  );

/** The cluster with pods in some of its pod subnets, by their ids. */
const inUse = (used: Readonly<Record<string, number>>, facts = smallClusterAfter): ClusterFacts => ({
  ...facts,
  subnets: facts.subnets.map((subnet) => ({
    ...subnet,
    freeAddresses: subnet.freeAddresses - (used[subnet.subnetId] ?? 0),
  })),
});
const withoutNodes: ClusterFacts = { ...smallClusterAfter, instances: [] };

describe("plans that would strand running pods", () => {
  it("counts the addresses of a subnet that somebody has, without those that AWS keeps", () => {
    assert.equal(usedAddresses(podSubnet("a", "100.64.0.0/19")), 0);
    assert.equal(usedAddresses({ ...podSubnet("a", "100.64.0.0/19"), freeAddresses: 8_180 }), 7);
  });

  it("does not take addresses that are reserved for prefixes for used ones", () => {
    // Of 8,187 usable addresses a sixteenth is free for network interfaces, but for the four that AWS keeps at the start.
    const reserved = { ...podSubnet("a", "100.64.0.0/19"), freeAddresses: 507 };
    assert.equal(usedAddresses(reserved), 7_680);
    assert.equal(usedAddresses(reserved, true), 0);
    assert.equal(usedAddresses({ ...reserved, freeAddresses: 505 }, true), 2);
    assert.equal(usedAddresses({ ...reserved, freeAddresses: 8_180 }, true), 7);
    assert.equal(usedAddresses({ ...podSubnet("a", "100.64.0.0/27"), freeAddresses: 26 }, true), 1);
    const facts = inUse({ "subnet-pods-c": 7_680 }, withoutNodes);
    const zones = ["us-west-2a", "us-west-2b"];
    assert.equal(refusals(facts, { zones }).length, 1);
    const planned = (more: Partial<PodNetworkRequest>) =>
      planPodNetwork(facts, { ...request, ...more, prefixReservations: true });
    assert.equal(planned({ zones }).podSubnets.length, 2);
    const cni = { env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false" } };
    assert.equal(refusals(facts, { cni }).length, 1);
    assert.equal(planned({ cni }).podSubnets.length, 3);
  });

  it("are refused where nodes run in a zone that never had an ENIConfig, unless forced by name", () => {
    const zones = ["us-west-2a", "us-west-2b"];
    assert.deepEqual(refusals(smallCluster, { zones }), [
      "zones: 1 node runs in us-west-2c, which is not among them: without an ENIConfig, new nodes there never become Ready and those of today get no further addresses.",
    ]);
    const [problem] = problemsOf(() => planPodNetwork(smallCluster, { ...request, zones }));
    assert.equal(
      problem?.fix,
      'Add us-west-2c, or move its nodes to another zone first. To do it all the same, give force: ["zone-without-eniconfig"].',
    );
    const forced = planPodNetwork(smallCluster, { ...request, zones, force: ["zone-without-eniconfig"] });
    assert.deepEqual(forced.cni.zonesWithNodes, zones);
  });

  it("are refused where the zone of a pod subnet goes while nodes live in it, unless forced by name", () => {
    const zones = ["us-west-2a", "us-west-2b"];
    assert.deepEqual(refusals(inUse({ "subnet-pods-c": 12 }), { zones }), [
      "zones: the pod subnet 100.64.64.0/19 of us-west-2c (subnet-pods-c) would be deleted, and 12 of its addresses are in use and 1 node runs in its zone.",
    ]);
    const forced = planPodNetwork(smallClusterAfter, { ...request, zones, force: ["pod-subnet-in-use"] });
    assert.equal(forced.podSubnets.length, 2);
    assert.equal(planPodNetwork(withoutNodes, { ...request, zones }).podSubnets.length, 2);
  });

  it("are refused where a pod subnet would be replaced", () => {
    const podCidrs = ["100.65.0.0/16"];
    assert.deepEqual(refusals(inUse({ "subnet-pods-a": 1 }, withoutNodes), { podCidrs }), [
      "podCidrs: the pod subnet 100.64.0.0/19 of us-west-2a (subnet-pods-a) is in none of 100.65.0.0/16, so it would be replaced by 100.65.0.0/19, and 1 of its addresses is in use.",
    ]);
    assert.deepEqual(planPodNetwork(withoutNodes, { podCidrs }).podSubnets[0]?.cidrBlock, "100.65.0.0/19");
  });

  it("are refused where the pod subnets of a group go while they are in use", () => {
    const facts = {
      ...smallClusterAfter,
      subnets: [...smallClusterAfter.subnets, podSubnet("a", "100.64.96.0/19", "batch")],
    };
    assert.deepEqual(refusals(inUse({ "subnet-batch-a": 3 }, facts), {}), [
      "podGroups: the pod subnet 100.64.96.0/19 of batch in us-west-2a (subnet-batch-a) would be deleted, and 3 of its addresses are in use.",
    ]);
    assert.equal(planPodNetwork(facts, request).podSubnets.length, 3);
  });

  it("are refused where custom networking is turned off while pods are in pod subnets, unless forced by name", () => {
    const cni = { env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false" } };
    const used = inUse({ "subnet-pods-b": 9 });
    const [refusal, ...more] = refusals(used, { cni });
    assert.match(
      refusal ?? "",
      /^cni\.env\.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: addresses of 100\.64\.32\.0\/19 are in use/,
    );
    assert.deepEqual(more, []);
    for (const plan of [
      planPodNetwork(smallClusterAfter, { ...request, cni }),
      planPodNetwork(used, { ...request, cni, force: ["custom-networking-off"] }),
    ]) {
      assert.equal(plan.cni.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, "false");
    }
  });

  it("leave alone a subnet that an interrupted replacement left behind", () => {
    const facts = inUse(
      { "subnet-old": 5 },
      {
        ...smallClusterAfter,
        subnets: [
          ...smallClusterAfter.subnets,
          { ...podSubnet("a", "100.64.192.0/19"), subnetId: "subnet-old" },
        ],
      },
    );
    assert.equal(planPodNetwork(facts, request).podSubnets[0]?.cidrBlock, "100.64.0.0/19");
  });
});
