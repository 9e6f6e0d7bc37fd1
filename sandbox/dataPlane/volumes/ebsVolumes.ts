import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  type EC2Client,
  type Volume,
  type VolumeType,
} from "@aws-sdk/client-ec2";

/** The calls to EC2 that the EBS CSI driver makes. */
export class EbsVolumes {
  constructor(private readonly ec2: EC2Client) {}

  /** @returns its id. */
  async create(wanted: {
    readonly name: string;
    readonly sizeGib: number;
    readonly type: string;
    readonly zone: string;
  }): Promise<string> {
    const { VolumeId } = await this.ec2.send(
      new CreateVolumeCommand({
        AvailabilityZone: wanted.zone,
        Size: wanted.sizeGib,
        VolumeType: wanted.type as VolumeType,
        TagSpecifications: [
          {
            ResourceType: "volume",
            Tags: [
              { Key: "CSIVolumeName", Value: wanted.name },
              { Key: "ebs.csi.aws.com/cluster", Value: "true" },
            ],
          },
        ],
      }),
    );
    if (VolumeId === undefined) throw new Error("EC2 answered CreateVolume without a volume");
    return VolumeId;
  }

  /** Attaches a volume to an instance that may have it already. @throws Error as EC2 says. */
  async attach(volumeId: string, instanceId: string): Promise<void> {
    const { Volumes = [] } = await this.ec2.send(
      new DescribeVolumesCommand({ Filters: [{ Name: "attachment.instance-id", Values: [instanceId] }] }),
    );
    if (Volumes.some(({ VolumeId }) => VolumeId === volumeId)) return;
    const taken = Volumes.flatMap(({ Attachments = [] }) => Attachments.map(({ Device }) => Device));
    const Device = DEVICES.find((device) => !taken.includes(device));
    await this.ec2.send(new AttachVolumeCommand({ VolumeId: volumeId, InstanceId: instanceId, Device }));
  }

  /** Detaches a volume; one that is free, or gone, is as it should be. */
  async detach(volumeId: string): Promise<void> {
    for (const { InstanceId } of (await this.find(volumeId))?.Attachments ?? []) {
      await this.ec2.send(new DetachVolumeCommand({ VolumeId: volumeId, InstanceId }));
    }
  }

  /** Deletes a volume, which may be gone. */
  async delete(volumeId: string): Promise<void> {
    if ((await this.find(volumeId)) === undefined) return;
    await this.ec2.send(new DeleteVolumeCommand({ VolumeId: volumeId }));
  }

  private async find(volumeId: string): Promise<Volume | undefined> {
    const { Volumes: [volume] = [] } = await this.ec2.send(
      new DescribeVolumesCommand({ Filters: [{ Name: "volume-id", Values: [volumeId] }] }),
    );
    return volume;
  }
}

/** Names that the driver gives, in the order in which it gives them. */
const DEVICES = Array.from({ length: 26 }, (_, index) => `/dev/xvda${String.fromCharCode(97 + index)}`);
