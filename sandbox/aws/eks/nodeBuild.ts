import { CUSTOM_AMI, defaultAmiType, isArm, releasesOf } from "./amiTypes";
import { invalidParameter } from "./eksError";
import { KUBERNETES_VERSION, type EksOutside } from "./eksOutside";
import { managedMaxPods } from "./maxPods";
import type { CreateNodeGroupInput } from "./nodeGroupInput";
import { imageFor } from "./nodeImage";
import { readUserLaunchTemplate, type UserLaunchTemplate } from "./userLaunchTemplate";

/** What the nodes of a managed group are made of. */
export interface NodeBuild {
  readonly amiType: string;
  readonly imageId: string;
  /** Of EKS's AMI; of an AMI of the user's own it is its id. */
  readonly releaseVersion: string;
  readonly instanceTypes: readonly string[];
  /** As EKS computes it from the CNI's settings at this moment. */
  readonly maxPods: number;
  readonly user?: UserLaunchTemplate;
}

/** What a call says of {@link NodeBuild}. */
export type NodeBuildInput = Pick<
  CreateNodeGroupInput,
  "amiType" | "diskSize" | "instanceTypes" | "launchTemplate" | "releaseVersion" | "version"
>;

/**
 * Decides what a group's nodes are made of, from what was asked for and the CNI as it is now.
 *
 * @throws AwsError for what EKS refuses: versions that aren't there, types that don't exist or don't fit the AMI, and
 *   what a launch template alone may say.
 */
export async function readNodeBuild(
  input: NodeBuildInput,
  members: Readonly<Record<string, unknown>>,
  outside: EksOutside,
): Promise<NodeBuild> {
  if (input.version !== undefined && input.version !== KUBERNETES_VERSION) {
    throw invalidParameter(`Requested Nodegroup version ${input.version} is not supported`, members);
  }
  const user = input.launchTemplate && (await readUserLaunchTemplate(input.launchTemplate, outside));
  if (user !== undefined) refuseBesideTemplate(input, user);
  const instanceTypes = instanceTypesOf(input, user?.data.InstanceType);
  const limits = await Promise.all(
    instanceTypes.map((type) =>
      outside.lookUpInstanceType(type).catch(() => {
        throw invalidParameter(`The following supplied instance types do not exist: [${type}]`, members);
      }),
    ),
  );
  const arm = limits.some(({ architecture }) => architecture === "arm64");
  const maxPods = managedMaxPods(limits, await awsNodeEnvironment(outside));
  const made = { instanceTypes, maxPods, ...(user === undefined ? {} : { user }) };
  const ownImageId = user?.data.ImageId;
  if (ownImageId !== undefined) {
    return { amiType: CUSTOM_AMI, imageId: ownImageId, releaseVersion: ownImageId, ...made };
  }
  const amiType = input.amiType ?? defaultAmiType(arm);
  if (arm !== isArm(amiType)) {
    throw invalidParameter(
      `[${instanceTypes.join(", ")}] is not a valid instance type for requested amiType ${amiType}`,
      members,
    );
  }
  const releaseVersion = readRelease(amiType, input.releaseVersion, members);
  return { amiType, imageId: await imageFor(amiType, releaseVersion, outside.ec2), releaseVersion, ...made };
}

function readRelease(
  amiType: string,
  asked: string | undefined,
  members: Readonly<Record<string, unknown>>,
): string {
  const releases = releasesOf(amiType);
  const found = asked === undefined ? releases[0] : releases.find((release) => release === asked);
  if (found !== undefined) return found;
  throw invalidParameter(
    `Requested release version ${asked ?? ""} is not valid for kubernetes version ${KUBERNETES_VERSION}.`,
    members,
  );
}

function instanceTypesOf(input: NodeBuildInput, fromTemplate: string | undefined): readonly string[] {
  const given = input.instanceTypes ?? [];
  if (given.length > 0 && fromTemplate !== undefined) {
    throw invalidParameter(
      "Instance types cannot be specified in both the launch template and the API request",
    );
  }
  if (given.length > 0) return given;
  return [fromTemplate ?? (input.amiType !== undefined && isArm(input.amiType) ? "t4g.medium" : "t3.medium")];
}

/** @throws AwsError for what EKS takes from a launch template alone. */
function refuseBesideTemplate(input: NodeBuildInput, user: UserLaunchTemplate): void {
  if (input.diskSize !== undefined) {
    throw invalidParameter("Disk size must be specified within the launch template.");
  }
  if (user.data.ImageId === undefined) return;
  for (const field of ["amiType", "releaseVersion", "version"] as const) {
    if (input[field] !== undefined) {
      throw invalidParameter(`You cannot specify ${field} with an AMI ID in the launch template.`);
    }
  }
}

async function awsNodeEnvironment({ access }: EksOutside): Promise<Map<string, string>> {
  const daemonSet = await access.awsNode();
  const container = daemonSet?.spec?.template.spec?.containers.find(({ name }) => name === "aws-node");
  return new Map(
    (container?.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
}
