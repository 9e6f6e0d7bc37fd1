import { DescribeVolumesCommand, type Instance, type Volume } from "@aws-sdk/client-ec2";
import type { Properties } from "../../protocol/values";
import type { Aws } from "../aws";
import { says } from "../awsError";
import { tagsOfList, tagsState } from "../tags";

/** The volumes of an instance, as `getInstance` tells them: the root volume apart from the others. */
export async function instanceVolumes(
  { BlockDeviceMappings = [], InstanceId = "", RootDeviceName }: Instance,
  aws: Aws,
): Promise<{ ebsBlockDevices: Properties[]; rootBlockDevices: Properties[] }> {
  const ids = BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.VolumeId ?? []);
  if (ids.length === 0) return { ebsBlockDevices: [], rootBlockDevices: [] };
  const { Volumes = [] } = await says(`reading EC2 Instance (${InstanceId}) volumes`, () =>
    aws.ec2.send(new DescribeVolumesCommand({ VolumeIds: ids })),
  );
  const told = BlockDeviceMappings.map(({ DeviceName = "", Ebs }) => {
    const volume = Volumes.find(({ VolumeId }) => VolumeId === Ebs?.VolumeId);
    return {
      isRoot: DeviceName === RootDeviceName,
      snapshotId: volume?.SnapshotId ?? "",
      device: {
        deleteOnTermination: Ebs?.DeleteOnTermination ?? false,
        deviceName: DeviceName,
        ...(volume === undefined ? {} : ofVolume(volume, aws)),
      },
    };
  });
  return {
    ebsBlockDevices: told
      .filter(({ isRoot }) => !isRoot)
      .map(({ device, snapshotId }) => ({ ...device, snapshotId })),
    rootBlockDevices: told.filter(({ isRoot }) => isRoot).map(({ device }) => device),
  };
}

function ofVolume(volume: Volume, aws: Aws): Properties {
  return {
    encrypted: volume.Encrypted ?? false,
    iops: volume.Iops ?? 0,
    kmsKeyId: volume.KmsKeyId ?? "",
    tags: tagsState(tagsOfList(volume.Tags), aws).tagsAll,
    throughput: volume.Throughput ?? 0,
    volumeId: volume.VolumeId ?? "",
    volumeSize: volume.Size ?? 0,
    volumeType: volume.VolumeType ?? "",
  };
}
