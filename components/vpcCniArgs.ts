import type * as pulumi from "@pulumi/pulumi";
import type { CniMode } from "../planning/podNetwork/cniMode";

/** Arguments of `VpcCni`. */
export interface VpcCniArgs {
  /** Plain, because the add-on is taken over by it. */
  readonly clusterName: string;
  /**
   * How the CNI is installed. From the DaemonSet to the add-on, with `adopt: false`, all settings of the DaemonSet go
   * along; where this component has set the DaemonSet before, its patch is protected, and is first taken out of the
   * state (`pulumi state delete`), which changes nothing in the cluster.
   *
   * @default as the cluster has it: an add-on where EKS knows one, else the DaemonSet
   */
  readonly mode?: CniMode;
  /**
   * Whether the add-on that the cluster has is taken over. False, with `mode: "addOn"`, makes the add-on here, in the
   * place of a self-managed CNI. Stays as it was given once.
   *
   * @default true
   */
  readonly adopt?: boolean;
  /**
   * Variables of the container aws-node, such as `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`. All others stay as they are, one
   * that is no longer given here included: to go back, give it the value of before.
   */
  readonly env: Record<string, string>;
  /** Variables of the init container, such as `DISABLE_TCP_EARLY_DEMUX`. @default none */
  readonly initEnv?: Record<string, string>;
  /**
   * Such as `v1.23.1-eksbuild.1`: never an older one than the cluster has, and one minor version newer at the most.
   *
   * @default as it is; of a new add-on, EKS's default for the cluster
   */
  readonly addOnVersion?: string;
  /** The role of the service account aws-node (IRSA); an empty text for none. @default as it is */
  readonly serviceAccountRoleArn?: pulumi.Input<string>;
  /** Roles by EKS Pod Identity. @default as they are */
  readonly podIdentityAssociations?: CniPodIdentity[];
  /** All tags of the add-on. @default as they are */
  readonly tags?: Record<string, string>;
  /** Zones in which nodes run; each needs its ENIConfig before the flag. @default those of the cluster's instances */
  readonly zonesWithNodes?: string[];
  /** The ENIConfigs that there are, but for those that the add-on makes from its configuration. @default none */
  readonly eniConfigNames?: pulumi.Input<string[]>;
  /**
   * What is done although it would strand pods: `zone-without-eniconfig` (the flag on while nodes run in a zone without
   * one), `custom-networking-off` (the flag off while it is on). @default nothing
   */
  readonly force?: string[];
}

/** A role that EKS Pod Identity gives to a service account of the add-on. */
export interface CniPodIdentity {
  /** Such as `aws-node`. */
  readonly serviceAccount: string;
  readonly roleArn: pulumi.Input<string>;
}
