import {
  AssociateVpcCidrBlockCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
} from "@aws-sdk/client-ec2";
import { waitFor } from "../../protocol/waitFor";
import type { Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { text, type ResourceKind } from "../resourceKind";
import { cidrProblem } from "./cidrProblem";

const TIMEOUT_MS = 10 * 60_000;
const ipam = "there is no IPAM in the emulated AWS; give cidrBlock";

export const vpcIpv4CidrBlockAssociation: ResourceKind = {
  type: "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
  schema: {
    cidrBlock: {
      type: "string",
      computed: true,
      replaces: true,
      problem: (value) => cidrProblem(value, 16, 28),
    },
    ipv4IpamPoolId: { type: "string", replaces: true, refused: ipam },
    ipv4NetmaskLength: { type: "number", replaces: true, refused: ipam },
    region: { type: "string", computed: true, replaces: true },
    vpcId: { type: "string", required: true, replaces: true },
  },
  problems: ({ cidrBlock }) =>
    cidrBlock === undefined ? [{ property: "cidrBlock", reason: `cidrBlock is missing: ${ipam}` }] : [],
  async create(inputs, aws) {
    const VpcId = text(inputs, "vpcId");
    return says(`creating EC2 VPC (${VpcId}) IPv4 CIDR Block Association`, async () => {
      const command = new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: text(inputs, "cidrBlock") });
      const { CidrBlockAssociation } = await aws.ec2.send(command);
      return CidrBlockAssociation?.AssociationId ?? "";
    });
  },
  async settle(id, inputs, aws) {
    const what = `waiting for EC2 VPC (${text(inputs, "vpcId")}) IPv4 CIDR block (${id}) to become associated`;
    await waitFor(what, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.state === "failing" || found?.state === "failed")
        throw new Error(`${what}: ${found.message}`);
      return found?.state === "associated" ? true : undefined;
    });
  },
  async read(id, aws) {
    const found = await find(id, aws);
    return isThere(found) ? found.properties : undefined;
  },
  async delete(id, _state, aws) {
    // One that was taken away is still told for a while, and can't be taken away again.
    if (!isThere(await find(id, aws))) return;
    await says(`deleting EC2 VPC IPv4 CIDR Block Association (${id})`, () =>
      unlessGone(
        ["InvalidVpcCidrBlockAssociationID.NotFound", "InvalidVpcCidrBlockAssociationIdError.NotFound"],
        () => aws.ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: id })),
      ),
    );
    const what = `waiting for EC2 VPC IPv4 CIDR block (${id}) to become disassociated`;
    await waitFor(what, aws.act, TIMEOUT_MS, async () => {
      const found = await find(id, aws);
      if (found?.state === "failing" || found?.state === "failed")
        throw new Error(`${what}: ${found.message}`);
      return isThere(found) ? undefined : true;
    });
  },
};

interface Found {
  readonly state: string | undefined;
  readonly message: string;
  readonly properties: Properties;
}

function isThere(found: Found | undefined): found is Found {
  return found !== undefined && found.state !== "disassociated";
}

/** An association has no call of its own: it is looked for in its VPC. */
async function find(id: string, aws: Aws): Promise<Found | undefined> {
  const Filters = [{ Name: "cidr-block-association.association-id", Values: [id] }];
  const { Vpcs = [] } = await says(`reading EC2 VPC IPv4 CIDR Block Association (${id})`, () =>
    aws.ec2.send(new DescribeVpcsCommand({ Filters })),
  );
  for (const vpc of Vpcs) {
    const association = vpc.CidrBlockAssociationSet?.find(({ AssociationId }) => AssociationId === id);
    if (association === undefined) continue;
    return {
      state: association.CidrBlockState?.State,
      message: association.CidrBlockState?.StatusMessage ?? "",
      properties: { cidrBlock: association.CidrBlock ?? "", vpcId: vpc.VpcId ?? "" },
    };
  }
  return undefined;
}
