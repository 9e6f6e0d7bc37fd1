import * as pulumi from "@pulumi/pulumi";
import { Addon } from "@pulumi/aws/eks/addon";
import type { PodIdentityFacts } from "../planning/podNetwork/clusterFacts";

/** Arguments of `VpcCni`. */
export interface VpcCniArgs {
  /** Plain, because the add-on is taken over by it. */
  readonly clusterName: string;
  /** JSON, the whole of it: EKS replaces what it had. */
  readonly configurationValues: pulumi.Input<string>;
  /** The role that the add-on has (IRSA). Left out, it would be taken from it. @default none */
  readonly serviceAccountRoleArn?: pulumi.Input<string>;
  /** The pod identities that the add-on has. Left out, they would be taken from it. @default none */
  readonly podIdentityAssociations?: PodIdentityFacts[];
  /** The tags that the add-on has. Left out, they would be taken from it. @default none */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The settings of the managed add-on vpc-cni, which the cluster has already.
 *
 * The add-on is taken over (`import`), never created, and its version left as it is. What others changed on the
 * DaemonSet outside the add-on stays (`PRESERVE`), and so does the DaemonSet itself when the add-on is deleted.
 * Protected unless told otherwise.
 */
export class VpcCni extends pulumi.ComponentResource {
  /** What the add-on is configured with. */
  public readonly configurationValues: pulumi.Output<string>;

  constructor(name: string, args: VpcCniArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:VpcCni", name, {}, { ...opts, protect: opts?.protect ?? true });

    const {
      clusterName,
      configurationValues,
      serviceAccountRoleArn,
      podIdentityAssociations = [],
      tags,
    } = args;
    const addOn = new Addon(
      name,
      {
        clusterName,
        addonName: "vpc-cni",
        configurationValues,
        resolveConflictsOnUpdate: "PRESERVE",
        preserve: true,
        ...(serviceAccountRoleArn !== undefined && { serviceAccountRoleArn }),
        ...(podIdentityAssociations.length > 0 && { podIdentityAssociations }),
        ...(tags !== undefined && { tags }),
      },
      // Pulumi looks at it only until the add-on is in the state, so it stays for ever.
      { parent: this, import: `${clusterName}:vpc-cni` },
    );

    this.configurationValues = addOn.configurationValues;
    this.registerOutputs({ configurationValues: this.configurationValues });
  }
}
