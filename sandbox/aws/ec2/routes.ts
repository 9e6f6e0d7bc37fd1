import type { EC2Client } from "@aws-sdk/client-ec2";
import { AwsError } from "../protocol/awsError";
import type { QueryForm } from "../protocol/queryForm";
import type { Ec2Action } from "./ec2Call";
import { natGatewayOf } from "./natGateways";
import { refuseMoreRoutes } from "./quotaChecks";

/** CreateRoute, to a NAT gateway that is there, and as many as the quota allows. */
export const createRoute: Ec2Action = (call, { ec2, inTurn, quotas }) =>
  inTurn(async () => {
    await refuseMissingNatGateway(call.form, ec2);
    await refuseMoreRoutes(ec2, call.form.get("RouteTableId") ?? "", quotas);
    return call.forward();
  });

/** ReplaceRoute, to a NAT gateway that is there. */
export const replaceRoute: Ec2Action = async (call, { ec2 }) => {
  await refuseMissingNatGateway(call.form, ec2);
  return call.forward();
};

/** Moto leads a route to a NAT gateway that isn't there nowhere. */
async function refuseMissingNatGateway(form: QueryForm, ec2: EC2Client): Promise<void> {
  const id = form.get("NatGatewayId");
  if (id === undefined) return;
  const gateway = await natGatewayOf(id, ec2).catch(() => undefined);
  if (gateway === undefined || gateway.State === "deleted") {
    throw new AwsError("InvalidNatGatewayID.NotFound", `The natGateway ID '${id}' does not exist`);
  }
}
