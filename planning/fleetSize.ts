import { isAwsBlockSize, usableAddressCount } from "./cidrBlock";
import { fleetProblems, subnetPrefixLength, type Fleet } from "./fleet";
import { whatBinds, type Binding } from "./fleetBinding";
import { demandOn, nodesOn } from "./fleetDemand";
import { hosted, nodesOf, toRow, type RowSize } from "./fleetNodes";
import { notesOn } from "./fleetNotes";
import { dealNodes } from "./fleetPlacement";
import { rollingReplacement, zoneLosses, type RollingReplacement, type ZoneLoss } from "./fleetScenarios";
import { lookUpInTable, type InstanceTypeLookup } from "./instanceType";
import { throwIfAny, type Problem } from "./problem";
import { at, sum } from "./sequence";
import { canServe, smallestSubnet, usablePrefixCount, type SubnetDemand } from "./subnetDemand";

/** One subnet of the fleet. */
export interface SubnetSize {
  /** `null` where the subnet was given without one. */
  readonly zone: string | null;
  readonly prefixLength: number;
  /** Addresses that network interfaces can have. */
  readonly available: number;
  readonly nodes: number;
  /** Workload pods of those nodes. */
  readonly pods: number;
  readonly used: number;
  /** Negative when the subnet is too small. */
  readonly remaining: number;
  /** /28 prefixes that the nodes hold, and whole /28 blocks that it has for them. */
  readonly prefixes: { readonly used: number; readonly usable: number };
  readonly fits: boolean;
  /** The smallest subnet that would do, as a prefix length; `null` when even a /16 would not. */
  readonly smallestPrefixLength: number | null;
  /** The same with room for a rolling replacement and for the loss of any other zone. */
  readonly smallestPrefixLengthWithHeadroom: number | null;
}

/** What a fleet takes of its subnets. */
export interface FleetSize {
  readonly totals: {
    /** Workload pods that the nodes can run. */
    readonly pods: number;
    /** Workload pods asked for. */
    readonly podsWanted: number;
    /** Addresses taken of the subnets. */
    readonly used: number;
    /** Addresses left in them; negative when they are too small. */
    readonly remaining: number;
    readonly nodes: number;
    /** Network interfaces, the nodes' primary ones included (quota L-DF5E4CA3, 5,000 per Region at first). */
    readonly networkInterfaces: number;
    /** Units of Network Address Usage of the nodes (quota 64,000 per VPC at first): an address 1, a prefix 1. */
    readonly networkAddressUsage: number;
  };
  readonly subnets: readonly SubnetSize[];
  readonly instances: readonly RowSize[];
  /** Whether all pods run and every subnet serves its nodes, on an ordinary day. */
  readonly fits: boolean;
  readonly binding: Binding;
  /** Pods per node that every row could take more before `binding` stops it; negative when it does already. */
  readonly headroomPodsPerNode: number;
  readonly rollingReplacement: RollingReplacement;
  /** For the loss of each zone; empty with a single one. */
  readonly zoneLoss: readonly ZoneLoss[];
  /** What a person should know besides the numbers. */
  readonly notes: readonly string[];
}

/**
 * Computes what a fleet takes of its subnets.
 *
 * @param lookUp where instance types come from. @default the committed table
 * @throws InvalidInputError naming every instance type that is unknown or can't carry pods, and every subnet that AWS
 *   would not create.
 */
export function sizeFleet(fleet: Fleet, lookUp: InstanceTypeLookup = lookUpInTable): FleetSize {
  const { nodes, problems } = nodesOf(fleet, lookUp);
  throwIfAny([...fleetProblems(fleet), ...subnetSizeProblems(fleet), ...problems]);

  const counts = dealNodes(fleet);
  const rows = nodes.map((node) => toRow(node, hosted(node)));
  const demands = fleet.subnets.map((_, subnet) => demandOn(subnet, rows, counts));

  const rolling = rollingReplacement(fleet, rows, counts);
  const losses = zoneLosses(fleet, rows, counts);
  const subnets = fleet.subnets.map((subnet, index): SubnetSize => {
    const demand = at(demands, index);
    const prefixLength = subnetPrefixLength(subnet);
    const moments = [demands, rolling.demands, ...losses.map((loss) => loss.demands)];
    const available = usableAddressCount(prefixLength);
    return {
      zone: subnet.zone ?? null,
      prefixLength,
      available,
      nodes: nodesOn(index, counts),
      pods: sum(rows, (row, rowIndex) => row.podsHostedPerNode * at(at(counts, rowIndex), index)),
      used: demand.addresses,
      remaining: available - demand.addresses,
      prefixes: { used: demand.prefixes, usable: usablePrefixCount(prefixLength) },
      fits: canServe(prefixLength, demand),
      smallestPrefixLength: smallestSubnet(demand) ?? null,
      smallestPrefixLengthWithHeadroom:
        smallestSubnet(worst(moments.map((moment) => at(moment, index)))) ?? null,
    };
  });

  const { binding, headroomPodsPerNode } = whatBinds(fleet, nodes, counts);
  const used = sum(rows, (row) => row.addressesPerNode * row.count);
  return {
    totals: {
      pods: sum(rows, (row) => row.podsHostedPerNode * row.count),
      podsWanted: sum(rows, (row) => row.podsPerNode * row.count),
      used,
      remaining: sum(subnets, (subnet) => subnet.available) - used,
      nodes: sum(rows, (row) => row.count),
      networkInterfaces: sum(rows, (row) => enisOf(fleet, row) * row.count),
      networkAddressUsage: sum(rows, (row) => networkAddressUsage(fleet, row) * row.count),
    },
    subnets,
    instances: rows,
    fits: subnets.every(({ fits }) => fits) && rows.every((row) => row.podsHostedPerNode === row.podsPerNode),
    binding,
    headroomPodsPerNode,
    rollingReplacement: rolling.scenario,
    zoneLoss: losses.map(({ scenario }) => scenario),
    notes: notesOn(
      fleet,
      nodes,
      subnets.some(({ smallestPrefixLength }) => smallestPrefixLength === null),
    ),
  };
}

function enisOf(fleet: Fleet, row: RowSize): number {
  return row.activeEnis + row.warmEnis + (fleet.customNetworking === true ? 1 : 0);
}

/** Source: VPC user guide, "Network Address Usage": an address or a prefix is 1, each ENI after the first is 1. */
function networkAddressUsage(fleet: Fleet, row: RowSize): number {
  const enis = enisOf(fleet, row);
  const ofPods = row.prefixes > 0 ? row.prefixes : row.activeIps + row.warmIps;
  return enis + (enis - 1) + ofPods;
}

function subnetSizeProblems({ subnets }: Fleet): Problem[] {
  return subnets.flatMap((subnet, index) => {
    const prefixLength = subnetPrefixLength(subnet);
    if (Number.isNaN(prefixLength) || isAwsBlockSize(prefixLength)) return [];
    return [
      {
        path: `subnets[${index}].${subnet.cidr === undefined ? "prefixLength" : "cidr"}`,
        reason: `/${prefixLength} is not a size of a subnet; AWS takes /16 to /28.`,
        fix: "Give 16 to 28, such as 19.",
      },
    ];
  });
}

/** The larger of each, over several moments: a subnet must serve all of them. */
function worst(demands: readonly SubnetDemand[]): SubnetDemand {
  return {
    addresses: Math.max(...demands.map(({ addresses }) => addresses)),
    prefixes: Math.max(...demands.map(({ prefixes }) => prefixes)),
  };
}
