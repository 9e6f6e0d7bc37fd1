import type { NameReservation } from "../nameReservation";
import type { EksIssue, EksUpdate } from "./update";

/** A cluster; the sandbox has a control plane for one. */
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
  readonly endpointPublicAccess: boolean;
  readonly endpointPrivateAccess: boolean;
  readonly authenticationMode: string;
  status: "CREATING" | "ACTIVE" | "DELETING";
  tags: Readonly<Record<string, string>>;
  readonly nodeGroups: Map<string, NodeGroup>;
  /** Names of node groups that are being made. */
  readonly reserveNodeGroup: NameReservation;
  readonly addOns: Map<string, AddOn>;
  readonly fargateProfiles: Map<string, FargateProfile>;
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

/** Which role a service account of an add-on has. */
export interface PodIdentityAssociation {
  readonly id: string;
  readonly arn: string;
  readonly serviceAccount: string;
  readonly roleArn: string;
}

/** A taint as EKS spells it. */
export interface NodeGroupTaint {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect: "NO_SCHEDULE" | "NO_EXECUTE" | "PREFER_NO_SCHEDULE";
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
  readonly instanceTypes: readonly string[];
  readonly capacityType: "ON_DEMAND" | "SPOT";
  readonly amiType: string;
  readonly diskSize: number;
  readonly subnetIds: readonly string[];
  readonly nodeRole: string;
  labels: Readonly<Record<string, string>>;
  taints: readonly NodeGroupTaint[];
  updateConfig: Readonly<Record<string, number | string>>;
  /** The user's own launch template, when the group was made from one. */
  readonly userLaunchTemplate?: { readonly id: string; readonly name: string; readonly version: string };
  readonly autoScalingGroupName: string;
  readonly launchTemplateId: string;
  /** As EKS computed it when it made the group. */
  readonly maxPods: number;
  readonly imageId: string;
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
