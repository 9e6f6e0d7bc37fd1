import { randomUUID } from "node:crypto";
import { xmlAnswer } from "../protocol/answers";
import { AwsError } from "../protocol/awsError";
import { isGiven, listOf, membersOf, numberOf, structuresOf, type QueryForm } from "../protocol/queryForm";
import { child, items, parseXml, renderXml, textAt, xmlOf, type XmlValue } from "../protocol/xml";
import { refuseTooManyAddresses } from "./attachments";
import type { Ec2Action } from "./ec2Call";
import { addressesOf } from "./inventory";
import { addressesOfPrefixes, askedPrefixes, choosePrefixes, describePrefixes } from "./prefixes";
import { checkSecurityGroups } from "./securityGroups";
import { checkAddresses, chooseAddresses } from "./subnetAddresses";

/**
 * CreateNetworkInterface, with addresses that the subnet really has: moto draws them by lot, reserved ones included,
 * and never finds a subnet full.
 */
export const createNetworkInterface: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { interfaceCount, ledger, groupsOf, prefixes, trunks } = outside;
    const { form } = call;
    const subnet = await ledger.of(form.get("SubnetId") ?? "");
    await checkSecurityGroups(listOf(form, "SecurityGroupId"), subnet.vpcId, outside);
    await interfaceCount.refuseMore(1);
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
    const taken = new Set([...subnet.taken, first ?? "", ...others]);
    const blocks = choosePrefixes({ ...subnet, taken }, askedPrefixes(form));

    const asked = without(
      form,
      ...["PrivateIpAddress", "PrivateIpAddresses", "SecondaryPrivateIpAddressCount"],
      ...["Ipv4PrefixCount", "Ipv4Prefix"],
    );
    asked.set("PrivateIpAddress", first ?? "");
    for (const [index, address] of [first ?? "", ...others].entries()) {
      asked.set(`PrivateIpAddresses.${index + 1}.Primary`, String(index === 0));
      asked.set(`PrivateIpAddresses.${index + 1}.PrivateIpAddress`, address);
    }
    const answer = await call.forward(asked);
    if (answer.status !== 200) return answer;
    interfaceCount.add(1);
    ledger.take(subnet.subnetId, [first ?? "", ...others, ...addressesOfPrefixes(blocks)], chosen);
    const document = parseXml(answer.body.toString());
    const made = child(document, "networkInterface");
    if (made === undefined) return answer;
    const id = textAt(made, "networkInterfaceId") ?? "";
    groupsOf.set(
      id,
      items(made, "groupSet").flatMap((group) => textAt(group, "groupId") ?? []),
    );
    prefixes.add(id, subnet.subnetId, blocks);
    describePrefixes(made, blocks);
    if (form.get("InterfaceType") === "trunk") trunks.add(id);
    return xmlAnswer(200, renderXml(document));
  });

/** AssignPrivateIpAddresses, within the instance type's limit and the subnet's room. */
export const assignPrivateIpAddresses: Ec2Action = (
  call,
  { inTurn, inventory, ledger, prefixes, lookUpInstanceType },
) =>
  inTurn(async () => {
    const { form } = call;
    const id = form.get("NetworkInterfaceId") ?? "";
    const networkInterface = await inventory.networkInterface(id);
    const subnet = await ledger.of(networkInterface.SubnetId ?? "");
    const given = listOf(form, "PrivateIpAddress");
    const count = numberOf(form, "SecondaryPrivateIpAddressCount") ?? 0;
    const wanted = askedPrefixes(form);
    const more = given.length + count + wanted.named.length + wanted.count;
    const instanceId = networkInterface.Attachment?.InstanceId;
    if (instanceId !== undefined) {
      const { InstanceType: type = "" } = await inventory.instance(instanceId);
      const { ipv4PerEni } = await lookUpInstanceType(type);
      const has = addressesOf(networkInterface).length + prefixes.of(id).length;
      refuseTooManyAddresses(has + more, ipv4PerEni, type);
    }
    checkAddresses(subnet, given);
    const taken = new Set([...subnet.taken, ...given]);
    const chosen = chooseAddresses({ ...subnet, taken }, count);
    const assigned = [...given, ...chosen];
    const blocks = choosePrefixes({ ...subnet, taken: new Set([...taken, ...chosen]) }, wanted);
    if (blocks.length > 0) {
      ledger.take(subnet.subnetId, addressesOfPrefixes(blocks), []);
      prefixes.add(id, subnet.subnetId, blocks);
    }
    if (assigned.length === 0) return assignedAnswer(id, [], blocks);

    const asked = without(
      form,
      ...["SecondaryPrivateIpAddressCount", "PrivateIpAddress", "Ipv4PrefixCount", "Ipv4Prefix"],
    );
    for (const [index, address] of assigned.entries()) asked.set(`PrivateIpAddress.${index + 1}`, address);
    const answer = await call.forward(asked);
    // Moto lists all addresses of the ENI; AWS those of this call.
    if (answer.status !== 200) return answer;
    ledger.take(subnet.subnetId, assigned, chosen);
    return assignedAnswer(id, assigned, blocks);
  });

/** UnassignPrivateIpAddresses, of which the ledgers have to know. */
export const unassignPrivateIpAddresses: Ec2Action = (call, { inTurn, inventory, ledger, prefixes }) =>
  inTurn(async () => {
    const id = call.form.get("NetworkInterfaceId") ?? "";
    const { SubnetId = "" } = await inventory.networkInterface(id);
    const gone = listOf(call.form, "Ipv4Prefix");
    const strange = gone.find((prefix) => !prefixes.of(id).includes(prefix));
    if (strange !== undefined) {
      throw new AwsError("InvalidParameterValue", `Prefix ${strange} is not assigned to interface ${id}`);
    }
    if (gone.length > 0) ledger.giveBack(SubnetId, prefixes.remove(id, gone));
    if (!isGiven(call.form, "PrivateIpAddress")) return unassignedAnswer();
    const answer = await call.forward(without(call.form, "Ipv4Prefix"));
    if (answer.status === 200) ledger.giveBack(SubnetId, listOf(call.form, "PrivateIpAddress"));
    return answer;
  });

/** DeleteNetworkInterface, of one that nobody uses. */
export const deleteNetworkInterface: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { inventory, interfaceCount, ledger, groupsOf, prefixes, trunks } = outside;
    const id = call.form.get("NetworkInterfaceId") ?? "";
    const networkInterface = await inventory.networkInterface(id);
    if (networkInterface.Attachment?.InstanceId !== undefined) {
      throw new AwsError("InvalidParameterValue", `Network interface '${id}' is currently in use.`);
    }
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    interfaceCount.add(-1);
    ledger.giveBack(networkInterface.SubnetId ?? "", [
      ...addressesOf(networkInterface),
      ...prefixes.remove(id),
    ]);
    trunks.delete(id);
    groupsOf.delete(id);
    return answer;
  });

/** ModifyNetworkInterfaceAttribute, of which moto forgets whether the ENI goes with its instance. */
export const modifyNetworkInterfaceAttribute: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { inventory, deletedWithInstance, groupsOf } = outside;
    const id = call.form.get("NetworkInterfaceId") ?? "";
    const groups = listOf(call.form, "SecurityGroupId");
    if (groups.length > 0) {
      const { VpcId = "" } = await inventory.networkInterface(id);
      await checkSecurityGroups(groups, VpcId, outside);
    }
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    if (groups.length > 0) groupsOf.set(id, groups);
    const wanted = membersOf(call.form, "Attachment").get("DeleteOnTermination");
    if (wanted === "true") deletedWithInstance.add(id);
    if (wanted === "false") deletedWithInstance.delete(id);
    return answer;
  });

function without(form: QueryForm, ...names: readonly string[]): Map<string, string> {
  return new Map([...form].filter(([key]) => !names.includes(key.split(".")[0] ?? "")));
}

function assignedAnswer(
  networkInterfaceId: string,
  addresses: readonly string[],
  prefixes: readonly string[],
) {
  return succeeded("AssignPrivateIpAddressesResponse", {
    networkInterfaceId,
    assignedPrivateIpAddressesSet: addresses.map((privateIpAddress) => ({ privateIpAddress })),
    assignedIpv4PrefixSet: prefixes.map((ipv4Prefix) => ({ ipv4Prefix })),
  });
}

function unassignedAnswer() {
  return succeeded("UnassignPrivateIpAddressesResponse", {});
}

function succeeded(name: string, members: Readonly<Record<string, XmlValue>>) {
  return xmlAnswer(200, xmlOf(name, { requestId: randomUUID(), ...members, return: true }, "item"));
}
