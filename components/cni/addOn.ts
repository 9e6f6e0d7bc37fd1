import type * as pulumi from "@pulumi/pulumi";
import { Addon } from "@pulumi/aws/eks/addon";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import type { LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";
import { configureAddOn, valuesToFold, type AddOnConfiguration } from "../../planning/podNetwork/addOn";
import { knownValue } from "../knownValue";
import type { ReadVpcCni } from "../readVpcCni";
import { orRefuse } from "../refuse";
import type { VpcCniArgs } from "../vpcCniArgs";
import { AWS_NODE } from "./awsNodeDaemonSet";
import type { CniChanged } from "./changed";
import { knownVariables } from "./addOnSchema";

/** The add-on of a cluster: there already, or yet to be made. */
export interface AddOnTarget {
  /** The add-on that there is. */
  readonly addOn: ReadVpcCni | undefined;
  /** The version that it has or will have. */
  readonly version: string;
  readonly region: string;
}

/**
 * The managed add-on with the settings that are asked for, taken over or made in the place of a self-managed CNI.
 *
 * @throws ResourceError where values of the DaemonSet can't be kept.
 */
export async function makeAddOn(
  component: pulumi.Resource,
  name: string,
  args: VpcCniArgs,
  { addOn, version, region }: AddOnTarget,
  live: pulumi.Output<LiveDaemonSet>,
): Promise<CniChanged> {
  const { clusterName, adopt = true, addOnVersion } = args;
  const asked: AskedEnv = { env: args.env, initEnv: args.initEnv ?? {} };
  const configuration = live.apply(async (daemonSet): Promise<AddOnConfiguration> => {
    const request = { current: addOn?.configurationValues, live: daemonSet, asked };
    const knows = await knownVariables(valuesToFold(request), version, region);
    return orRefuse(component, () => configureAddOn(request, knows));
  });
  // Nothing is registered where it is refused.
  await knownValue(configuration);

  const role =
    args.serviceAccountRoleArn ??
    (adopt ? addOn?.serviceAccountRoleArn : roleOfServiceAccount(component, name));
  const podIdentityAssociations = [...(args.podIdentityAssociations ?? addOn?.podIdentityAssociations ?? [])];
  // One that is made here has in its second run the tags of its first, the provider's default ones among them.
  const tags = args.tags ?? (adopt ? addOn?.tags : undefined);
  const resource = new Addon(
    name,
    {
      clusterName,
      addonName: "vpc-cni",
      configurationValues: configuration.apply(({ configurationValues }) => configurationValues),
      // PRESERVE can report success and leave the flag off; what others set is in the configuration by now.
      resolveConflictsOnUpdate: "OVERWRITE",
      // A cluster without its CNI gives no pod an address.
      preserve: true,
      ...(!adopt && { resolveConflictsOnCreate: "OVERWRITE" }),
      ...(addOnVersion !== undefined && { addonVersion: addOnVersion }),
      ...(role !== undefined && role !== "" && { serviceAccountRoleArn: role }),
      ...(podIdentityAssociations.length > 0 && { podIdentityAssociations }),
      ...(tags !== undefined && { tags }),
    },
    // Pulumi looks at `import` only until the add-on is in the state, so it stays for ever.
    { parent: component, ...(adopt && { import: `${clusterName}:vpc-cni` }) },
  );
  return { resource, inForce: configuration.apply(({ inForce }) => inForce) };
}

/**
 * The role that a self-managed CNI has by an annotation (IRSA), which EKS would not know of.
 *
 * Read wherever the add-on was made here: afterwards EKS writes the same annotation.
 */
function roleOfServiceAccount(component: pulumi.Resource, name: string): pulumi.Output<string> {
  const id = `${AWS_NODE.namespace}/${AWS_NODE.name}`;
  const { metadata } = ServiceAccount.get(`${name}-account`, id, { parent: component });
  // Pulumi leaves out what is undefined.
  return metadata.apply(
    ({ annotations }) =>
      (annotations as Readonly<Record<string, string>> | undefined)?.["eks.amazonaws.com/role-arn"],
  ) as pulumi.Output<string>;
}
