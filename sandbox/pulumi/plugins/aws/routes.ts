import type { Route } from "@aws-sdk/client-ec2";
import type { Properties } from "../protocol/values";

/** The local route is not told, nor those that a gateway endpoint or propagation made. */
export function isOwn(route: Route): boolean {
  return (
    route.GatewayId !== "local" &&
    route.GatewayId?.startsWith("vpce-") !== true &&
    route.Origin !== "EnableVgwRoutePropagation"
  );
}

/** A route as route tables tell it. */
export function routeOf(route: Route): Properties {
  return {
    carrierGatewayId: route.CarrierGatewayId ?? "",
    cidrBlock: route.DestinationCidrBlock ?? "",
    coreNetworkArn: route.CoreNetworkArn ?? "",
    destinationPrefixListId: route.DestinationPrefixListId ?? "",
    egressOnlyGatewayId: route.EgressOnlyInternetGatewayId ?? "",
    gatewayId: route.GatewayId ?? "",
    ipv6CidrBlock: route.DestinationIpv6CidrBlock ?? "",
    localGatewayId: route.LocalGatewayId ?? "",
    natGatewayId: route.NatGatewayId ?? "",
    networkInterfaceId: route.NetworkInterfaceId ?? "",
    odbNetworkArn: route.OdbNetworkArn ?? "",
    transitGatewayId: route.TransitGatewayId ?? "",
    vpcEndpointId: "",
    vpcPeeringConnectionId: route.VpcPeeringConnectionId ?? "",
  };
}
