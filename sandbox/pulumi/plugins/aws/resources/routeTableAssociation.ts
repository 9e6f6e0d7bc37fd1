import {
  AssociateRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { waitFor } from "../../protocol/waitFor";
import { defined } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { optionalText, text, type ResourceKind } from "../resourceKind";

const TIMEOUT_MS = 5 * 60_000;
const GONE = ["InvalidAssociationID.NotFound"];

export const routeTableAssociation: ResourceKind = {
  type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  schema: {
    gatewayId: { type: "string", replaces: true },
    region: { type: "string", computed: true, replaces: true },
    routeTableId: { type: "string", required: true },
    subnetId: { type: "string", replaces: true },
  },
  // A subnet or gateway has one route table.
  deleteBeforeReplace: true,
  problems: ({ gatewayId, subnetId }) =>
    (gatewayId === undefined) === (subnetId === undefined)
      ? [{ property: "subnetId", reason: "one of subnetId and gatewayId has to be given, and not both" }]
      : [],
  /** From `subnet-1/rtb-1` or `igw-1/rtb-1`. */
  async imported(id, aws) {
    const [target, routeTableId, ...more] = id.split("/");
    if (!target || !routeTableId || more.length > 0) {
      throw new Error(
        `unexpected format for import: ${id}; use subnet ID/route table ID or gateway ID/route table ID`,
      );
    }
    const { RouteTables = [] } = await says(`reading Route Table (${routeTableId})`, () =>
      aws.ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [routeTableId] })),
    );
    const found = RouteTables.flatMap(({ Associations = [] }) => Associations).find(
      ({ SubnetId, GatewayId }) => SubnetId === target || GatewayId === target,
    );
    if (found?.RouteTableAssociationId === undefined) {
      throw new Error(`no association found between route table ${routeTableId} and ${target}`);
    }
    return { id: found.RouteTableAssociationId };
  },
  async create(inputs, aws) {
    const RouteTableId = text(inputs, "routeTableId");
    const SubnetId = optionalText(inputs, "subnetId");
    const GatewayId = optionalText(inputs, "gatewayId");
    const command = new AssociateRouteTableCommand({
      RouteTableId,
      ...(SubnetId === undefined ? {} : { SubnetId }),
      ...(GatewayId === undefined ? {} : { GatewayId }),
    });
    const { AssociationId } = await says(`creating Route Table (${RouteTableId}) Association`, () =>
      aws.ec2.send(command),
    );
    return AssociationId ?? "";
  },
  settle: (id, _inputs, aws) => associated(id, aws, "create"),
  async read(id, aws) {
    const found = await find(id, aws);
    if (found === undefined || found.AssociationState?.State === "disassociated") return undefined;
    return defined({
      gatewayId: found.GatewayId,
      routeTableId: found.RouteTableId,
      subnetId: found.SubnetId,
    });
  },
  async update(id, _state, inputs, aws) {
    const command = new ReplaceRouteTableAssociationCommand({
      AssociationId: id,
      RouteTableId: text(inputs, "routeTableId"),
    });
    const { NewAssociationId } = await says(`updating Route Table Association (${id})`, () =>
      aws.ec2.send(command),
    );
    if (NewAssociationId === undefined) return undefined;
    await associated(NewAssociationId, aws, "update");
    return NewAssociationId;
  },
  async delete(id, _state, aws) {
    await says(`deleting Route Table Association (${id})`, () =>
      unlessGone(GONE, () => aws.ec2.send(new DisassociateRouteTableCommand({ AssociationId: id }))),
    );
    await waitFor(`waiting for Route Table Association (${id}) delete`, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      return found === undefined || found.AssociationState?.State === "disassociated" ? true : undefined;
    });
  },
};

async function associated(id: string, aws: Aws, doing: string): Promise<void> {
  const what = `waiting for Route Table Association (${id}) ${doing}`;
  await waitFor(what, aws.act, TIMEOUT_MS, async () => {
    const found = await find(id, aws);
    const { State, StatusMessage = "" } = found?.AssociationState ?? {};
    if (State === "failed") throw new Error(`${what}: ${StatusMessage}`);
    // Emulators leave the state out.
    return found !== undefined && (State === undefined || State === "associated") ? true : undefined;
  });
}

async function find(id: string, aws: Aws): Promise<RouteTableAssociation | undefined> {
  const Filters = [{ Name: "association.route-table-association-id", Values: [id] }];
  const { RouteTables = [] } = await says(`reading Route Table Association (${id})`, () =>
    aws.ec2.send(new DescribeRouteTablesCommand({ Filters })),
  );
  return RouteTables.flatMap(({ Associations = [] }) => Associations).find(
    ({ RouteTableAssociationId }) => RouteTableAssociationId === id,
  );
}
