import { AwsError } from "../protocol/awsError";
import type { Ec2Action } from "./ec2Call";
import { natGatewayOf } from "./natGateways";

/** CreateRoute and ReplaceRoute, to a NAT gateway that is there; moto leads the route nowhere else. */
export const leadRoute: Ec2Action = async (call, { ec2 }) => {
  const id = call.form.get("NatGatewayId");
  if (id !== undefined) {
    const gateway = await natGatewayOf(id, ec2).catch(() => undefined);
    if (gateway === undefined || gateway.State === "deleted") {
      throw new AwsError("InvalidNatGatewayID.NotFound", `The natGateway ID '${id}' does not exist`);
    }
  }
  return call.forward();
};
