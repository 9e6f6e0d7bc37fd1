import { DescribeVpcsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { listOf } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt, type XmlElement } from "../protocol/xml";
import type { Ec2Action } from "./ec2Call";
import { filtersOf, matchesPattern } from "./ownFilters";

const sides = { requester: "requesterVpcInfo", accepter: "accepterVpcInfo" } as const;

/** What each filter compares; moto has none of them. */
const readers: Readonly<Record<string, (peering: XmlElement) => readonly string[]>> = {
  "status-code": (peering) => textOf(peering, "status", "code"),
  "status-message": (peering) => textOf(peering, "status", "message"),
  "vpc-peering-connection-id": (peering) => textOf(peering, "vpcPeeringConnectionId"),
  "tag-key": (peering) => items(peering, "tagSet").flatMap((tag) => textOf(tag, "key")),
  ...Object.fromEntries(
    Object.entries(sides).flatMap(([side, element]) => [
      [`${side}-vpc-info.cidr-block`, (one: XmlElement) => textOf(one, element, "cidrBlock")],
      [`${side}-vpc-info.owner-id`, (one: XmlElement) => textOf(one, element, "ownerId")],
      [`${side}-vpc-info.vpc-id`, (one: XmlElement) => textOf(one, element, "vpcId")],
    ]),
  ),
};

/** DescribeVpcPeeringConnections, with filters, every range of both VPCs, and an error for one that isn't there. */
export const describeVpcPeeringConnections: Ec2Action = async (call, { ec2 }) => {
  const filters = filtersOf(call.form);
  const unknown = filters.find(({ name }) => !Object.hasOwn(readers, name) && !name.startsWith("tag:"));
  if (unknown !== undefined) {
    throw new AwsError("InvalidParameterValue", `The filter '${unknown.name}' is invalid`);
  }
  const answer = await call.forward();
  if (answer.status !== 200) return answer;
  const described = parseXml(answer.body.toString());
  const list = child(described, "vpcPeeringConnectionSet");
  const known = (list?.children ?? []).flatMap((one) => textOf(one, "vpcPeeringConnectionId"));
  const missing = listOf(call.form, "VpcPeeringConnectionId").find((id) => !known.includes(id));
  if (missing !== undefined) {
    throw new AwsError(
      "InvalidVpcPeeringConnectionID.NotFound",
      `The vpcPeeringConnection ID '${missing}' does not exist`,
    );
  }
  if (list === undefined) return answer;
  list.children = list.children.filter((peering) =>
    filters.every(({ name, values }) =>
      valuesOf(peering, name).some((value) => values.some((pattern) => matchesPattern(pattern, value))),
    ),
  );
  for (const peering of list.children) {
    for (const element of Object.values(sides)) await tellBlocks(child(peering, element), ec2);
  }
  return xmlAnswer(200, renderXml(described));
};

function valuesOf(peering: XmlElement, filter: string): readonly string[] {
  if (!filter.startsWith("tag:")) return readers[filter]?.(peering) ?? [];
  const tag = items(peering, "tagSet").find((one) => textAt(one, "key") === filter.slice("tag:".length));
  return tag === undefined ? [] : textOf(tag, "value");
}

/** Moto tells the first range of a VPC only. */
async function tellBlocks(side: XmlElement | undefined, ec2: EC2Client): Promise<void> {
  if (side === undefined) return;
  const filter = { Name: "vpc-id", Values: [textAt(side, "vpcId") ?? ""] };
  const { Vpcs: [vpc] = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [filter] }));
  const blocks = (vpc?.CidrBlockAssociationSet ?? []).flatMap(({ CidrBlock, CidrBlockState }) =>
    CidrBlockState?.State === "associated" ? (CidrBlock ?? []) : [],
  );
  side.children = [
    ...side.children.filter(({ name }) => name !== "cidrBlockSet"),
    element(
      "cidrBlockSet",
      blocks.map((block) => element("item", [{ ...element("cidrBlock", []), text: block }])),
    ),
  ];
}

function element(name: string, children: XmlElement[]): XmlElement {
  return { name, attributes: "", text: "", children };
}

function textOf(at: XmlElement, ...path: readonly string[]): string[] {
  return [textAt(at, ...path) ?? []].flat();
}
