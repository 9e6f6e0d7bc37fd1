import type { Observation } from "../rotation/observation";
import type { VpcAddressing } from "../vpcAddressing";
import type { NotSeen } from "./finding";
import type { InterfaceFacts, NetworkAclFacts, NetworkPolicyFacts, SecurityGroupFacts } from "./networkFacts";
import type { PodMove } from "./traffic";

/** How pods are attached to the network, today and tomorrow. */
export interface PodAttachment extends PodMove {
  /** Security groups on the primary interfaces of today's nodes: those of their pods. */
  readonly groupsToday: readonly string[];
  /** Security groups of the ENIConfigs to be. */
  readonly groupsTomorrow: readonly string[];
}

/** What can be seen of a cluster and its surroundings before anything is changed; each part, or why it was not seen. */
export interface Picture {
  readonly controlPlane: ControlPlaneFacts | NotSeen;
  readonly vpc: VpcFacts | NotSeen;
  readonly attachment: PodAttachment | NotSeen;
  /** All interfaces of the VPC. */
  readonly interfaces: readonly InterfaceFacts[] | NotSeen;
  /** All security groups of the VPC. */
  readonly securityGroups: readonly SecurityGroupFacts[] | NotSeen;
  /** All network ACLs of the VPC. */
  readonly networkAcls: readonly NetworkAclFacts[] | NotSeen;
  readonly networkPolicies: readonly NetworkPolicyFacts[] | NotSeen;
  /** Nodes, pods and budgets. */
  readonly cluster: Pick<Observation, "nodes" | "pods" | "budgets"> | NotSeen;
  readonly cni: CniPlan | NotSeen;
  /** Managed node groups of the cluster. */
  readonly nodeGroups: readonly NodeGroupSize[] | NotSeen;
}

/** How the CNI is to be set. */
export interface CniPlan {
  /** ENABLE_PREFIX_DELEGATION as it will be. */
  readonly prefixDelegation: boolean;
  /** MAX_ENI as it will be, where it is set. */
  readonly maxEni: number | undefined;
  /** ENI_CONFIG_LABEL_DEF as it will be. */
  readonly eniConfigLabel: string;
  /** ENI_CONFIG_ANNOTATION_DEF as it will be. */
  readonly eniConfigAnnotation: string;
  /** AWS_VPC_K8S_CNI_EXTERNALSNAT as it will be. */
  readonly externalSnat: boolean;
  /** Names of the ENIConfigs that there are or will be. */
  readonly eniConfigs: readonly string[];
}

/** A managed node group, as far as it can grow, and whose it is. */
export interface NodeGroupSize {
  readonly nodeGroupName: string;
  readonly maxSize: number;
  /** How many nodes it wants at this moment. */
  readonly desiredSize: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What EKS knows of a cluster, as far as preflight looks at it. */
export interface ControlPlaneFacts {
  readonly vpcId: string;
  /** The security group that EKS made for the cluster; new workers have it unless they are given others. */
  readonly clusterSecurityGroupId: string;
  /** `kubernetesNetworkConfig.serviceIpv4Cidr`; nothing for an IPv6 cluster. */
  readonly serviceCidrBlock?: string;
  /** `ipv4` or `ipv6`. */
  readonly ipFamily: string;
  /** Whether EKS itself runs the nodes (Auto Mode), whose CNI nobody configures. */
  readonly isAutoMode: boolean;
  /** Blocks that may speak to the public endpoint; none where it has none. */
  readonly publicAccessCidrs: readonly string[];
  readonly hasPublicEndpoint: boolean;
}

/** The VPC, and the blocks that pods are to have in it. */
export interface VpcFacts {
  readonly vpcId: string;
  readonly podCidrs: readonly string[];
  readonly addressing: VpcAddressing;
}
