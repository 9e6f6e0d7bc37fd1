import * as pulumi from "@pulumi/pulumi";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { CustomResourceDefinition } from "@pulumi/kubernetes/apiextensions/v1/customResourceDefinition";
import { eniConfigProblems, type EniConfigRequest } from "../planning/podNetwork/eniConfigs";
import { ENI_CONFIG_API_VERSION, ENI_CONFIG_DEFINITION } from "./cni/eniConfigDefinition";
import { refuse } from "./refuse";

/** Arguments of `EniConfigs`. */
export interface EniConfigsArgs {
  /** The ENIConfigs. Plain, because each is a resource. */
  readonly eniConfigs: EniConfigSpec[];
  /**
   * Whether the definition of ENIConfig (a CustomResourceDefinition) is made as well. The managed add-on brings it, and
   * so do AWS's manifest and chart; a self-managed CNI of other making may not.
   *
   * @default false
   */
  readonly installCrd?: boolean;
  /** The version of the CNI, such as `v1.18.3-eksbuild.1`. @default one that knows an ENIConfig without groups (1.8.0) */
  readonly cniVersion?: string;
}

/** Where the pods of some nodes get their addresses, and which security groups their network interfaces have. */
export interface EniConfigSpec {
  /** That of a zone, for all its nodes; or of a named group and a zone, as in `batch-us-west-2a`. */
  readonly name: string;
  readonly subnetId: pulumi.Input<string>;
  /** At most 5. @default those of the node's primary network interface */
  readonly securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the cluster has it already, made by others, and it is taken over. Stays once it is given.
   *
   * @default false
   */
  readonly adopt?: boolean;
}

/**
 * ENIConfigs: of which subnet, and with which security groups, the CNI makes the network interfaces of pods.
 *
 * A node takes the one that its label `vpc.amazonaws.com/externalEniConfig` names, else its annotation, else its label,
 * by the keys that aws-node is told (`ENI_CONFIG_ANNOTATION_DEF`, `ENI_CONFIG_LABEL_DEF`). It asks when it attaches an
 * interface: those that are attached stay as they are.
 *
 * Protected unless told otherwise: a node without its ENIConfig never becomes Ready.
 *
 * Throws a ResourceError with everything that is wrong with the arguments, two ENIConfigs of one name included.
 */
export class EniConfigs extends pulumi.ComponentResource {
  /** Names of the ENIConfigs, once they are there. */
  public readonly names: pulumi.Output<string[]>;

  constructor(name: string, args: EniConfigsArgs, opts?: pulumi.ComponentResourceOptions) {
    // Without args: a change of theirs is one of the ENIConfigs, and of nothing else.
    super("eks-pod-network:index:EniConfigs", name, {}, { ...opts, protect: opts?.protect ?? true });
    refuse(this, eniConfigProblems(args.eniConfigs.map(whatIsKnown), args.cniVersion));

    const definition = args.installCrd === true ? [makeDefinition(this, name)] : [];
    const eniConfigs = args.eniConfigs.map(
      ({ name: eniConfigName, subnetId, securityGroupIds, adopt = false }) =>
        new CustomResource(
          `${name}-${eniConfigName}`,
          {
            apiVersion: ENI_CONFIG_API_VERSION,
            kind: "ENIConfig",
            metadata: {
              name: eniConfigName,
              // Whoever made it holds its fields.
              ...(adopt && { annotations: { "pulumi.com/patchForce": "true" } }),
            },
            spec: { subnet: subnetId, ...securityGroupsOf(securityGroupIds) },
          },
          { parent: this, dependsOn: definition, ...(adopt && { import: eniConfigName }) },
        ),
    );

    this.names = pulumi.all(eniConfigs.map(({ metadata }) => metadata.name));
    this.registerOutputs({ names: this.names });
  }
}

function makeDefinition(parent: pulumi.Resource, name: string): CustomResourceDefinition {
  return new CustomResourceDefinition(`${name}-crd`, ENI_CONFIG_DEFINITION, { parent });
}

/** Of an ENIConfig, what needs no resource to be made first. */
function whatIsKnown({ name, subnetId, securityGroupIds }: EniConfigSpec): EniConfigRequest {
  const ids: readonly unknown[] | undefined = Array.isArray(securityGroupIds) ? securityGroupIds : undefined;
  return {
    name,
    namesGroups: securityGroupIds !== undefined && ids?.length !== 0,
    subnetId: typeof subnetId === "string" ? subnetId : undefined,
    securityGroupIds: ids?.every((id) => typeof id === "string") === true ? ids : undefined,
  };
}

/** None and an empty list are the same to the CNI. */
function securityGroupsOf(ids: EniConfigSpec["securityGroupIds"]) {
  if (ids === undefined || (Array.isArray(ids) && ids.length === 0)) return {};
  return { securityGroups: ids };
}
