import { DescribeLaunchTemplateVersionsCommand, type ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import { invalidParameter, notInSandbox } from "./eksError";
import type { EksOutside } from "./eksOutside";

/** How a call names a launch template; the version is $Default where there is none. */
export interface LaunchTemplateReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
}

/** A launch template of the user's own, of one version. */
export interface UserLaunchTemplate {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly data: ResponseLaunchTemplateData;
}

/**
 * Reads the launch template that a node group is to be made from.
 *
 * @throws AwsError for one that doesn't exist, or that EKS refuses.
 */
export async function readUserLaunchTemplate(
  reference: LaunchTemplateReference,
  { ec2 }: EksOutside,
): Promise<UserLaunchTemplate> {
  if ((reference.id === undefined) === (reference.name === undefined)) {
    throw invalidParameter("Either provide launch template ID or launch template name in the request.");
  }
  const { LaunchTemplateVersions: [found] = [] } = await ec2
    .send(
      new DescribeLaunchTemplateVersionsCommand({
        ...(reference.id === undefined
          ? { LaunchTemplateName: reference.name }
          : { LaunchTemplateId: reference.id }),
        Versions: [reference.version ?? "$Default"],
      }),
    )
    .catch((error: unknown) => {
      throw invalidParameter(error instanceof Error ? error.message : String(error));
    });
  const data = found?.LaunchTemplateData;
  if (found === undefined || data === undefined)
    throw invalidParameter("The launch template has no such version");
  if ((data.NetworkInterfaces ?? []).length > 0) {
    throw notInSandbox("A launch template with network interfaces of its own");
  }
  if (data.IamInstanceProfile !== undefined) {
    throw invalidParameter(
      "Launch template should not specify an instance profile. The noderole in your request will be used to construct an instance profile.",
    );
  }
  return {
    id: found.LaunchTemplateId ?? "",
    name: found.LaunchTemplateName ?? "",
    version: String(found.VersionNumber ?? 1),
    data,
  };
}
