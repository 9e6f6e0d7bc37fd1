import {
  AssignPrivateIpAddressesCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DeleteNetworkInterfaceCommand,
  DescribeNetworkInterfacesCommand,
  DetachNetworkInterfaceCommand,
  ModifyNetworkInterfaceAttributeCommand,
  UnassignPrivateIpAddressesCommand,
  type EC2Client,
  type NetworkInterface,
} from "@aws-sdk/client-ec2";
import type { ClusterInstance } from "./instances";

/** An ENI that is attached to an instance. */
export interface AttachedInterface {
  readonly interfaceId: string;
  readonly attachmentId: string;
  readonly deviceIndex: number;
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  readonly ownAddress: string;
  /** Addresses besides its own. */
  readonly secondaryAddresses: readonly string[];
  /** Tagged `node.k8s.amazonaws.com/no_manage`: not ipamd's. */
  readonly isUnmanaged: boolean;
}

/** What a new ENI is to be. */
export interface NewInterface {
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  /** Addresses besides its own. */
  readonly secondaryAddresses: number;
  /** Besides the one that names the instance. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The calls to EC2 that ipamd makes for its instance.
 *
 * Source: aws/amazon-vpc-cni-k8s, pkg/awsutils/awsutils.go.
 */
export class NodeInterfaces {
  constructor(
    private readonly ec2: EC2Client,
    private readonly instance: Pick<ClusterInstance, "instanceId" | "availabilityZone">,
  ) {}

  /** By device index. */
  async list(): Promise<AttachedInterface[]> {
    const { NetworkInterfaces = [] } = await this.ec2.send(
      new DescribeNetworkInterfacesCommand({
        Filters: [{ Name: "attachment.instance-id", Values: [this.instance.instanceId] }],
      }),
    );
    return NetworkInterfaces.map(asAttached).sort((a, b) => a.deviceIndex - b.deviceIndex);
  }

  /**
   * Makes an ENI and attaches it; when that fails, it is deleted again.
   *
   * @throws Error as EC2 says, such as InsufficientFreeAddressesInSubnet.
   */
  async attach(wanted: NewInterface): Promise<AttachedInterface> {
    const { instanceId } = this.instance;
    const { NetworkInterface: created } = await this.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: wanted.subnetId,
        Groups: [...wanted.securityGroups],
        Description: `aws-K8S-${instanceId}`,
        SecondaryPrivateIpAddressCount: wanted.secondaryAddresses,
        TagSpecifications: [
          {
            ResourceType: "network-interface",
            Tags: [
              { Key: "node.k8s.amazonaws.com/instance_id", Value: instanceId },
              ...Object.entries(wanted.tags).map(([Key, Value]) => ({ Key, Value })),
            ],
          },
        ],
      }),
    );
    const interfaceId = created?.NetworkInterfaceId;
    if (created === undefined || interfaceId === undefined) {
      throw new Error("EC2 answered CreateNetworkInterface without an ENI");
    }
    try {
      const Attachment = await this.attachCreated(interfaceId, created.AvailabilityZone);
      return asAttached({ ...created, Attachment });
    } catch (error) {
      await this.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
      throw error;
    }
  }

  private async attachCreated(
    interfaceId: string,
    zone: string | undefined,
  ): Promise<{ AttachmentId: string; DeviceIndex: number }> {
    const { instanceId, availabilityZone } = this.instance;
    // EC2 refuses this itself; not every emulation of it does.
    if (zone !== undefined && zone !== availabilityZone) {
      const refusal = new Error(
        "You may not attach a network interface to an instance if they are not in the same availability zone: " +
          `${interfaceId} is in ${zone}, ${instanceId} in ${availabilityZone}`,
      );
      refusal.name = "InvalidParameterCombination";
      throw refusal;
    }
    const taken = new Set((await this.list()).map(({ deviceIndex }) => deviceIndex));
    let free = 0;
    while (taken.has(free)) free += 1;
    const { AttachmentId = "" } = await this.ec2.send(
      new AttachNetworkInterfaceCommand({
        NetworkInterfaceId: interfaceId,
        InstanceId: instanceId,
        DeviceIndex: free,
      }),
    );
    await this.ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({
        NetworkInterfaceId: interfaceId,
        Attachment: { AttachmentId, DeleteOnTermination: true },
      }),
    );
    return { AttachmentId, DeviceIndex: free };
  }

  async detach({ interfaceId, attachmentId }: AttachedInterface): Promise<void> {
    await this.ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachmentId }));
    await this.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
  }

  /**
   * Gives an ENI more addresses: as many as asked for or, when there are not enough, one.
   *
   * @returns the new ones. (Some emulations answer those that it had as well.)
   */
  async assign(interfaceId: string, count: number): Promise<readonly string[]> {
    try {
      return await this.assignExactly(interfaceId, count);
    } catch (error) {
      if (count === 1) throw error;
      return await this.assignExactly(interfaceId, 1);
    }
  }

  private async assignExactly(interfaceId: string, count: number): Promise<readonly string[]> {
    const { AssignedPrivateIpAddresses = [] } = await this.ec2.send(
      new AssignPrivateIpAddressesCommand({
        NetworkInterfaceId: interfaceId,
        SecondaryPrivateIpAddressCount: count,
      }),
    );
    return AssignedPrivateIpAddresses.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []);
  }

  async unassign(interfaceId: string, addresses: readonly string[]): Promise<void> {
    await this.ec2.send(
      new UnassignPrivateIpAddressesCommand({
        NetworkInterfaceId: interfaceId,
        PrivateIpAddresses: [...addresses],
      }),
    );
  }
}

function asAttached(found: NetworkInterface): AttachedInterface {
  const { NetworkInterfaceId = "", Attachment, SubnetId = "", Groups = [], PrivateIpAddresses = [] } = found;
  return {
    interfaceId: NetworkInterfaceId,
    attachmentId: Attachment?.AttachmentId ?? "",
    deviceIndex: Attachment?.DeviceIndex ?? 0,
    subnetId: SubnetId,
    securityGroups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
    ownAddress: found.PrivateIpAddress ?? "",
    secondaryAddresses: PrivateIpAddresses.filter(({ Primary }) => Primary !== true).flatMap(
      ({ PrivateIpAddress }) => PrivateIpAddress ?? [],
    ),
    isUnmanaged: (found.TagSet ?? []).some(
      ({ Key, Value }) => Key === "node.k8s.amazonaws.com/no_manage" && Value === "true",
    ),
  };
}

/** Whether EC2 refused because a subnet has no address left. */
export function isOutOfAddresses(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks"].includes(error.name)
  );
}
