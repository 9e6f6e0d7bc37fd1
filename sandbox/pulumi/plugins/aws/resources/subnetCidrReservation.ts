import {
  CreateSubnetCidrReservationCommand,
  DeleteSubnetCidrReservationCommand,
  GetSubnetCidrReservationsCommand,
  type SubnetCidrReservation,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../aws";
import { says, unlessGone } from "../awsError";
import { optionalText, text, twoParts, type ResourceKind } from "../resourceKind";
import { cidrProblem } from "./cidrProblem";
import { oneOf } from "./oneOf";

const GONE = ["InvalidSubnetCidrReservationID.NotFound", "InvalidSubnetID.NotFound"];

export const subnetCidrReservation: ResourceKind = {
  type: "aws:ec2/subnetCidrReservation:SubnetCidrReservation",
  schema: {
    cidrBlock: {
      type: "string",
      required: true,
      replaces: true,
      problem: (value) => cidrProblem(value, 16, 32),
    },
    description: { type: "string", replaces: true },
    ownerId: { type: "string", output: true },
    region: { type: "string", computed: true, replaces: true },
    reservationType: {
      type: "string",
      required: true,
      replaces: true,
      problem: (value) => oneOf(["prefix", "explicit"], value),
    },
    subnetId: { type: "string", required: true, replaces: true },
  },
  /** From `subnet-1:scr-1`. */
  imported(id) {
    const [subnetId, reservationId] = twoParts(id, "subnet-id:reservation-id");
    return Promise.resolve({ id: reservationId, known: { subnetId } });
  },
  async create(inputs, aws) {
    const description = optionalText(inputs, "description");
    const command = new CreateSubnetCidrReservationCommand({
      SubnetId: text(inputs, "subnetId"),
      Cidr: text(inputs, "cidrBlock"),
      ReservationType: inputs["reservationType"] === "prefix" ? "prefix" : "explicit",
      ...(description === undefined ? {} : { Description: description }),
    });
    const { SubnetCidrReservation } = await says("creating EC2 Subnet CIDR Reservation", () =>
      aws.ec2.send(command),
    );
    return SubnetCidrReservation?.SubnetCidrReservationId ?? "";
  },
  async read(id, aws, known) {
    const found = await find(id, text(known, "subnetId"), aws);
    if (found === undefined) return undefined;
    return {
      cidrBlock: found.Cidr ?? "",
      description: found.Description ?? "",
      ownerId: found.OwnerId ?? "",
      reservationType: found.ReservationType ?? "",
      subnetId: found.SubnetId ?? "",
    };
  },
  async delete(id, _state, aws) {
    await says(`deleting EC2 Subnet CIDR Reservation (${id})`, () =>
      unlessGone(GONE, () =>
        aws.ec2.send(new DeleteSubnetCidrReservationCommand({ SubnetCidrReservationId: id })),
      ),
    );
  },
};

async function find(id: string, SubnetId: string, aws: Aws): Promise<SubnetCidrReservation | undefined> {
  const answer = await says(`reading EC2 Subnet CIDR Reservation (${id})`, () =>
    unlessGone(GONE, () => aws.ec2.send(new GetSubnetCidrReservationsCommand({ SubnetId }))),
  );
  return answer?.SubnetIpv4CidrReservations?.find(
    ({ SubnetCidrReservationId }) => SubnetCidrReservationId === id,
  );
}
