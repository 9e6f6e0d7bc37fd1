import * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";

/** Arguments of `EniConfigs`. */
export interface EniConfigsArgs {
  /** The ENIConfigs. Plain, because each is a resource. */
  readonly eniConfigs: ZoneEniConfig[];
}

/** Where the pods of one zone get their addresses, and which security groups their network interfaces have. */
export interface ZoneEniConfig {
  /** The zone; the ENIConfig has its name, as the nodes' zone label has its value. */
  readonly availabilityZone: string;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * An ENIConfig for each zone.
 *
 * The definition of ENIConfig itself comes with the CNI and is not made here. Protected unless told otherwise: a node
 * without its ENIConfig never becomes Ready.
 */
export class EniConfigs extends pulumi.ComponentResource {
  /** Names of the ENIConfigs, once they are there. */
  public readonly names: pulumi.Output<string[]>;

  constructor(name: string, args: EniConfigsArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: they hold what was observed, which is no change of the component.
    super("eks-pod-network:index:EniConfigs", name, {}, { ...opts, protect: opts?.protect ?? true });

    const eniConfigs = args.eniConfigs.map(
      ({ availabilityZone, subnetId, securityGroupIds }) =>
        new CustomResource(
          `${name}-${availabilityZone}`,
          {
            apiVersion: "crd.k8s.amazonaws.com/v1alpha1",
            kind: "ENIConfig",
            metadata: { name: availabilityZone },
            spec: { subnet: subnetId, securityGroups: securityGroupIds },
          },
          { parent: this },
        ),
    );

    this.names = pulumi.all(eniConfigs.map(({ metadata }) => metadata.name));
    this.registerOutputs({ names: this.names });
  }
}
