import type { CreateRouteCommandInput } from "@aws-sdk/client-ec2";
import type { Failure } from "../../protocol/plugin";
import type { Properties } from "../../protocol/values";
import type { Schema } from "../../schema/property";
import { optionalText } from "../resourceKind";
import { cidrProblem } from "./cidrProblem";

type Target = Pick<
  CreateRouteCommandInput,
  | "EgressOnlyInternetGatewayId"
  | "GatewayId"
  | "NatGatewayId"
  | "NetworkInterfaceId"
  | "TransitGatewayId"
  | "VpcPeeringConnectionId"
>;

/** Where a route can lead, and EC2's name for it. */
const targets: Readonly<Record<string, keyof Target>> = {
  egressOnlyGatewayId: "EgressOnlyInternetGatewayId",
  gatewayId: "GatewayId",
  natGatewayId: "NatGatewayId",
  networkInterfaceId: "NetworkInterfaceId",
  transitGatewayId: "TransitGatewayId",
  vpcPeeringConnectionId: "VpcPeeringConnectionId",
};

const other = "the emulated AWS has no such gateways";

/** The inputs of a route that say where it leads. */
export const routeTargetSchema: Schema = {
  carrierGatewayId: { type: "string", refused: other },
  coreNetworkArn: { type: "string", refused: other },
  localGatewayId: { type: "string", refused: other },
  odbNetworkArn: { type: "string", refused: other },
  vpcEndpointId: { type: "string", refused: other },
  ...Object.fromEntries(Object.keys(targets).map((key) => [key, { type: "string" } as const])),
};

/** What is wrong with an IPv4 range that a route is for. */
export const destinationProblem = (value: Parameters<typeof cidrProblem>[0]) => cidrProblem(value, 0, 32);

/** EC2's form of where a route leads. @throws Error unless there is one target. */
export function targetOf(route: Properties): Target {
  const given = targetKeys(route);
  const [key, ...more] = given;
  if (key === undefined || more.length > 0) {
    throw new Error(`exactly one target of a route has to be given, of ${Object.keys(targets).join(", ")}`);
  }
  return { [targets[key] ?? key]: optionalText(route, key) };
}

/** What is wrong with the targets of a route. */
export function targetProblems(route: Properties, path = ""): Failure[] {
  if (targetKeys(route).length === 1) return [];
  const reason = `exactly one of ${Object.keys(targets).join(", ")} has to be given`;
  return [{ property: `${path}gatewayId`, reason: path === "" ? reason : `${path.slice(0, -1)}: ${reason}` }];
}

function targetKeys(route: Properties): string[] {
  // An unknown value is text as well.
  return Object.keys(targets).filter((key) => optionalText(route, key) !== undefined);
}
