import { randomUUID } from "node:crypto";
import { DescribeNetworkInterfacesCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { isGiven, listOf, membersOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, textAt, xmlOf } from "../protocol/xml";
import type { Ec2Action, Ec2Outside } from "./ec2Call";
import { addressesOf } from "./inventory";
import { checkSecurityGroups } from "./securityGroups";
import { checkAddresses, chooseAddresses } from "./subnetAddresses";

/** The tag that the VPC CNI puts on the ENIs that it makes; it asks EC2 to delete them with their instance. */
const MADE_BY_CNI = "node.k8s.amazonaws.com/instance_id";

/**
 * CreateNetworkInterface, with addresses that the subnet really has: moto draws them by lot, reserved ones included,
 * and never finds a subnet full.
 */
export const createNetworkInterface: Ec2Action = (call, { inTurn, inventory, ledger, groupsOf }) =>
  inTurn(async () => {
    const { form } = call;
    refusePrefixes(form);
    const subnet = await ledger.of(form.get("SubnetId") ?? "");
    await checkSecurityGroups(listOf(form, "SecurityGroupId"), subnet.vpcId, inventory);
    const named = structuresOf(form, "PrivateIpAddresses");
    const primary =
      form.get("PrivateIpAddress") ??
      named.find((one) => one.get("Primary") === "true")?.get("PrivateIpAddress");
    const secondary = named
      .flatMap((one) => one.get("PrivateIpAddress") ?? [])
      .filter((one) => one !== primary);
    const given = [...(primary === undefined ? [] : [primary]), ...secondary];
    checkAddresses(subnet, given);
    const missing = (primary === undefined ? 1 : 0) + (numberOf(form, "SecondaryPrivateIpAddressCount") ?? 0);
    const chosen = chooseAddresses({ ...subnet, taken: new Set([...subnet.taken, ...given]) }, missing);
    const [first, ...others] = primary === undefined ? [...chosen, ...secondary] : [...given, ...chosen];

    const asked = without(form, "PrivateIpAddress", "PrivateIpAddresses", "SecondaryPrivateIpAddressCount");
    asked.set("PrivateIpAddress", first ?? "");
    for (const [index, address] of [first ?? "", ...others].entries()) {
      asked.set(`PrivateIpAddresses.${index + 1}.Primary`, String(index === 0));
      asked.set(`PrivateIpAddresses.${index + 1}.PrivateIpAddress`, address);
    }
    const answer = await call.forward(asked);
    if (answer.status !== 200) return answer;
    ledger.take(subnet.subnetId, [first ?? "", ...others], chosen);
    const made = child(parseXml(answer.body.toString()), "networkInterface");
    const groups = items(made, "groupSet").flatMap((group) => textAt(group, "groupId") ?? []);
    if (made !== undefined) groupsOf.set(textAt(made, "networkInterfaceId") ?? "", groups);
    return answer;
  });

/** AssignPrivateIpAddresses, within the instance type's limit and the subnet's room. */
export const assignPrivateIpAddresses: Ec2Action = (
  call,
  { inTurn, inventory, ledger, lookUpInstanceType },
) =>
  inTurn(async () => {
    const { form } = call;
    refusePrefixes(form);
    const id = form.get("NetworkInterfaceId") ?? "";
    const networkInterface = await inventory.networkInterface(id);
    const subnet = await ledger.of(networkInterface.SubnetId ?? "");
    const given = listOf(form, "PrivateIpAddress");
    const count = numberOf(form, "SecondaryPrivateIpAddressCount") ?? 0;
    const instanceId = networkInterface.Attachment?.InstanceId;
    if (instanceId !== undefined) {
      const { InstanceType: type = "" } = await inventory.instance(instanceId);
      const { ipv4PerEni } = await lookUpInstanceType(type);
      refuseTooManyAddresses(addressesOf(networkInterface).length + given.length + count, ipv4PerEni, type);
    }
    checkAddresses(subnet, given);
    const taken = new Set([...subnet.taken, ...given]);
    const chosen = chooseAddresses({ ...subnet, taken }, count);
    const assigned = [...given, ...chosen];

    const asked = without(form, "SecondaryPrivateIpAddressCount", "PrivateIpAddress");
    for (const [index, address] of assigned.entries()) asked.set(`PrivateIpAddress.${index + 1}`, address);
    const answer = await call.forward(asked);
    // Moto lists all addresses of the ENI; AWS those of this call.
    if (answer.status !== 200) return answer;
    ledger.take(subnet.subnetId, assigned, chosen);
    return assignedAnswer(id, assigned);
  });

/** UnassignPrivateIpAddresses, of which the ledger has to know. */
export const unassignPrivateIpAddresses: Ec2Action = (call, { inTurn, inventory, ledger }) =>
  inTurn(async () => {
    const { SubnetId = "" } = await inventory.networkInterface(call.form.get("NetworkInterfaceId") ?? "");
    const answer = await call.forward();
    if (answer.status === 200) ledger.giveBack(SubnetId, listOf(call.form, "PrivateIpAddress"));
    return answer;
  });

/** AttachNetworkInterface, within the instance type's limits, once per device index, in the instance's zone. */
export const attachNetworkInterface: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { form } = call;
    const { inventory, deletedWithInstance } = outside;
    const networkInterface = await inventory.networkInterface(form.get("NetworkInterfaceId") ?? "");
    const id = networkInterface.NetworkInterfaceId ?? "";
    if (networkInterface.Attachment?.InstanceId !== undefined) {
      throw new AwsError("InvalidNetworkInterface.InUse", `Interface: [${id}] in use`);
    }
    await refuseImpossibleAttachment(networkInterface, form, outside);
    const answer = await call.forward();
    if (answer.status === 200 && networkInterface.TagSet?.some(({ Key }) => Key === MADE_BY_CNI) === true) {
      deletedWithInstance.add(id);
    }
    return answer;
  });

async function refuseImpossibleAttachment(
  networkInterface: NetworkInterface,
  form: QueryForm,
  { inventory, lookUpInstanceType }: Ec2Outside,
): Promise<void> {
  const instanceId = form.get("InstanceId") ?? "";
  const instance = await inventory.instance(instanceId);
  const state = instance.State?.Name ?? "";
  if (state !== "running" && state !== "stopped") {
    throw new AwsError(
      "IncorrectState",
      `Instance '${instanceId}' is not 'running' or 'stopped': '${state}'.`,
    );
  }
  if (instance.Placement?.AvailabilityZone !== networkInterface.AvailabilityZone) {
    throw new AwsError(
      "InvalidParameterCombination",
      "You may not attach a network interface to an instance if they are not in the same availability zone",
    );
  }
  const attached = await inventory.networkInterfacesOf(instanceId);
  const deviceIndex = numberOf(form, "DeviceIndex");
  if (attached.some(({ Attachment }) => Attachment?.DeviceIndex === deviceIndex)) {
    throw new AwsError(
      "InvalidParameterValue",
      `Instance '${instanceId}' already has an interface attached at device index '${String(deviceIndex)}'.`,
    );
  }
  const type = instance.InstanceType ?? "";
  const limits = await lookUpInstanceType(type);
  if (attached.length >= limits.enis) {
    throw new AwsError(
      "AttachmentLimitExceeded",
      `Interface count ${attached.length + 1} exceeds the limit for ${type}`,
    );
  }
  refuseTooManyAddresses(addressesOf(networkInterface).length, limits.ipv4PerEni, type);
}

function refuseTooManyAddresses(count: number, limit: number, instanceType: string): void {
  if (count > limit) {
    throw new AwsError(
      "PrivateIpAddressLimitExceeded",
      `Number of private addresses will exceed limit. (${count} on one interface, ${instanceType} allows ${limit})`,
    );
  }
}

/** DetachNetworkInterface; the primary ENI stays with its instance. */
export const detachNetworkInterface: Ec2Action = (call, { inTurn, ec2, deletedWithInstance }) =>
  inTurn(async () => {
    const filter = { Name: "attachment.attachment-id", Values: [call.form.get("AttachmentId") ?? ""] };
    const { NetworkInterfaces: [found] = [] } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [filter] }),
    );
    if (found?.Attachment?.DeviceIndex === 0) {
      throw new AwsError(
        "OperationNotPermitted",
        "The network interface at device index 0 cannot be detached.",
      );
    }
    const answer = await call.forward();
    if (answer.status === 200) deletedWithInstance.delete(found?.NetworkInterfaceId ?? "");
    return answer;
  });

/** DeleteNetworkInterface, of one that nobody uses. */
export const deleteNetworkInterface: Ec2Action = (call, { inTurn, inventory, ledger, groupsOf }) =>
  inTurn(async () => {
    const id = call.form.get("NetworkInterfaceId") ?? "";
    const networkInterface = await inventory.networkInterface(id);
    if (networkInterface.Attachment?.InstanceId !== undefined) {
      throw new AwsError("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
    }
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    ledger.giveBack(networkInterface.SubnetId ?? "", addressesOf(networkInterface));
    groupsOf.delete(id);
    return answer;
  });

/** ModifyNetworkInterfaceAttribute, of which moto forgets whether the ENI goes with its instance. */
export const modifyNetworkInterfaceAttribute: Ec2Action = (
  call,
  { inTurn, inventory, deletedWithInstance, groupsOf },
) =>
  inTurn(async () => {
    const id = call.form.get("NetworkInterfaceId") ?? "";
    const groups = listOf(call.form, "SecurityGroupId");
    if (groups.length > 0) {
      const { VpcId = "" } = await inventory.networkInterface(id);
      await checkSecurityGroups(groups, VpcId, inventory);
    }
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    if (groups.length > 0) groupsOf.set(id, groups);
    const wanted = membersOf(call.form, "Attachment").get("DeleteOnTermination");
    if (wanted === "true") deletedWithInstance.add(id);
    if (wanted === "false") deletedWithInstance.delete(id);
    return answer;
  });

function refusePrefixes(form: QueryForm): void {
  if (isGiven(form, "Ipv4PrefixCount") || isGiven(form, "Ipv4Prefix")) {
    throw new AwsError(
      "UnsupportedOperation",
      "Prefixes on network interfaces are not part of this sandbox.",
    );
  }
}

function without(form: QueryForm, ...names: readonly string[]): Map<string, string> {
  return new Map([...form].filter(([key]) => !names.includes(key.split(".")[0] ?? "")));
}

function assignedAnswer(networkInterfaceId: string, addresses: readonly string[]) {
  const document = xmlOf(
    "AssignPrivateIpAddressesResponse",
    {
      requestId: randomUUID(),
      networkInterfaceId,
      assignedPrivateIpAddressesSet: addresses.map((privateIpAddress) => ({ privateIpAddress })),
      return: true,
    },
    "item",
  );
  return xmlAnswer(200, document);
}
