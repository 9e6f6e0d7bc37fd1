import {
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import type { AwsResponse } from "../protocol/awsRequest";
import { AwsError } from "../protocol/awsError";
import { listOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt, type XmlElement } from "../protocol/xml";
import type { Ec2Action, Ec2Call, Ec2Outside } from "./ec2Call";
import { MADE_BY_CNI } from "./attachments";
import { refuseWithoutCapacity } from "./instanceCapacity";
import { addressesOf } from "./inventory";
import { correctNetworkInterface } from "./networkInterfaceDescription";
import { checkAddresses, chooseAddresses } from "./subnetAddresses";

/**
 * RunInstances, with a primary address that the subnet really has, on an ENI that goes with its instance.
 *
 * All or none, as EC2 does it with MinCount equal to MaxCount.
 */
export const runInstances: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { interfaceCount, inventory, ledger } = outside;
    const { form } = call;
    const primary = primaryInterface(form)?.members;
    refuseLastingPrimaryInterface(primary);
    const subnetId = form.get("SubnetId") ?? primary?.get("SubnetId") ?? (await inventory.defaultSubnetId());
    if (subnetId === undefined) return call.forward();
    const subnet = await ledger.of(subnetId);
    const count = numberOf(form, "MaxCount") ?? 1;
    const given = form.get("PrivateIpAddress") ?? primary?.get("PrivateIpAddress");
    if (given !== undefined && count > 1) {
      throw new AwsError(
        "InvalidParameterCombination",
        "A private IP address can only be specified when launching a single instance.",
      );
    }
    await refuseWithoutCapacity(call, subnet.availabilityZone, outside);
    await interfaceCount.refuseMore(count);
    if (given !== undefined) checkAddresses(subnet, [given]);
    const addresses = given === undefined ? chooseAddresses(subnet, count) : [given];
    const answer = await launchOneByOne(call, subnetId, addresses);
    if (answer.status === 200) {
      ledger.take(subnetId, addresses, given === undefined ? addresses : []);
      interfaceCount.add(addresses.length);
    } else {
      ledger.forget();
    }
    return answer;
  });

/** Moto can't part an instance from its primary ENI. */
function refuseLastingPrimaryInterface(primary: QueryForm | undefined): void {
  if (primary?.has("NetworkInterfaceId") === true || primary?.get("DeleteOnTermination") === "false") {
    throw new AwsError(
      "UnsupportedOperation",
      "A primary network interface that outlives its instance is not part of this sandbox.",
    );
  }
}

/** Moto takes one address per call. */
async function launchOneByOne(
  call: Ec2Call,
  subnetId: string,
  addresses: readonly string[],
): Promise<AwsResponse> {
  let reservation: XmlElement | undefined;
  for (const address of addresses) {
    const answer = await call.forward(withPrimaryAddress(call.form, subnetId, address));
    if (answer.status !== 200) return answer;
    const launched = parseXml(answer.body.toString());
    if (reservation === undefined) reservation = launched;
    else child(reservation, "instancesSet")?.children.push(...items(launched, "instancesSet"));
  }
  if (reservation === undefined) throw new AwsError("InvalidParameterValue", "MaxCount must be at least 1");
  return xmlAnswer(200, renderXml(reservation));
}

function withPrimaryAddress(form: QueryForm, subnetId: string, address: string): Map<string, string> {
  const asked = new Map(form);
  for (const name of ["SubnetId", "PrivateIpAddress"]) asked.delete(name);
  const at = `NetworkInterface.${primaryInterface(form)?.number ?? 1}`;
  asked.set(`${at}.DeviceIndex`, "0");
  asked.set(`${at}.SubnetId`, subnetId);
  asked.set(`${at}.PrivateIpAddress`, address);
  // EC2's default for the primary ENI. Moto's differs, and then the address never returns.
  if (!asked.has(`${at}.DeleteOnTermination`)) asked.set(`${at}.DeleteOnTermination`, "true");
  asked.set("MinCount", "1");
  asked.set("MaxCount", "1");
  return asked;
}

function primaryInterface(form: QueryForm) {
  const found = structuresOf(form, "NetworkInterface").findIndex((one) => numberOf(one, "DeviceIndex") === 0);
  const members = structuresOf(form, "NetworkInterface")[found];
  return members === undefined ? undefined : { number: found + 1, members };
}

/** TerminateInstances: the instances give up their ENIs, which moto leaves behind in use. */
export const terminateInstances: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const attached = new Map<string, NetworkInterface[]>();
    for (const id of listOf(call.form, "InstanceId")) {
      attached.set(id, await outside.inventory.networkInterfacesOf(id));
    }
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    const leaks = outside.faults.strike(["leak-eni"], call) !== undefined;
    for (const networkInterfaces of attached.values()) await giveUp(networkInterfaces, leaks, outside);
    return answer;
  });

/**
 * Deletes the ENIs that go with their instance, and frees the others.
 *
 * @param leaks whether those of the CNI stay, as they do when an instance dies before they were marked.
 */
async function giveUp(
  networkInterfaces: readonly NetworkInterface[],
  leaks: boolean,
  outside: Ec2Outside,
): Promise<void> {
  const { ec2, interfaceCount, ledger, deletedWithInstance, groupsOf, prefixes, trunks } = outside;
  for (const networkInterface of networkInterfaces) {
    const { NetworkInterfaceId = "", Attachment, SubnetId = "", TagSet = [] } = networkInterface;
    const isMarked = deletedWithInstance.delete(NetworkInterfaceId);
    const goes = Attachment?.DeleteOnTermination === true || isMarked;
    if (!goes || (leaks && TagSet.some(({ Key }) => Key === MADE_BY_CNI))) {
      await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: Attachment?.AttachmentId ?? "" }));
      continue;
    }
    // Moto takes the primary one away by itself.
    if (Attachment?.DeviceIndex !== 0) {
      await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
    }
    interfaceCount.add(-1);
    ledger.giveBack(SubnetId, [...addressesOf(networkInterface), ...prefixes.remove(NetworkInterfaceId)]);
    trunks.delete(NetworkInterfaceId);
    groupsOf.delete(NetworkInterfaceId);
  }
}

/** What an instance no longer has once it is terminated. */
const GONE_WITH_TERMINATION = new Set([
  ...["networkInterfaceSet", "privateIpAddress", "ipAddress", "subnetId", "vpcId", "groupSet"],
]);

/** DescribeInstances, in which terminated instances have no network any more, and the others' ENIs are as they are. */
export const describeInstances: Ec2Action = async (call, outside) => {
  const answer = await call.forward();
  if (answer.status !== 200) return answer;
  const described = parseXml(answer.body.toString());
  for (const reservation of items(described, "reservationSet")) {
    for (const instance of items(reservation, "instancesSet")) {
      for (const one of items(instance, "networkInterfaceSet")) correctNetworkInterface(one, outside);
      if (textAt(instance, "instanceState", "name") !== "terminated") continue;
      instance.children = instance.children.filter(({ name }) => !GONE_WITH_TERMINATION.has(name));
      for (const one of instance.children) if (one.name === "privateDnsName") one.text = "";
    }
  }
  return xmlAnswer(200, renderXml(described));
};
