import { crc32 } from "node:zlib";
import {
  CreateRouteCommand,
  DeleteRouteCommand,
  DescribeRouteTablesCommand,
  ReplaceRouteCommand,
  type Route,
} from "@aws-sdk/client-ec2";
import { defined, without } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { text, type ResourceKind } from "../resourceKind";
import { routeOf } from "../routes";
import { destinationProblem, routeTargetSchema, targetOf, targetProblems } from "./routeTargets";

const GONE = ["InvalidRoute.NotFound", "InvalidRouteTableID.NotFound"];
const ipv4 = "routes are for IPv4 ranges here: give destinationCidrBlock";

/** One route of a route table that does not list its routes itself. */
export const route: ResourceKind = {
  type: "aws:ec2/route:Route",
  schema: {
    ...routeTargetSchema,
    destinationCidrBlock: { type: "string", required: true, replaces: true, problem: destinationProblem },
    destinationIpv6CidrBlock: { type: "string", replaces: true, refused: ipv4 },
    destinationPrefixListId: { type: "string", replaces: true, refused: ipv4 },
    instanceId: { type: "string", output: true },
    instanceOwnerId: { type: "string", output: true },
    // A route to an instance's interface tells the interface as well.
    networkInterfaceId: { type: "string", computed: true },
    origin: { type: "string", output: true },
    region: { type: "string", computed: true, replaces: true },
    routeTableId: { type: "string", required: true, replaces: true },
    state: { type: "string", output: true },
  },
  problems: (inputs) => targetProblems(inputs),
  /** From `rtb-1_10.0.0.0/16`. */
  imported(id) {
    const [routeTableId, destination, ...more] = id.split("_");
    if (!routeTableId || !destination || more.length > 0) {
      throw new Error(`unexpected format of ID (${id}), expected ROUTETABLEID_DESTINATION`);
    }
    const known = { routeTableId, destinationCidrBlock: destination };
    return Promise.resolve({ id: idOf(routeTableId, destination), known });
  },
  async create(inputs, aws) {
    const RouteTableId = text(inputs, "routeTableId");
    const DestinationCidrBlock = text(inputs, "destinationCidrBlock");
    const command = new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, ...targetOf(inputs) });
    await says(
      `creating Route in Route Table (${RouteTableId}) with destination (${DestinationCidrBlock})`,
      () => aws.ec2.send(command),
    );
    return idOf(RouteTableId, DestinationCidrBlock);
  },
  async read(_id, aws, known) {
    const routeTableId = text(known, "routeTableId");
    const destination = text(known, "destinationCidrBlock");
    const found = await find(routeTableId, destination, aws);
    if (found === undefined) return undefined;
    return defined({
      ...without(routeOf(found), "cidrBlock", "ipv6CidrBlock"),
      destinationCidrBlock: destination,
      destinationIpv6CidrBlock: "",
      instanceId: found.InstanceId ?? "",
      instanceOwnerId: found.InstanceOwnerId ?? "",
      origin: found.Origin ?? "CreateRoute",
      routeTableId,
      state: found.State ?? "active",
    });
  },
  async update(id, state, inputs, aws) {
    const command = new ReplaceRouteCommand({
      RouteTableId: text(state, "routeTableId"),
      DestinationCidrBlock: text(state, "destinationCidrBlock"),
      ...targetOf(inputs),
    });
    await says(`updating Route (${id})`, () => aws.ec2.send(command));
    return undefined;
  },
  async delete(id, state, aws) {
    const command = new DeleteRouteCommand({
      RouteTableId: text(state, "routeTableId"),
      DestinationCidrBlock: text(state, "destinationCidrBlock"),
    });
    await says(`deleting Route (${id})`, () => unlessGone(GONE, () => aws.ec2.send(command)));
  },
};

/** As Terraform makes it: routes have no ID in EC2. */
function idOf(routeTableId: string, destination: string): string {
  return `r-${routeTableId}${crc32(destination)}`;
}

async function find(routeTableId: string, destination: string, aws: Aws): Promise<Route | undefined> {
  const answer = await says(`reading Route in Route Table (${routeTableId})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] }))),
  );
  return answer?.RouteTables?.[0]?.Routes?.find(
    ({ DestinationCidrBlock }) => DestinationCidrBlock === destination,
  );
}
