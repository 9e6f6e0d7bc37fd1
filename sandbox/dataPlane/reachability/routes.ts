import { readIpv4Block } from "../../aws/ec2/ipv4";
import { isIn, isOnTheInternet } from "./blocks";
import type { NetworkView, RouteView, SubnetView } from "./network";
import type { Peer } from "./securityGroups";

/** From a subnet to an address. */
export interface Journey {
  readonly from: SubnetView;
  readonly source: Peer;
  readonly target: string;
}

/**
 * Whether route tables lead from a subnet to an address, and back where the other end is in a VPC of this AWS: over NAT
 * gateways, peerings and transit gateways.
 *
 * What lies behind a transit gateway or a virtual private gateway and is no VPC of this AWS routes the VPC's first block
 * back and nothing else: blocks that were added later have to be made known to it, and nothing here says that they were.
 *
 * @returns nothing when they do, else who refuses.
 */
export function refusalByRoutes(journey: Journey, network: NetworkView): string | undefined {
  const { from, source, target } = journey;
  const route = routeTo(from, target);
  if (route === undefined)
    return `route table ${from.routeTableId} of ${from.subnetId}: no route to ${target}`;
  const leads = `route table ${from.routeTableId} of ${from.subnetId}: ${route.destination} leads to ${route.target}`;
  if (route.isBlackhole) return `${leads}, a blackhole`;
  const [kind] = route.target.split("-");
  switch (kind) {
    case "local":
      return undefined;
    case "igw":
      return refusalByInternet(journey, leads);
    case "nat":
      return refusalByNatGateway(journey, route.target, leads, network);
    case "pcx":
    case "tgw":
    case "vgw":
      return refusalBeyond(journey, route.target, leads, network);
    default:
      return `${leads}, through which the sandbox does not follow ${source.address}`;
  }
}

/** The route with the longest prefix. */
function routeTo({ routes }: SubnetView, address: string): RouteView | undefined {
  const length = ({ destination }: RouteView) => readIpv4Block(destination)?.prefixLength ?? 0;
  return routes
    .filter(({ destination }) => isIn(address, [destination]))
    .reduce<RouteView | undefined>(
      (best, route) => (best === undefined || length(route) > length(best) ? route : best),
      undefined,
    );
}

function refusalByInternet({ source, target }: Journey, leads: string): string | undefined {
  if (!isOnTheInternet(target)) return `${leads}, and the internet does not lead to ${target}`;
  if (source.networkInterface?.hasPublicAddress !== true)
    return `${leads}, and ${source.address} has no public address`;
  return undefined;
}

/** From then on it is the gateway that asks, with its own address and the table of its own subnet. */
function refusalByNatGateway(
  { target }: Journey,
  id: string,
  leads: string,
  network: NetworkView,
): string | undefined {
  const gateway = network.natGateways.get(id);
  const from = network.subnets.get(gateway?.subnetId ?? "");
  if (gateway === undefined || from === undefined) return `${leads}, which is not there`;
  // A NAT gateway's route through itself would go in circles.
  if (routeTo(from, target)?.target === id) return `${leads}, which is in a subnet that leads back to it`;
  const networkInterface = network.interfaces.get(gateway.address);
  const asGateway = networkInterface && { ...networkInterface, hasPublicAddress: true };
  const source = { address: gateway.address, networkInterface: asGateway };
  return refusalByRoutes({ from, source, target }, network);
}

/** Over a peering, or a gateway that connects VPCs and other networks. */
function refusalBeyond(
  { from, source, target }: Journey,
  id: string,
  leads: string,
  network: NetworkView,
): string | undefined {
  const isPeering = id.startsWith("pcx-");
  const reached = isPeering ? network.peerings.get(id) : [...network.vpcs.keys()];
  if (reached === undefined) return `${leads}, which is not active`;
  const isThere = reached.some(
    (vpcId) => vpcId !== from.vpcId && isIn(target, network.vpcs.get(vpcId)?.blocks ?? []),
  );
  if (!isThere) {
    if (isPeering) return `${leads}, and ${target} is in no range of the VPC there`;
    const [first = "", ...added] = network.vpcs.get(from.vpcId)?.blocks ?? [];
    if (isIn(source.address, [first]) || !isIn(source.address, added)) return undefined;
    return `${leads}, and the network there routes ${first} back, but not ${source.address}`;
  }
  const back = network.subnets.get(network.interfaces.get(target)?.subnetId ?? "");
  if (back === undefined) return undefined;
  const answer = routeTo(back, source.address);
  if (answer?.target === id && !answer.isBlackhole) return undefined;
  return `route table ${back.routeTableId} of ${back.subnetId}: no route back to ${source.address} over ${id}`;
}
