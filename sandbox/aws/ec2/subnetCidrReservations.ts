import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import type { AwsResponse } from "../protocol/awsRequest";
import { child, items, parseXml, renderXml, textAt, type XmlElement } from "../protocol/xml";
import type { Ec2Action } from "./ec2Call";
import { readIpv4Block, writeIpv4Block } from "./ipv4";

/** The smallest reservation for prefixes is one prefix. */
const PREFIX_LENGTH = 28;

/** CreateSubnetCidrReservation, with its description, which moto forgets. Addresses are no more chosen of it. */
export const createSubnetCidrReservation: Ec2Action = (
  call,
  { inTurn, inventory, ledger, reservationDescriptions },
) =>
  inTurn(async () => {
    const { form } = call;
    await inventory.subnet(form.get("SubnetId") ?? "");
    const block = readIpv4Block(form.get("Cidr") ?? "");
    if (block === undefined) {
      throw new AwsError("InvalidParameterValue", `The CIDR '${form.get("Cidr") ?? ""}' is invalid.`);
    }
    if (form.get("ReservationType") === "prefix" && block.prefixLength > PREFIX_LENGTH) {
      throw new AwsError(
        "InvalidParameterValue",
        `The CIDR '${writeIpv4Block(block)}' is smaller than a prefix, which is a /${PREFIX_LENGTH}.`,
      );
    }
    const answer = await call.forward(new Map([...form, ["Cidr", writeIpv4Block(block)]]));
    if (answer.status !== 200) return answer;
    ledger.forget();
    const made = child(parseXml(answer.body.toString()), "subnetCidrReservation");
    const description = form.get("Description");
    if (made !== undefined && description !== undefined) {
      reservationDescriptions.set(textAt(made, "subnetCidrReservationId") ?? "", description);
    }
    return described(answer, reservationDescriptions);
  });

/** GetSubnetCidrReservations, with descriptions. */
export const getSubnetCidrReservations: Ec2Action = async (call, { inventory, reservationDescriptions }) => {
  await inventory.subnet(call.form.get("SubnetId") ?? "");
  return described(await call.forward(), reservationDescriptions);
};

/** DeleteSubnetCidrReservation, whose addresses may be chosen again. */
export const deleteSubnetCidrReservation: Ec2Action = (call, { inTurn, ledger, reservationDescriptions }) =>
  inTurn(async () => {
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    ledger.forget();
    reservationDescriptions.delete(call.form.get("SubnetCidrReservationId") ?? "");
    return answer;
  });

function described(answer: AwsResponse, descriptions: ReadonlyMap<string, string>): AwsResponse {
  if (answer.status !== 200) return answer;
  const document = parseXml(answer.body.toString());
  const made = child(document, "subnetCidrReservation");
  for (const one of [
    ...items(document, "subnetIpv4CidrReservationSet"),
    ...(made === undefined ? [] : [made]),
  ]) {
    describe(one, descriptions);
  }
  return xmlAnswer(200, renderXml(document));
}

function describe(reservation: XmlElement, descriptions: ReadonlyMap<string, string>): void {
  const description = descriptions.get(textAt(reservation, "subnetCidrReservationId") ?? "");
  if (description === undefined) return;
  reservation.children = [
    ...reservation.children.filter(({ name }) => name !== "description"),
    { name: "description", attributes: "", text: description, children: [] },
  ];
}
