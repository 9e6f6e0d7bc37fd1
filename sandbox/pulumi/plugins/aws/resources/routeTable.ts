import {
  CreateRouteCommand,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  type RouteTable,
} from "@aws-sdk/client-ec2";
import { isObject, type Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { text, type ResourceKind } from "../resourceKind";
import { isOwn, routeOf } from "../routes";
import { tagSpecifications, tagsOfList, tagsSchema, tagsState, updateEc2Tags } from "../tags";
import { destinationProblem, routeTargetSchema, targetOf, targetProblems } from "./routeTargets";

const GONE = ["InvalidRouteTableID.NotFound"];
const ipv4 = "routes are for IPv4 ranges here: give cidrBlock";

export const routeTable: ResourceKind = {
  type: "aws:ec2/routeTable:RouteTable",
  schema: {
    arn: { type: "string", output: true },
    ownerId: { type: "string", output: true },
    propagatingVgws: {
      type: { set: "string" },
      computed: true,
      refused: "there are no virtual private gateways here",
    },
    region: { type: "string", computed: true, replaces: true },
    // Left out, the routes are those that Route resources make.
    routes: {
      type: {
        set: {
          object: {
            ...routeTargetSchema,
            cidrBlock: { type: "string", required: true, problem: destinationProblem },
            destinationPrefixListId: { type: "string", refused: ipv4 },
            ipv6CidrBlock: { type: "string", refused: ipv4 },
          },
        },
      },
      computed: true,
    },
    ...tagsSchema,
    vpcId: { type: "string", required: true, replaces: true },
  },
  problems: ({ routes }) =>
    Array.isArray(routes)
      ? routes.flatMap((route, index) => (isObject(route) ? targetProblems(route, `routes[${index}].`) : []))
      : [],
  async create(inputs, aws) {
    const command = new CreateRouteTableCommand({
      VpcId: text(inputs, "vpcId"),
      ...tagSpecifications(inputs, "route-table"),
    });
    const { RouteTable } = await says("creating Route Table", () => aws.ec2.send(command));
    return RouteTable?.RouteTableId ?? "";
  },
  async settle(id, inputs, aws) {
    await bringRoutes(id, [], routesIn(inputs), aws);
  },
  async read(id, aws) {
    const found = await find(id, aws);
    if (found === undefined) return undefined;
    return {
      arn: `arn:aws:ec2:${aws.region}:${found.OwnerId ?? ""}:route-table/${id}`,
      ownerId: found.OwnerId ?? "",
      propagatingVgws: [],
      routes: (found.Routes ?? []).filter(isOwn).map(routeOf),
      vpcId: found.VpcId ?? "",
      ...tagsState(tagsOfList(found.Tags), aws),
    };
  },
  async update(id, state, inputs, aws) {
    await updateEc2Tags(aws, id, state, inputs);
    if (inputs["routes"] !== undefined) await bringRoutes(id, routesIn(state), routesIn(inputs), aws);
    return undefined;
  },
  async delete(id, _state, aws) {
    const found = await find(id, aws);
    for (const { RouteTableAssociationId: AssociationId } of found?.Associations ?? []) {
      await says(`deleting Route Table (${id}) Association`, () =>
        unlessGone(["InvalidAssociationID.NotFound"], () =>
          aws.ec2.send(new DisassociateRouteTableCommand({ AssociationId })),
        ),
      );
    }
    await says(`deleting Route Table (${id})`, () =>
      unlessGone(GONE, () => aws.ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }))),
    );
  },
};

async function find(id: string, aws: Aws): Promise<RouteTable | undefined> {
  const answer = await says(`reading Route Table (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))),
  );
  return answer?.RouteTables?.[0];
}

function routesIn(properties: Properties): Properties[] {
  return Array.isArray(properties["routes"]) ? properties["routes"].filter(isObject) : [];
}

/** A destination has one route: it is led elsewhere, made or removed. */
async function bringRoutes(
  RouteTableId: string,
  was: readonly Properties[],
  is: readonly Properties[],
  aws: Aws,
): Promise<void> {
  for (const route of is) {
    const DestinationCidrBlock = text(route, "cidrBlock");
    const before = was.find(({ cidrBlock }) => cidrBlock === DestinationCidrBlock);
    const target = targetOf(route);
    const asked = { RouteTableId, DestinationCidrBlock, ...target };
    if (before === undefined) {
      await says(
        `creating Route in Route Table (${RouteTableId}) with destination (${DestinationCidrBlock})`,
        () => aws.ec2.send(new CreateRouteCommand(asked)),
      );
    } else if (JSON.stringify(targetOf(before)) !== JSON.stringify(target)) {
      await says(
        `updating Route in Route Table (${RouteTableId}) with destination (${DestinationCidrBlock})`,
        () => aws.ec2.send(new ReplaceRouteCommand(asked)),
      );
    }
  }
  for (const route of was) {
    const DestinationCidrBlock = text(route, "cidrBlock");
    if (is.some(({ cidrBlock }) => cidrBlock === DestinationCidrBlock)) continue;
    await says(
      `deleting Route in Route Table (${RouteTableId}) with destination (${DestinationCidrBlock})`,
      () =>
        unlessGone(["InvalidRoute.NotFound"], () =>
          aws.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock })),
        ),
    );
  }
}
