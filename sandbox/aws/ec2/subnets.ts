import { DeleteNetworkInterfaceCommand, DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import type { Ec2Action } from "./ec2Call";

/** DeleteSubnet, of one in which no ENI lies; moto doesn't look. */
export const deleteSubnet: Ec2Action = (call, { inTurn, inventory, ledger }) =>
  inTurn(async () => {
    const subnetId = call.form.get("SubnetId") ?? "";
    const [dependent] = await inventory.networkInterfacesIn(subnetId);
    if (dependent !== undefined) {
      throw new AwsError(
        "DependencyViolation",
        `The subnet '${subnetId}' has dependencies and cannot be deleted. (${dependent.NetworkInterfaceId ?? ""})`,
      );
    }
    const answer = await call.forward();
    if (answer.status === 200) ledger.forget();
    return answer;
  });

/** DeleteNatGateway, whose ENI goes with it; moto leaves it in the subnet. */
export const deleteNatGateway: Ec2Action = (call, { ec2, inTurn, inventory, ledger }) =>
  inTurn(async () => {
    const id = call.form.get("NatGatewayId") ?? "";
    const answer = await call.forward();
    if (answer.status !== 200) return answer;
    const { NatGateways: [gateway] = [] } = await ec2.send(
      new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }),
    );
    const present = await inventory.networkInterfacesIn(gateway?.SubnetId ?? "");
    const own = (gateway?.NatGatewayAddresses ?? []).map((address) => address.NetworkInterfaceId);
    for (const { NetworkInterfaceId } of present) {
      if (own.includes(NetworkInterfaceId)) {
        await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
      }
    }
    ledger.forget();
    return answer;
  });
