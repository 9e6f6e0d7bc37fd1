import {
  DeleteNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DisassociateAddressCommand,
  type EC2Client,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import { listOf } from "../protocol/queryForm";
import type { Ec2Action } from "./ec2Call";
import { refuseMoreNatGateways } from "./quotaChecks";

/** CreateNatGateway, which moto makes without an address where a public one needs it. */
export const createNatGateway: Ec2Action = (call, outside) =>
  outside.inTurn(async () => {
    const { ec2, inventory, interfaceCount, ledger, quotas } = outside;
    const { form } = call;
    const { availabilityZone } = await inventory.subnet(form.get("SubnetId") ?? "");
    const allocationId = form.get("AllocationId");
    const isPrivate = form.get("ConnectivityType") === "private";
    if (isPrivate && allocationId !== undefined) {
      throw new AwsError(
        "InvalidParameterCombination",
        "AllocationId can't be specified for a private NAT gateway.",
      );
    }
    if (!isPrivate) {
      if (allocationId === undefined) {
        throw new AwsError(
          "MissingParameter",
          "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
        );
      }
      await refuseAddressInUse(allocationId, "Resource.AlreadyAssociated", ec2);
    }
    await refuseMoreNatGateways(ec2, availabilityZone, quotas);
    const answer = await call.forward();
    ledger.forget();
    if (answer.status === 200) interfaceCount.add(1);
    return answer;
  });

/** DescribeNatGateways, with an error for one that isn't there. */
export const describeNatGateways: Ec2Action = async (call, { ec2 }) => {
  for (const id of listOf(call.form, "NatGatewayId")) await natGatewayOf(id, ec2);
  return call.forward();
};

/** DeleteNatGateway, whose ENI and address go with it; moto leaves them as they are. */
export const deleteNatGateway: Ec2Action = (call, { ec2, inTurn, inventory, interfaceCount, ledger }) =>
  inTurn(async () => {
    const gateway = await natGatewayOf(call.form.get("NatGatewayId") ?? "", ec2);
    const answer = await call.forward();
    if (answer.status !== 200 || gateway.State === "deleted") return answer;
    for (const { AssociationId } of gateway.NatGatewayAddresses ?? []) {
      if (AssociationId !== undefined) await ec2.send(new DisassociateAddressCommand({ AssociationId }));
    }
    const present = await inventory.networkInterfacesIn(gateway.SubnetId ?? "");
    const own = (gateway.NatGatewayAddresses ?? []).map((address) => address.NetworkInterfaceId);
    for (const { NetworkInterfaceId } of present) {
      if (own.includes(NetworkInterfaceId)) {
        await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
        interfaceCount.add(-1);
      }
    }
    ledger.forget();
    return answer;
  });

/** ReleaseAddress, of one that nobody uses; moto takes it away from its user. */
export const releaseAddress: Ec2Action = async (call, { ec2 }) => {
  const allocationId = call.form.get("AllocationId");
  if (allocationId !== undefined) await refuseAddressInUse(allocationId, "InvalidIPAddress.InUse", ec2);
  return call.forward();
};

/** @throws AwsError NatGatewayNotFound */
export async function natGatewayOf(id: string, ec2: EC2Client): Promise<NatGateway> {
  const { NatGateways: [found] = [] } = await ec2.send(
    new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }),
  );
  if (found === undefined) throw new AwsError("NatGatewayNotFound", `NAT gateway ${id} was not found`);
  return found;
}

async function refuseAddressInUse(allocationId: string, code: string, ec2: EC2Client): Promise<void> {
  // Of one that isn't there moto says so itself.
  const { Addresses: [address] = [] } = await ec2.send(
    new DescribeAddressesCommand({ AllocationIds: [allocationId] }),
  );
  if (address?.AssociationId !== undefined && address.AssociationId !== "") {
    throw new AwsError(code, `The address with allocation id [${allocationId}] is associated already.`);
  }
}
