import { cidrBlock, contains, type CidrBlock } from "../cidrBlock";
import { entriesOf, isAllowed } from "./networkAcls";
import type {
  InterfaceFacts,
  NetworkAclFacts,
  PeerRoutes,
  RouteTableWithRoutes,
  SecurityGroupFacts,
} from "./networkFacts";
import type { PodAttachment } from "./picture";
import { routeTo, seesPods, type SnatSettings } from "./snat";
import { includes, isCovered, type Traffic } from "./traffic";

/** Something between tomorrow's pods and a place. */
export interface Obstacle {
  readonly what: string;
  readonly wayOut: string;
}

/** What is known of the ways out of pods and of nodes. */
export interface Surroundings {
  readonly attachment: PodAttachment;
  readonly vpcBlocks: readonly CidrBlock[];
  readonly snat: SnatSettings;
  /** By which tomorrow's pods leave their subnets. */
  readonly podTables: readonly RouteTableWithRoutes[];
  /** By which nodes leave theirs; so do pods whose address is translated to their node's. */
  readonly nodeTables: readonly RouteTableWithRoutes[];
  readonly nodeSubnetIds: readonly string[];
  /** Pod subnets that are there; those that are to come have the default network ACL. */
  readonly podSubnetIds: readonly string[];
  readonly securityGroups: readonly SecurityGroupFacts[];
  readonly networkAcls: readonly NetworkAclFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  readonly peerRoutes: readonly PeerRoutes[];
}

/** Ports from which Linux sends, and to which answers come (net.ipv4.ip_local_port_range). */
const ANSWERS: Traffic = { protocol: "tcp", from: 32768, to: 60999 };

/** Everything that is in the way of tomorrow's pods to a port of an address, over TCP. */
export function obstaclesTo(address: string, port: number, around: Surroundings): Obstacle[] {
  const way: Way = {
    address: cidrBlock(`${address}/32`),
    traffic: { protocol: "tcp", from: port, to: port },
    keepsAddress: seesPods(cidrBlock(`${address}/32`), around.vpcBlocks, around.snat),
    target: around.interfaces.find(({ addresses }) => addresses.includes(address)),
  };
  const isInside = around.vpcBlocks.some((block) => contains(block, way.address));
  return [
    ...ofOwnGroups(way, around),
    ...ofOwnAcls(way, around),
    ...ofRoutes(way, around),
    ...(isInside ? ofTarget(way, around) : []),
  ];
}

interface Way {
  readonly address: CidrBlock;
  readonly traffic: Traffic;
  /** Whether the place sees the pod's own address, and not its node's. */
  readonly keepsAddress: boolean;
  /** The interface of the VPC that has the address. */
  readonly target: InterfaceFacts | undefined;
}

const host = ({ address, traffic }: Way) => `${address.cidr.replace("/32", "")}:${traffic.from}`;
const ip = ({ address }: Way) => address.cidr.replace("/32", "");

function ofOwnGroups(way: Way, { attachment, securityGroups }: Surroundings): Obstacle[] {
  const own = securityGroups.filter(({ groupId }) => attachment.groupsTomorrow.includes(groupId));
  // Groups of another VPC or account, or none at all, say nothing.
  if (own.length === 0) return [];
  const lets = own
    .flatMap(({ rules }) => rules)
    .some(
      ({ direction, traffic, blocks, groupId }) =>
        direction === "egress" &&
        includes(traffic, way.traffic) &&
        (blocks.some((block) => contains(block, way.address)) ||
          (groupId !== undefined && way.target?.securityGroupIds.includes(groupId) === true)),
    );
  if (lets) return [];
  const names = own.map(({ groupId, name }) => `${groupId} (${name})`).join(", ");
  return [
    {
      what: `Security group: ${names} of tomorrow's pods lets nothing out to ${host(way)}.`,
      wayOut: `Add a rule of egress for ${way.traffic.from}/tcp to ${ip(way)}/32.`,
    },
  ];
}

function ofOwnAcls(way: Way, around: Surroundings): Obstacle[] {
  const { networkAcls, podSubnetIds, nodeSubnetIds } = around;
  const fromSubnets = way.keepsAddress ? podSubnetIds : nodeSubnetIds;
  const acls = networkAcls.filter(
    ({ subnetIds, isDefault }) =>
      subnetIds.some((id) => fromSubnets.includes(id)) ||
      (way.keepsAddress && podSubnetIds.length === 0 && isDefault),
  );
  const whose = way.keepsAddress ? "the pod subnets" : "the node subnets";
  return acls.flatMap((acl) =>
    aclObstacles(acl, [way.address], way.traffic, "out", `${whose} to ${host(way)}`, ip(way)),
  );
}

/** A network ACL keeps no state: what is sent and what is answered must both be let through. */
function aclObstacles(
  { networkAclId, entries }: NetworkAclFacts,
  blocks: readonly CidrBlock[],
  traffic: Traffic,
  way: "in" | "out",
  of: string,
  other: string,
): Obstacle[] {
  const sends = entriesOf(entries, way === "out" ? "egress" : "ingress");
  const answers = entriesOf(entries, way === "out" ? "ingress" : "egress");
  const passes = (asked: typeof sends, wanted: Traffic) =>
    blocks.every((block) => isAllowed(block, wanted, asked));
  const ports = (wanted: Traffic) =>
    wanted.from === wanted.to ? wanted.from : `${wanted.from}-${wanted.to}`;
  return [
    ...(passes(sends, traffic)
      ? []
      : [
          {
            what: `Network ACL: ${networkAclId} does not let ${ports(traffic)}/tcp ${way === "out" ? "out of" : "in to"} ${of}.`,
            wayOut: `Add an entry to ${networkAclId} that allows ${ports(traffic)}/tcp ${way === "out" ? "to" : "from"} ${other}.`,
          },
        ]),
    ...(passes(answers, ANSWERS)
      ? []
      : [
          {
            what: `Network ACL: ${networkAclId} does not let the answers (${ports(ANSWERS)}/tcp) back ${way === "out" ? "in from" : "out to"} ${other}.`,
            wayOut: `Add an entry to ${networkAclId} that allows ${ports(ANSWERS)}/tcp ${way === "out" ? "from" : "to"} ${other}.`,
          },
        ]),
  ];
}

function ofRoutes(way: Way, { podTables, nodeTables, attachment, peerRoutes }: Surroundings): Obstacle[] {
  const whose = way.keepsAddress ? "the pod subnets" : "the node subnets";
  const range = attachment.ranges.map(({ cidr }) => cidr).join(" and ");
  return (way.keepsAddress ? podTables : nodeTables).flatMap(({ routeTableId, routes }): Obstacle[] => {
    const route = routeTo(way.address, routes);
    if (route === undefined || route.isBlackhole) {
      return [
        {
          what: `Route: ${routeTableId} of ${whose} ${route === undefined ? `has none to ${ip(way)}` : `leads ${route.destination.cidr} to ${route.targetId}, which is gone (blackhole)`}.`,
          wayOut: `Add a route for ${ip(way)} to ${routeTableId}.`,
        },
      ];
    }
    if (route.target === "internetGateway" && way.keepsAddress) {
      return [
        {
          what: `SNAT: the CNI leaves the pods' private addresses as they are, and ${routeTableId} leads ${route.destination.cidr} to ${route.targetId}, an internet gateway.`,
          wayOut: `Lead ${routeTableId} to a NAT gateway, or let the CNI translate (AWS_VPC_K8S_CNI_EXTERNALSNAT=false, without ${ip(way)} in AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS).`,
        },
      ];
    }
    const back = peerRoutes.find(({ peeringId }) => peeringId === route.targetId)?.destinations;
    if (route.target !== "peering" || !way.keepsAddress || back === undefined) return [];
    if (attachment.to.every((block) => isCovered(block, back))) return [];
    return [
      {
        what: `Route: the VPC behind ${route.targetId} has none back to ${range}, and the CNI leaves the pods' addresses as they are.`,
        wayOut: `Add a route for ${range} over ${route.targetId} to its route tables.`,
      },
    ];
  });
}

function ofTarget(way: Way, around: Surroundings): Obstacle[] {
  const { target } = way;
  const { attachment, securityGroups, networkAcls } = around;
  if (target === undefined) {
    return [
      {
        what: `Nobody: no network interface of the VPC has ${ip(way)}.`,
        wayOut: "Look whether the name leads to a place that is still there.",
      },
    ];
  }
  const range = attachment.ranges.map(({ cidr }) => cidr).join(" and ");
  const groups = securityGroups.filter(({ groupId }) => target.securityGroupIds.includes(groupId));
  const rules = groups
    .flatMap((group) => group.rules)
    .filter(({ direction, traffic }) => direction === "ingress" && includes(traffic, way.traffic));
  const admitsGroup = rules.some(
    ({ groupId }) => groupId !== undefined && attachment.groupsTomorrow.includes(groupId),
  );
  const blocks = rules.flatMap((rule) => rule.blocks);
  const admits = admitsGroup || attachment.to.every((block) => isCovered(block, blocks));
  const acls = networkAcls.filter(({ subnetIds }) => subnetIds.includes(target.subnetId));
  return [
    ...(admits || groups.length === 0
      ? []
      : [
          {
            what: `Security group: ${groups.map(({ groupId, name }) => `${groupId} (${name})`).join(", ")} of ${target.eniId} (${target.of}) does not admit ${way.traffic.from}/tcp from tomorrow's pods.`,
            wayOut: `Add a rule to ${groups[0]?.groupId ?? ""} that admits ${way.traffic.from}/tcp from ${range}.`,
          },
        ]),
    ...acls.flatMap((acl) =>
      aclObstacles(acl, attachment.to, way.traffic, "in", `${target.subnetId} from tomorrow's pods`, range),
    ),
  ];
}
