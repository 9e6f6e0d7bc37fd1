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
import { kindOf, type Block, type BlockKind } from "../ipamd/block";
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
  /** Such as 100.64.0.16/28. */
  readonly prefixes: readonly string[];
  /** The trunk of branch ENIs, which the VPC resource controller attached. */
  readonly isTrunk: boolean;
  /** Not ipamd's: tagged `node.k8s.amazonaws.com/no_manage`, for EFA, or of another network card than the default one. */
  readonly isUnmanaged: boolean;
  /** 0 is the default one. */
  readonly networkCard: number;
}

/** What a new ENI is to be. */
export interface NewInterface {
  readonly subnetId: string;
  readonly securityGroups: readonly string[];
  /** How many addresses, or prefixes, it has besides its own address. */
  readonly blocks: number;
  readonly kind: BlockKind;
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
        // None asked for is the VPC's default one.
        ...(wanted.securityGroups.length === 0 ? {} : { Groups: [...wanted.securityGroups] }),
        Description: `aws-K8S-${instanceId}`,
        ...counted(wanted.blocks, wanted.kind),
        ...tagged({ "node.k8s.amazonaws.com/instance_id": instanceId, ...wanted.tags }),
      }),
    );
    return await this.attachOrDelete(created);
  }

  /**
   * Makes and attaches the trunk of branch ENIs, as the VPC resource controller does it: in the last place.
   *
   * Source: aws/amazon-vpc-resource-controller-k8s, pkg/provider/branch/trunk/trunk.go.
   *
   * @param places ENIs that the instance can have.
   */
  async attachTrunk(
    wanted: { readonly subnetId: string; readonly securityGroups: readonly string[] },
    places: number,
    clusterName: string,
  ): Promise<AttachedInterface> {
    const { NetworkInterface: created } = await this.ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: wanted.subnetId,
        Groups: [...wanted.securityGroups],
        InterfaceType: "trunk",
        Description: TRUNK_DESCRIPTION,
        ...tagged({
          [`kubernetes.io/cluster/${clusterName}`]: "owned",
          "eks:eni:owner": "eks-vpc-resource-controller",
        }),
      }),
    );
    return await this.attachOrDelete(created, places - 1);
  }

  private async attachOrDelete(created: NetworkInterface | undefined, from = 0): Promise<AttachedInterface> {
    const interfaceId = created?.NetworkInterfaceId;
    if (created === undefined || interfaceId === undefined) {
      throw new Error("EC2 answered CreateNetworkInterface without an ENI");
    }
    try {
      const Attachment = await this.attachCreated(interfaceId, created.AvailabilityZone, from);
      return asAttached({ ...created, Attachment });
    } catch (error) {
      await this.ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: interfaceId }));
      throw error;
    }
  }

  private async attachCreated(
    interfaceId: string,
    zone: string | undefined,
    from: number,
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
    let free = from;
    while (taken.has(free)) free += from === 0 ? 1 : -1;
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
   * Gives an ENI more addresses or prefixes: as many as asked for or, when there are not enough, one.
   *
   * @returns the new ones. (Some emulations answer those that it had as well.)
   */
  async assign(interfaceId: string, count: number, kind: BlockKind): Promise<readonly Block[]> {
    try {
      return await this.assignExactly(interfaceId, count, kind);
    } catch (error) {
      if (count === 1) throw error;
      return await this.assignExactly(interfaceId, 1, kind);
    }
  }

  private async assignExactly(interfaceId: string, count: number, kind: BlockKind): Promise<Block[]> {
    const { AssignedPrivateIpAddresses = [], AssignedIpv4Prefixes = [] } = await this.ec2.send(
      new AssignPrivateIpAddressesCommand({ NetworkInterfaceId: interfaceId, ...counted(count, kind) }),
    );
    return kind === "prefix"
      ? AssignedIpv4Prefixes.flatMap(({ Ipv4Prefix }) => Ipv4Prefix ?? [])
      : AssignedPrivateIpAddresses.flatMap(({ PrivateIpAddress }) => PrivateIpAddress ?? []);
  }

  /** Puts an ENI into other security groups than it was made in. */
  async setSecurityGroups(interfaceId: string, groups: readonly string[]): Promise<void> {
    await this.ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: interfaceId, Groups: [...groups] }),
    );
  }

  /** Gives addresses and prefixes of an ENI back; each kind is a call of its own, as the CNI makes them. */
  async unassign(interfaceId: string, blocks: readonly Block[]): Promise<void> {
    for (const kind of ["address", "prefix"] as const) {
      const ofKind = blocks.filter((block) => kindOf(block) === kind);
      if (ofKind.length === 0) continue;
      await this.ec2.send(
        new UnassignPrivateIpAddressesCommand({
          NetworkInterfaceId: interfaceId,
          ...(kind === "prefix" ? { Ipv4Prefixes: ofKind } : { PrivateIpAddresses: ofKind }),
        }),
      );
    }
  }
}

const TRUNK_DESCRIPTION = "aws-k8s-trunk-eni";

function counted(blocks: number, kind: BlockKind) {
  return kind === "prefix" ? { Ipv4PrefixCount: blocks } : { SecondaryPrivateIpAddressCount: blocks };
}

function tagged(tags: Readonly<Record<string, string>>) {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return { TagSpecifications: [{ ResourceType: "network-interface" as const, Tags }] };
}

/** What ipamd takes from EC2's description of an ENI. */
export function asAttached(found: NetworkInterface): AttachedInterface {
  const networkCard = found.Attachment?.NetworkCardIndex ?? 0;
  const isForEfa = found.InterfaceType === "efa" || found.InterfaceType === "efa-only";
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
    prefixes: (found.Ipv4Prefixes ?? []).flatMap(({ Ipv4Prefix }) => Ipv4Prefix ?? []),
    // By its description where the type is not told: not every emulation of EC2 knows types of ENIs.
    isTrunk: found.InterfaceType === "trunk" || found.Description === TRUNK_DESCRIPTION,
    isUnmanaged: isForEfa || networkCard !== 0 || isTaggedUnmanaged(found),
    networkCard,
  };
}

function isTaggedUnmanaged({ TagSet = [] }: NetworkInterface): boolean {
  return TagSet.some(({ Key, Value }) => Key === "node.k8s.amazonaws.com/no_manage" && Value === "true");
}

/** Whether EC2 refused because a subnet has no address left. */
export function isOutOfAddresses(error: unknown): boolean {
  return (
    error instanceof Error &&
    ["InsufficientFreeAddressesInSubnet", "InsufficientCidrBlocks"].includes(error.name)
  );
}
