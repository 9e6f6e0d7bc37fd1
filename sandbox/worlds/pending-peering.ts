import { CreateVpcCommand, CreateVpcPeeringConnectionCommand } from "@aws-sdk/client-ec2";
import { made } from "./network";
import { buildOrdinaryCluster } from "./ordinaryCluster";
import { named } from "./tags";
import type { WorldBuilder } from "./world";

/** A cluster whose VPC has asked another one for a peering, which nobody has accepted. */
export const buildPendingPeeringWorld: WorldBuilder = async (outside) => {
  const { clients, network } = await buildOrdinaryCluster(
    { name: "pending-peering", workloads: ["system.workloads.yaml"] },
    outside,
  );
  outside.log("a peering that waits to be accepted");
  const { Vpc } = await clients.ec2.send(
    new CreateVpcCommand({ CidrBlock: "10.60.0.0/16", ...named("vpc", "reporting-vpc") }),
  );
  await clients.ec2.send(
    new CreateVpcPeeringConnectionCommand({
      VpcId: network.vpcId,
      PeerVpcId: made(Vpc?.VpcId, "CreateVpc"),
      ...named("vpc-peering-connection", "pending-peering-to-reporting"),
    }),
  );
};
