import type { LiveDaemonSet } from "../awsNode/liveDaemonSet";
import type {
  ClusterFacts,
  InstanceFacts,
  NodeGroupFacts,
  ScalingGroupFacts,
  SubnetFacts,
  VpcBlockFacts,
  VpcCniFacts,
} from "../podNetwork/clusterFacts";
import type { PodNetworkRequest } from "../podNetwork/request";
import type { Observation } from "../rotation/observation";
import type { EnvironmentNetwork } from "../sharedRanges";
import type { WarmTargets } from "../warmPool";
import type { VpcAddressing } from "../vpcAddressing";
import type { NotSeen } from "./finding";
import type {
  InterfaceFacts,
  NetworkAclFacts,
  NetworkPolicyFacts,
  PeerRoutes,
  RouteTableWithRoutes,
  SecurityGroupFacts,
} from "./networkFacts";
import type { Place } from "./place";
import type { Quotas } from "./quotas";
import type { PodMove } from "./traffic";
import type { WorkloadPicture } from "./workloadPicture";

/** How pods are attached to the network, today and tomorrow. */
export interface PodAttachment extends PodMove {
  /** Security groups on the primary interfaces of today's nodes: those of their pods. */
  readonly groupsToday: readonly string[];
  /** Security groups of the ENIConfigs to be. */
  readonly groupsTomorrow: readonly string[];
}

/** What can be seen of a cluster and its surroundings before anything is changed; each part, or why it was not seen. */
export interface Picture extends WorkloadPicture {
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
  readonly nodeGroups: readonly NodeGroupFacts[] | NotSeen;
  /** Auto Scaling groups of the cluster that are no managed node group's. */
  readonly scalingGroups: readonly ScalingGroupFacts[] | NotSeen;
  /** What the pod network is to be, as far as it is decided. */
  readonly wanted: PodNetworkRequest;
  /** Whether the cluster's API answers from here. */
  readonly api: ApiAnswer;
  /** All route tables of the VPC. */
  readonly routeTables: readonly RouteTableWithRoutes[] | NotSeen;
  /** All subnets of the VPC. */
  readonly subnets: readonly SubnetFacts[] | NotSeen;
  /** Of the VPCs at the other ends of active peerings. */
  readonly peerRoutes: readonly PeerRoutes[] | NotSeen;
  /** Running instances of the cluster. */
  readonly instances: readonly InstanceFacts[] | NotSeen;
  /** The DaemonSet aws-node as it is. */
  readonly awsNode: LiveDaemonSet | NotSeen;
  /** The ENIConfigs that there are. */
  readonly eniConfigs: readonly EniConfigFacts[] | NotSeen;
  /** What the planning of a pod network is told: a summary of other parts. */
  readonly facts: ClusterFacts | NotSeen;
  /** The managed add-on vpc-cni. */
  readonly vpcCni: AddOnState | NotSeen;
  /** Quotas of the account, and how much of each is used. */
  readonly quotas: Quotas | NotSeen;
  /** Places that pods must reach tomorrow as well. */
  readonly places: readonly Place[];
  /** The environment among others; undefined where none has addresses for pods that it is to have as well. */
  readonly neighbourhood: Neighbourhood | undefined | NotSeen;
}

/** An environment, and those of the same file that are to have some of the same addresses for pods. */
export interface Neighbourhood {
  readonly own: EnvironmentNetwork;
  /** Of those that can't be seen, why. */
  readonly others: readonly (EnvironmentNetwork | NotSeen)[];
}

/** An ENIConfig, as far as it decides where pods are. */
export interface EniConfigFacts {
  readonly name: string;
  /** Empty where it names none. */
  readonly subnetId: string;
  /** Of pods. @default those of their node */
  readonly securityGroupIds?: readonly string[];
}

/** Whether the cluster's API answered when it was asked. */
export type ApiAnswer =
  | { readonly answers: true }
  | {
      readonly answers: false;
      readonly why: string;
      /** How to know where it is, where no kubeconfig tells and it was not asked. */
      readonly wayToIt?: string;
    };

/** The managed add-on vpc-cni, or that there is none. */
export interface AddOnState {
  readonly addOn: VpcCniFacts | undefined;
  /** The newest version that EKS has for the cluster, such as `v1.23.1-eksbuild.1`; undefined where it was not seen. */
  readonly newestVersion: string | undefined;
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
  /** AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS as it will be: destinations that see pods by their own addresses. */
  readonly excludeSnatCidrs: readonly string[];
  /** How many addresses nodes keep beside those that pods use, as it will be. */
  readonly warm: WarmTargets;
  /** Names of the ENIConfigs that there are or will be. */
  readonly eniConfigs: readonly string[];
}

/** What EKS knows of a cluster, as far as preflight looks at it. */
export interface ControlPlaneFacts {
  readonly clusterName: string;
  /** Of Kubernetes, such as `1.36`. */
  readonly version: string;
  readonly vpcId: string;
  /** Those in which the control plane has its interfaces; nodes may be elsewhere. */
  readonly subnetIds: readonly string[];
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
  /** Whether it is reached by addresses of the VPC as well. */
  readonly hasPrivateEndpoint: boolean;
}

/** The VPC, and the blocks that pods are to have in it. */
export interface VpcFacts {
  readonly vpcId: string;
  readonly podCidrs: readonly string[];
  readonly addressing: VpcAddressing;
  /** Its IPv4 blocks, the primary first. */
  readonly blocks: readonly VpcBlockFacts[];
}
