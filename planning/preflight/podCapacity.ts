import { sizeFleet } from "../fleetSize";
import type { SubnetFacts } from "../podNetwork/clusterFacts";
import type { PlannedPodSubnet } from "../podNetwork/podRoutes";
import type { ClusterNode, ClusterPod } from "../rotation/observation";
import { check, type Found } from "./check";
import { counted } from "../amounts";
import type { CniPlan } from "./picture";
import { podFleet } from "./podFleet";
import { attemptPlan } from "./podNetworkPlan";

/** Pod subnets that are too small for the pods of today: planned ones, and those of ENIConfigs that are there. */
export const podCapacity = check(
  {
    id: "POD-CAPACITY",
    level: "stop",
    about: "the pod subnets have room for today's pods and for the nodes that come",
    looksAt: ["facts", "wanted", "cluster", "cni", "eniConfigs"],
  },
  ({ facts, wanted, cluster, cni, eniConfigs }) => [
    ...tooSmall(attemptPlan(facts, wanted).plan?.podSubnets ?? [], cluster, cni),
    ...eniConfigs.flatMap(({ name, subnetId }) => {
      const subnet = facts.subnets.find((one) => one.subnetId === subnetId);
      return subnet === undefined ? [] : almostFull(name, subnet, cluster.nodes);
    }),
  ],
);

function tooSmall(
  podSubnets: readonly PlannedPodSubnet[],
  cluster: { readonly nodes: readonly ClusterNode[]; readonly pods: readonly ClusterPod[] },
  cni: CniPlan,
): Found[] {
  const fleet = podFleet(podSubnets, cluster, cni);
  if (fleet === undefined) return [];
  const { subnets, rollingReplacement } = sizeFleet(fleet.fleet, (name) => fleet.types.get(name));
  return subnets.flatMap((subnet, index): Found[] => {
    const moment = rollingReplacement.subnets[index];
    const used = Math.max(subnet.used, moment?.used ?? 0);
    const hasPrefixes = subnet.prefixes.used <= subnet.prefixes.usable;
    if (used <= subnet.available && hasPrefixes) return [];
    const { zone, pods, nodes, smallestPrefixLengthWithHeadroom: enough } = subnet;
    return [
      {
        title: `the pod subnet of ${zone ?? "all zones"}, a /${subnet.prefixLength}, is too small for today's pods`,
        evidence: [
          `${counted(pods, "pod")} on ${counted(nodes, "node")} and one more node take ${used} of its ${subnet.available} addresses${hasPrefixes ? "" : `, and ${subnet.prefixes.used} of its ${subnet.prefixes.usable} prefixes`}, warm ones included.`,
        ],
        wayOut:
          enough === null
            ? "Let nodes keep fewer warm addresses (WARM_IP_TARGET), or give the zone's nodes named groups with subnets of their own."
            : `Take /${enough} or larger (subnetPrefixLength), and blocks with room for it.`,
      },
    ];
  });
}

/** An ENI that pods are to have addresses of takes as many at once as its type carries. */
function almostFull(
  eniConfig: string,
  { subnetId, cidrBlock, availabilityZone, freeAddresses }: SubnetFacts,
  nodes: readonly ClusterNode[],
): Found[] {
  const here = nodes.filter((node) => node.availabilityZone === availabilityZone);
  const perEni = Math.max(2, ...here.map(({ instanceType }) => instanceType?.ipv4PerEni ?? 0));
  if (freeAddresses >= perEni) return [];
  return [
    {
      title: `the subnet of ENIConfig ${eniConfig}, ${subnetId} (${cidrBlock}), has ${freeAddresses} free ${freeAddresses === 1 ? "address" : "addresses"}`,
      evidence: [
        `The next ENI of a node in ${availabilityZone} asks for ${perEni}; EC2 refuses it (InsufficientFreeAddressesInSubnet), and pods beyond those that have an address stay in ContainerCreating.`,
      ],
      wayOut: `Make a larger subnet in ${availabilityZone} and name it in the ENIConfig, then replace the zone's nodes: an ENI stays in its subnet.`,
    },
  ];
}
