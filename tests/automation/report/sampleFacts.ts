import { blockAt, cidrBlock, usableAddressCount } from "../../../planning/cidrBlock";
import type { ReportFacts } from "../../../planning/report/facts";
import {
  clusterSeen,
  folded,
  newTimeline,
  processBegan,
  processEnded,
  type SubnetUse,
  type Timeline,
  type TimelineEvent,
  type TimelineMoment,
} from "../../../planning/report/timeline";

const ZONES = ["us-west-2a", "us-west-2b", "us-west-2c"];
export const PODS_PER_NODE = 14;
/** 2026-11-20 09:14 UTC. */
export const BEGUN_AT_MS = Date.UTC(2026, 10, 20, 9, 14);

const zoneOfName = (name: string) => zoneOf(Number(/-(\d+)\./.exec(name)?.[1] ?? 0) - 4);
const zoneOf = (index: number) => ZONES[index % ZONES.length] ?? "";
export const oldName = (index: number) =>
  `ip-10-8-${Math.floor(index / 250)}-${(index % 250) + 4}.us-west-2.compute.internal`;
export const newName = (index: number) =>
  `ip-10-8-${100 + Math.floor(index / 250)}-${(index % 250) + 4}.us-west-2.compute.internal`;

/** The subnets of a VPC with a range of nodes and one of pods; so many addresses are taken in each. */
export function subnets(takenByNodes: number, takenByPods: number): SubnetUse[] {
  const nodes = cidrBlock("10.8.0.0/16");
  const pods = cidrBlock("100.64.0.0/16");
  return ZONES.flatMap((availabilityZone, index) => [
    use(`subnet-nodes-${index}`, availabilityZone, nodes.first + index * 8192, 19, takenByNodes),
    use(`subnet-public-${index}`, availabilityZone, nodes.first + 4 * 8192 + index * 256, 24, 9),
    use(`subnet-pods-${index}`, availabilityZone, pods.first + index * 16384, 18, takenByPods),
  ]);
}

function use(
  subnetId: string,
  availabilityZone: string,
  first: number,
  prefixLength: number,
  taken: number,
): SubnetUse {
  const freeAddresses = Math.max(0, usableAddressCount(prefixLength) - taken);
  return { subnetId, availabilityZone, cidrBlock: blockAt(first, prefixLength).cidr, freeAddresses };
}

/** How a sampled rotation went. */
export interface Sampled {
  /** How many old nodes, and as many new ones. */
  readonly nodes: number;
  /** How many of the last are blocked. @default none */
  readonly blocked?: number;
  /** Whether it was cut off in the middle and gone on with three hours later. @default false */
  readonly paused?: boolean;
}

/** The timeline of a rotation in which each node takes about five minutes, some of them at once. */
export function sampleTimeline({ nodes, blocked = 0, paused = false }: Sampled): Timeline {
  const names = Array.from({ length: nodes }, (_, index) => oldName(index));
  const step = Math.max(20, Math.round(10_800 / nodes));
  const half = Math.floor(nodes / 2);
  const beginOf = (index: number) => 120 + index * step + (paused && index >= half ? 10_800 : 0);
  const moments: TimelineMoment[] = [];
  const happens = (at: number, event: TimelineEvent) => moments.push({ at, event });
  const there = (at: number, workers: number) => [
    ...names.filter((_, index) => index >= nodes - blocked || beginOf(index) + 260 + (index % 4) * 30 > at),
    ...Array.from({ length: workers }, (_, index) => newName(index)),
  ];
  names.forEach((node, index) => {
    const at = beginOf(index);
    happens(at, { type: "cordoned", node });
    const waiting = index % 3 === 1 ? [{ pod: "payments/ledger-2", because: "PDB allows 0 of 1" }] : [];
    happens(at + 10, { type: "draining", node, of: PODS_PER_NODE, waiting });
    for (let pod = 0; pod < PODS_PER_NODE; pod += 1)
      happens(at + 11 + pod, { type: "evicted", node, pod: `shop/web-${index}-${pod}` });
    if (index >= nodes - blocked) {
      const because = ["payments/ledger-0: payments/ledger allows no eviction (minAvailable 3 of 3 ready)"];
      happens(at + 400, { type: "blocked", node, because });
      return;
    }
    happens(at + 90 + (index % 5) * 20, { type: "drained", node });
    happens(at + 200, { type: "terminating", node });
    happens(at + 260 + (index % 4) * 30, { type: "gone", node });
  });
  const end = beginOf(nodes - 1) + 420;
  const movedBy = (at: number) =>
    names.filter((_, index) => beginOf(index) + 60 < at && index < nodes - blocked).length;
  for (let at = 30; at <= end; at += Math.max(15, Math.round(end / 400))) {
    const podsInside = movedBy(at) * PODS_PER_NODE;
    happens(at, { type: "progress", podsInside, podsOutside: nodes * PODS_PER_NODE - podsInside });
  }
  const all = names.map((name, index) => ({ name, availabilityZone: zoneOf(index), isReady: true }));
  const begun = clusterSeen(newTimeline(BEGUN_AT_MS, false), all, new Set(names), 0);
  const first: Timeline = {
    ...processBegan(begun, "7f3a", 0),
    before: {
      subnets: subnets(Math.round((nodes * (PODS_PER_NODE + 8)) / 3), 0),
      types: [
        { instanceType: "m5.large", maxPods: 29, nodes: Math.ceil(nodes / 2) },
        { instanceType: "m5.xlarge", maxPods: 58, nodes: Math.floor(nodes / 2) },
      ],
    },
  };
  const cut = beginOf(half - 1) + 500;
  const inOrder = moments.sort((a, b) => a.at - b.at);
  const takenIn = (timeline: Timeline, from: number, to: number): Timeline => {
    let [last, done] = [timeline, 0];
    const some = inOrder.filter(({ at }) => at >= from && at <= to);
    for (const [index, { at, event }] of some.entries()) {
      if (event.type !== "progress") continue;
      const workers = Math.min(nodes - blocked, movedBy(at) + Math.max(2, Math.ceil(nodes / 20)));
      const seen = there(at, workers).map((name) => ({
        name,
        availabilityZone: zoneOfName(name),
        isReady: true,
      }));
      last = clusterSeen(folded(last, some.slice(done, index + 1)), seen, undefined, at);
      done = index + 1;
    }
    return folded(last, some.slice(done));
  };
  const goesOnAt = beginOf(half);
  const last = paused
    ? takenIn(
        processBegan(processEnded(takenIn(first, 0, cut), "cut off", cut), "7f3a", goesOnAt),
        goesOnAt,
        Infinity,
      )
    : takenIn(first, 0, Infinity);
  return processEnded(last, blocked === 0 ? "done" : "blocked", end + 30);
}

/** All that is known of an environment after such a rotation. */
export function sampleFacts(sampled: Sampled): ReportFacts {
  const { nodes, blocked = 0 } = sampled;
  const timeline = sampleTimeline(sampled);
  const pods = nodes * PODS_PER_NODE;
  const inside = (nodes - blocked) * PODS_PER_NODE;
  return {
    ...{ environment: "prod", clusterName: "shop-prod", region: "us-west-2", vpcId: "vpc-0c1d2e3f" },
    readAtMs: BEGUN_AT_MS + 6 * 3_600_000,
    blocks: ["10.8.0.0/16", "100.64.0.0/16"],
    podCidrs: ["100.64.0.0/16"],
    subnets: subnets(Math.round((nodes * 2) / 3), Math.round((nodes * (PODS_PER_NODE + 8)) / 3)),
    status: {
      step: blocked === 0 ? "done" : "partly rotated",
      lastRun: undefined,
      next: blocked === 0 ? undefined : "podnet rotate prod",
      pods: { inside, of: pods },
      nodes: { old: blocked, of: nodes },
      freeAddresses: 49_137 - inside,
    },
    verification: {
      isVerified: blocked === 0,
      nodes,
      newNodes: { right: nodes - blocked, of: nodes },
      pods,
      podsInside: { right: inside, of: pods },
      podsOutside: [],
      unseenNodes: [],
      cleanPrimaryEnis: { right: nodes - blocked, of: nodes },
      securityGroups: { right: 2 * nodes - blocked, of: 2 * nodes },
      deviations: [],
      secondaryEnis: { right: 2 * nodes - blocked, of: 2 * nodes },
      allocatablePods: { right: nodes - blocked, of: nodes },
      allocatableByType: ["m5.large 20", "m5.xlarge 44"],
      hostNetworkPods: 2 * nodes,
      fargateNodes: 0,
      oldNodes: [],
      notes: [],
    },
    preflight: {
      findings:
        blocked === 0
          ? []
          : [
              {
                id: "PDB-NEVER",
                level: "stop",
                title: "payments/ledger allows no eviction (minAvailable 3 of 3 ready)",
                evidence: ["1 pod on 1 old node can never be moved. Owner: StatefulSet payments/ledger."],
                wayOut: "scale it to 4, or set maxUnavailable: 1",
              },
            ],
      accepted: [],
      passed: ["SNAT-EXTERNAL", "QUOTAS", "ROUTES"],
      notRun: [],
      acceptedInVain: [],
    },
    made: {
      podCidrs: ["100.64.0.0/16"],
      podSubnets: ZONES.map((availabilityZone, index) => ({
        availabilityZone,
        subnetId: `subnet-pods-${index}`,
        cidrBlock: blockAt(cidrBlock("100.64.0.0/16").first + index * 16384, 18).cidr,
      })),
      eniConfigs: ZONES,
      cni: { mode: "addOn" },
      workerGroups: ZONES.map((availabilityZone) => ({
        name: "pods",
        nodeGroupName: `pods-${availabilityZone}`,
        availabilityZone,
        replaces: ["general"],
      })),
    },
    settings: [
      { name: "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", before: "false", now: "true" },
      { name: "ENI_CONFIG_LABEL_DEF", before: undefined, now: "topology.kubernetes.io/zone" },
    ],
    types: [
      { instanceType: "m5.large", maxPods: 20, nodes: Math.ceil(nodes / 2) },
      { instanceType: "m5.xlarge", maxPods: 44, nodes: Math.floor(nodes / 2) },
    ],
    timeline,
  };
}
