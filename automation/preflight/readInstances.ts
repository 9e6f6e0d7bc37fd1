import { paginateDescribeInstances, type Instance } from "@aws-sdk/client-ec2";
import type { InstanceFacts } from "../../planning/podNetwork/clusterFacts";
import type { VpcOutside } from "./vpcOutside";

/** The running instances of a cluster, by the tag that each of its nodes has. Needs ec2:DescribeInstances. */
export async function readInstances(
  { ec2, signal }: VpcOutside,
  clusterName: string,
): Promise<InstanceFacts[]> {
  const found: InstanceFacts[] = [];
  const pages = paginateDescribeInstances(
    { client: ec2, pageSize: 1000 },
    {
      Filters: [
        { Name: "tag-key", Values: [`kubernetes.io/cluster/${clusterName}`] },
        { Name: "instance-state-name", Values: ["pending", "running"] },
      ],
    },
    { abortSignal: signal },
  );
  for await (const { Reservations = [] } of pages) {
    found.push(...Reservations.flatMap(({ Instances = [] }) => Instances.map(instanceFacts)));
  }
  return found.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
}

function instanceFacts({ InstanceId = "", SubnetId = "", Placement, SecurityGroups = [] }: Instance) {
  return {
    instanceId: InstanceId,
    subnetId: SubnetId,
    availabilityZone: Placement?.AvailabilityZone ?? "",
    // Of its primary interface; pods of today have the same.
    securityGroupIds: SecurityGroups.flatMap(({ GroupId }) => GroupId ?? []),
  };
}
