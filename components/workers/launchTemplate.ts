import type * as pulumi from "@pulumi/pulumi";
import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";

/** What a launch template of workers says. */
export interface WorkerTemplateArgs {
  /** Left out where EKS chooses the image. */
  readonly imageId?: pulumi.Input<string> | undefined;
  /** As the node reads it; left out where EKS writes it. */
  readonly userData?: string | undefined;
  readonly securityGroupIds?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Auto Scaling groups alone: EKS refuses one of a managed group, and makes its own from the role. */
  readonly instanceProfileArn?: pulumi.Input<string> | undefined;
  /** Auto Scaling groups of one type alone: those of a managed group are said by the group. */
  readonly instanceType?: string | undefined;
  /** Auto Scaling groups alone. */
  readonly isSpot?: boolean | undefined;
  /** In GiB. @default as the image has it */
  readonly diskSize?: number | undefined;
  /** The device that the disk is. */
  readonly diskDevice: string;
  /** Of the template itself. */
  readonly tags: pulumi.Input<Record<string, string>>;
}

/**
 * A launch template of workers, without what EKS refuses in one: subnets, and for managed groups an instance profile
 * and instance types.
 *
 * The metadata service answers over two hops, so that pods reach it through their own network (IMDSv2).
 * Source: EKS user guide, "Customize managed nodes with launch templates".
 */
export function workerTemplate(
  name: string,
  args: WorkerTemplateArgs,
  parent: pulumi.Resource,
): LaunchTemplate {
  const { imageId, userData, securityGroupIds, instanceProfileArn, instanceType, isSpot, diskSize } = args;
  return new LaunchTemplate(
    name,
    {
      tags: args.tags,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
      ...(imageId !== undefined && { imageId }),
      ...(userData !== undefined && { userData: Buffer.from(userData).toString("base64") }),
      ...(securityGroupIds !== undefined && { vpcSecurityGroupIds: securityGroupIds }),
      ...(instanceProfileArn !== undefined && { iamInstanceProfile: { arn: instanceProfileArn } }),
      ...(instanceType !== undefined && { instanceType }),
      ...(isSpot === true && { instanceMarketOptions: { marketType: "spot" } }),
      ...(diskSize !== undefined && {
        blockDeviceMappings: [
          { deviceName: args.diskDevice, ebs: { volumeSize: diskSize, volumeType: "gp3" } },
        ],
      }),
    },
    { parent },
  );
}

/** A launch template as a group names it: at its newest version, so that a change of it is one of the group. */
export function newestVersionOf(template: LaunchTemplate) {
  return { id: template.id, version: template.latestVersion.apply(String) };
}
