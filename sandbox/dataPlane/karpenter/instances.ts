import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type _InstanceType,
  type EC2Client,
  type Subnet,
  type Tag,
} from "@aws-sdk/client-ec2";
import { LABELS, NODE_CLAIM_TAG } from "./names";
import type { Ec2NodeClass, SelectorTerm } from "./objects";

/** An instance of a NodeClaim. */
export interface ClaimedInstance {
  readonly instanceId: string;
  readonly zone: string;
  readonly imageId: string;
}

/** What an instance is launched as. */
export interface Launch {
  readonly claimName: string;
  readonly clusterName: string;
  readonly nodeClass: Ec2NodeClass;
  readonly nodePool: string;
  readonly instanceType: string;
  readonly zone: string;
  /** Base64. */
  readonly userData: string;
}

/** The calls to EC2 that Karpenter makes; Karpenter launches by CreateFleet, which this EC2 doesn't have. */
export class KarpenterInstances {
  constructor(private readonly ec2: EC2Client) {}

  /** The subnets that an EC2NodeClass selects, those with the most free addresses first. */
  async subnetsOf({ spec }: Ec2NodeClass): Promise<Subnet[]> {
    const { Subnets = [] } = await this.ec2.send(new DescribeSubnetsCommand({}));
    const selected = Subnets.filter(({ SubnetId, Tags }) =>
      spec.subnetSelectorTerms.some((term) => isSelected(term, SubnetId, undefined, Tags)),
    );
    return selected.sort((a, b) => (b.AvailableIpAddressCount ?? 0) - (a.AvailableIpAddressCount ?? 0));
  }

  /** The instance of a NodeClaim, if it has been launched and is not terminated. */
  async find(claimName: string): Promise<ClaimedInstance | undefined> {
    const { Reservations = [] } = await this.ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: `tag:${NODE_CLAIM_TAG}`, Values: [claimName] },
          {
            Name: "instance-state-name",
            Values: ["pending", "running", "shutting-down", "stopping", "stopped"],
          },
        ],
      }),
    );
    const instance = Reservations[0]?.Instances?.[0];
    if (instance?.InstanceId === undefined) return undefined;
    const zone = instance.Placement?.AvailabilityZone ?? "";
    return { instanceId: instance.InstanceId, zone, imageId: instance.ImageId ?? "" };
  }

  /** @throws Error where nothing is selected, and as EC2 says. */
  async launch(launch: Launch): Promise<ClaimedInstance> {
    const { claimName, clusterName, nodeClass, nodePool, instanceType, zone, userData } = launch;
    const name = nodeClass.metadata.name ?? "";
    const subnet = (await this.subnetsOf(nodeClass)).find(
      ({ AvailabilityZone }) => AvailabilityZone === zone,
    );
    if (subnet === undefined) throw new Error(`EC2NodeClass ${name} selects no subnet in ${zone}`);
    const ImageId = await this.imageOf(nodeClass);
    const tags = {
      ...nodeClass.spec.tags,
      Name: `${nodePool}/${claimName}`,
      [LABELS.nodePool]: nodePool,
      [NODE_CLAIM_TAG]: claimName,
      [LABELS.nodeClass]: name,
      [`kubernetes.io/cluster/${clusterName}`]: "owned",
      "eks:eks-cluster-name": clusterName,
    };
    const { Instances: [instance] = [] } = await this.ec2.send(
      new RunInstancesCommand({
        ImageId,
        InstanceType: instanceType as _InstanceType,
        MinCount: 1,
        MaxCount: 1,
        SubnetId: subnet.SubnetId,
        SecurityGroupIds: await this.securityGroupsOf(nodeClass, subnet.VpcId),
        UserData: userData,
        TagSpecifications: [
          { ResourceType: "instance", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
        ],
      }),
    );
    if (instance?.InstanceId === undefined) throw new Error("RunInstances answered without an instance");
    return { instanceId: instance.InstanceId, zone, imageId: ImageId };
  }

  async terminate(instanceId: string): Promise<void> {
    await this.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
  }

  private async securityGroupsOf(
    { metadata, spec }: Ec2NodeClass,
    vpcId: string | undefined,
  ): Promise<string[]> {
    const { SecurityGroups = [] } = await this.ec2.send(new DescribeSecurityGroupsCommand({}));
    const selected = SecurityGroups.filter(
      ({ GroupId, GroupName, Tags, VpcId }) =>
        VpcId === vpcId &&
        spec.securityGroupSelectorTerms.some((term) => isSelected(term, GroupId, GroupName, Tags)),
    );
    if (selected.length === 0)
      throw new Error(`EC2NodeClass ${metadata.name ?? ""} selects no security group`);
    return selected.flatMap(({ GroupId }) => GroupId ?? []);
  }

  /** An alias such as al2023@latest is the newest AMI of EKS for that system. */
  private async imageOf({ metadata, spec }: Ec2NodeClass): Promise<string> {
    const byId = spec.amiSelectorTerms.find(({ id }) => id !== undefined)?.id;
    if (byId !== undefined) return byId;
    const { Images = [] } = await this.ec2.send(
      new DescribeImagesCommand({ Filters: [{ Name: "name", Values: ["amazon-eks-node-al2023-x86_64-*"] }] }),
    );
    const newest = Images.sort((a, b) => (b.CreationDate ?? "").localeCompare(a.CreationDate ?? ""))[0];
    if (newest?.ImageId === undefined) throw new Error(`EC2NodeClass ${metadata.name ?? ""} selects no AMI`);
    return newest.ImageId;
  }
}

function isSelected(
  { id, name, tags }: SelectorTerm,
  ownId: string | undefined,
  ownName: string | undefined,
  own: readonly Tag[] = [],
): boolean {
  if (id !== undefined) return id === ownId;
  if (name !== undefined) return name === ownName;
  return Object.entries(tags ?? {}).every(([key, value]) =>
    own.some(({ Key, Value }) => Key === key && (value === "*" || Value === value)),
  );
}
