import type { NameReservation } from "../nameReservation";
import type { EksIssue, EksUpdate } from "./update";

/** Who reaches a cluster's API server, and from where. */
export interface EndpointAccess {
  readonly endpointPublicAccess: boolean;
  readonly endpointPrivateAccess: boolean;
  /** The sandbox tells them, and does not apply them: nobody here has a public address. */
  readonly publicAccessCidrs: readonly string[];
}

/** A cluster; the sandbox has a control plane for one, of IPv4 and without Auto Mode. */
export interface Cluster {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** Milliseconds since 1970, as everywhere here. */
  readonly createdAt: number;
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly clusterSecurityGroupId: string;
  /** The ENIs through which the control plane reaches the VPC. */
  readonly networkInterfaceIds: readonly string[];
  readonly issuerId: string;
  readonly ipFamily: "ipv4" | "ipv6";
  readonly isAutoMode: boolean;
  /** Whether it has the sandbox's control plane; without, it stays in CREATING. */
  readonly hasControlPlane: boolean;
  access: EndpointAccess;
  /** Where clients outside the VPC find the API server. */
  endpoint: string;
  readonly authenticationMode: string;
  status: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING";
  tags: Readonly<Record<string, string>>;
  readonly nodeGroups: Map<string, NodeGroup>;
  /** Names of node groups that are being made. */
  readonly reserveNodeGroup: NameReservation;
  readonly addOns: Map<string, AddOn>;
  /** Those that no add-on owns, by their ids. */
  readonly podIdentities: Map<string, PodIdentityAssociation>;
  readonly fargateProfiles: Map<string, FargateProfile>;
  readonly updates: Map<string, EksUpdate>;
}

/** A Fargate profile; the sandbox only tells it. */
export interface FargateProfile {
  readonly name: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly createdAt: number;
  readonly podExecutionRoleArn: string;
  readonly subnetIds: readonly string[];
  readonly selectors: readonly {
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  }[];
  status: "CREATING" | "ACTIVE" | "DELETING";
  tags: Readonly<Record<string, string>>;
}

/** Which role a service account has; the sandbox's pods have no credentials, so that it is only told. */
export interface PodIdentityAssociation {
  readonly id: string;
  readonly arn: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  roleArn: string;
  readonly createdAt: number;
  modifiedAt: number;
  tags: Readonly<Record<string, string>>;
}

/** A taint as EKS spells it. */
export interface NodeGroupTaint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";
}

/** How an update of a group's version replaces its nodes. */
export interface NodeGroupUpdateConfig {
  /** One of the two is there. */
  readonly maxUnavailable?: number | undefined;
  readonly maxUnavailablePercentage?: number | undefined;
  /** DEFAULT launches new nodes before old ones go, MINIMAL after. @default DEFAULT */
  readonly updateStrategy?: "DEFAULT" | "MINIMAL" | undefined;
}

/** A managed node group. */
export interface NodeGroup {
  readonly name: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly createdAt: number;
  modifiedAt: number;
  status: "CREATING" | "ACTIVE" | "UPDATING" | "DELETING" | "CREATE_FAILED" | "DELETE_FAILED" | "DEGRADED";
  minSize: number;
  maxSize: number;
  /** As last asked for; what the Auto Scaling group has made of it since wins in descriptions. */
  desiredSize: number;
  instanceTypes: readonly string[];
  /** Those of the call that made the group; none where its launch template or EKS chooses. */
  readonly requestedTypes: readonly string[];
  readonly capacityType: "ON_DEMAND" | "SPOT";
  readonly amiType: string;
  readonly diskSize: number;
  readonly subnetIds: readonly string[];
  readonly nodeRole: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly NodeGroupTaint[];
  updateConfig: NodeGroupUpdateConfig;
  /** The user's own launch template, when the group was made from one. */
  userLaunchTemplate?: { readonly id: string; readonly name: string; readonly version: string };
  readonly autoScalingGroupName: string;
  /** EKS's own launch template, and the version of it that new nodes are to be made from. */
  readonly launchTemplateId: string;
  launchTemplateVersion: string;
  /** As EKS computed it when it made the group, or last updated its version. */
  maxPods: number;
  imageId: string;
  /** Of EKS's AMI; of an AMI of the user's own it is its id. */
  releaseVersion: string;
  issues: readonly EksIssue[];
  tags: Readonly<Record<string, string>>;
  readonly updates: Map<string, EksUpdate>;
}

/** An add-on in a cluster. */
export interface AddOn {
  readonly name: string;
  readonly arn: string;
  readonly clusterName: string;
  readonly createdAt: number;
  modifiedAt: number;
  version: string;
  /** As it was given, in JSON or YAML; undefined when none was. */
  configurationValues: string | undefined;
  serviceAccountRoleArn: string | undefined;
  podIdentityAssociations: readonly PodIdentityAssociation[];
  /** Whether its last change said PRESERVE: what others own by then and later stays theirs. */
  preserves: boolean;
  status:
    | "CREATING"
    | "ACTIVE"
    | "CREATE_FAILED"
    | "UPDATING"
    | "DELETING"
    | "DEGRADED"
    | "UPDATE_FAILED"
    | "DELETE_FAILED";
  issues: readonly EksIssue[];
  tags: Readonly<Record<string, string>>;
  readonly updates: Map<string, EksUpdate>;
}
