import { DescribeNetworkInterfacesCommand, type NetworkInterface } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { numberOf, type QueryForm } from "../protocol/queryForm";
import type { Ec2Action, Ec2Outside } from "./ec2Call";
import { addressesOf } from "./inventory";

/** The tag that the VPC CNI puts on the ENIs that it makes; it asks EC2 to delete them with their instance. */
export const MADE_BY_CNI = "node.k8s.amazonaws.com/instance_id";

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
  { inventory, lookUpInstanceType, prefixes }: Ec2Outside,
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
  const blocks = prefixes.of(networkInterface.NetworkInterfaceId ?? "").length;
  refuseTooManyAddresses(addressesOf(networkInterface).length + blocks, limits.ipv4PerEni, type);
}

/** @throws AwsError PrivateIpAddressLimitExceeded where an ENI would have more addresses and prefixes than its type allows. */
export function refuseTooManyAddresses(count: number, limit: number, instanceType: string): void {
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
