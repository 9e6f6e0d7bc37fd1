import {
  DescribeInstanceAttributeCommand,
  paginateDescribeInstances,
  type EC2Client,
  type Instance,
} from "@aws-sdk/client-ec2";

/** An EC2 instance that belongs to a cluster. */
export interface ClusterInstance {
  readonly instanceId: string;
  /** The cluster of its tag `kubernetes.io/cluster/NAME`. */
  readonly clusterName: string;
  readonly instanceType: string;
  readonly availabilityZone: string;
  readonly region: string;
  readonly privateIpAddress: string;
  /** Of its primary ENI. */
  readonly securityGroups: readonly string[];
  /** When it was started last, in milliseconds since 1970. */
  readonly launchedAtMs: number;
  /** Whether its kubelet runs. */
  readonly isRunning: boolean;
}

const CLUSTER_TAG = "kubernetes.io/cluster/";

/** All instances with a tag `kubernetes.io/cluster/NAME` that are there: neither pending nor terminated. */
export async function listClusterInstances(
  ec2: EC2Client,
  region: string,
  abortSignal: AbortSignal,
): Promise<ClusterInstance[]> {
  const states = ["running", "shutting-down", "stopping", "stopped"];
  const found: ClusterInstance[] = [];
  const pages = paginateDescribeInstances(
    { client: ec2, pageSize: 1000 },
    { Filters: [{ Name: "instance-state-name", Values: states }] },
    { abortSignal },
  );
  for await (const { Reservations = [] } of pages) {
    for (const { Instances = [] } of Reservations) {
      found.push(...Instances.flatMap((instance) => asClusterInstance(instance, region)));
    }
  }
  return found;
}

function asClusterInstance(instance: Instance, region: string): ClusterInstance[] {
  const { InstanceId, InstanceType, PrivateIpAddress, Placement, State, LaunchTime, Tags = [] } = instance;
  const primary = instance.NetworkInterfaces?.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  const tag = Tags.find(({ Key = "" }) => Key.startsWith(CLUSTER_TAG))?.Key;
  if (tag === undefined) return [];
  if (InstanceId === undefined || InstanceType === undefined || PrivateIpAddress === undefined) return [];
  return [
    {
      instanceId: InstanceId,
      clusterName: tag.slice(CLUSTER_TAG.length),
      instanceType: InstanceType,
      availabilityZone: Placement?.AvailabilityZone ?? "",
      region,
      privateIpAddress: PrivateIpAddress,
      securityGroups: (primary?.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
      launchedAtMs: LaunchTime?.getTime() ?? 0,
      isRunning: State?.Name === "running",
    },
  ];
}

/** An instance's user data, decoded; empty when it has none. */
export async function userDataOf(ec2: EC2Client, instanceId: string): Promise<string> {
  const { UserData } = await ec2.send(
    new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: "userData" }),
  );
  return Buffer.from(UserData?.Value ?? "", "base64").toString();
}
