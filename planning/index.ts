/**
 * The decisions of eks-pod-network, as pure functions: which range a VPC may be given, how it is cut per zone, how many
 * pods a node runs, how many addresses a fleet takes, and what nodes and aws-node must be told.
 *
 * Nothing here loads Pulumi, an AWS SDK or a Kubernetes client, and nothing has an effect.
 */
export { planSubnets, subnetCidrIn, type AddressPlan, type PlannedSubnet } from "./addressPlan";
export type { AddressPlanRequest, ExistingSubnet, IpamBlock, ZoneRequest } from "./addressPlanRequest";
export { fromEnv, toEnv, type Env, type ReadEnv } from "./awsNode/env";
export { ENV_TABLE, type AwsNodeContainer, type EnvEncoding, type EnvRow } from "./awsNode/envTable";
export {
  mergeConfigurationValues,
  mergeEnv,
  mergeEnvList,
  type AddOnEniConfig,
  type ConfigurationValues,
  type DesiredConfiguration,
  type EnvChange,
  type EnvVar,
} from "./awsNode/merge";
export { reviewSettings, type ReviewOptions, type SettingsReview } from "./awsNode/rules";
export type { AwsNodeSetting, AwsNodeSettings } from "./awsNode/settings";
export { checkCidrBlock, proposeCidrBlocks, type CidrCheck, type CidrFinding } from "./cidrCheck";
export type { CidrRule } from "./cidrRules";
export { fleetSchema, readFleet, type Fleet, type FleetRow } from "./fleet";
export type { Binding } from "./fleetBinding";
export type { NodeLimit, RowSize } from "./fleetNodes";
export type { RollingReplacement, Scenario, ZoneLoss } from "./fleetScenarios";
export { sizeFleet, type FleetSize, type SubnetSize } from "./fleetSize";
export {
  compareToSpreadsheet,
  sizeBySpreadsheet,
  type SpreadsheetComparison,
  type SpreadsheetDifference,
  type SpreadsheetSize,
} from "./fleetSpreadsheet";
export {
  instanceTypeTable,
  lookUpInTable,
  nearestInstanceTypes,
  type InstanceType,
  type InstanceTypeLookup,
} from "./instanceType";
export { groupMaxPods, maxPods, type AddressMode, type MaxPods, type MaxPodsOptions } from "./maxPods";
export { awsNeeds, type AwsNeed } from "./permissions/awsNeeds";
export type { AwsScope } from "./permissions/awsScopes";
export { iamPolicy, type IamPolicy, type IamStatement, type PolicyPlace } from "./permissions/iamPolicy";
export { kubernetesNeeds, type KubernetesNeed } from "./permissions/kubernetesNeeds";
export type { PassedRole } from "./permissions/pulumiResources";
export { rbacObjects, type RbacObject, type RbacRule } from "./permissions/rbac";
export type {
  OldNodeOwner,
  OnRequest,
  PermissionNetwork,
  PermissionRotation,
  Step as PermissionStep,
  WantedPermissions,
} from "./permissions/wanted";
export { prefixReservations, type PrefixReservations } from "./prefixReservations";
export { InvalidInputError, type Problem } from "./problem";
export type { AddressBand, BandMoment, BandSubnet } from "./report/addressBands";
export type { Change as ReportChange } from "./report/changes";
export type { Lane, LaneGroup, LaneOutcome, LaneSegment, LaneState } from "./report/lanes";
export type { TypeMaxPods } from "./report/maxPodsByType";
export type { Tone as ReportTone } from "./report/outcome";
export type { PodPoint, PodSeries } from "./report/podSeries";
export type { Figure as ReportFigure, ReportModel, RotationPicture } from "./report/reportModel";
export type { ReportTable } from "./report/table";
export type { Mark as TimelineMark, MarkKind, TimelineNode } from "./report/timeline";
export type { WorkingSpan, WorkingTime } from "./report/workingTime";
export { CUSTOM_NETWORKING_MAX_PODS } from "./userData/nodeConfig";
export type { ClusterCoordinates, NodeSettings, Taint } from "./userData/nodeSettings";
export {
  nodeUserData,
  type NodeFamily,
  type NodeGroupKind,
  type NodeUserData,
} from "./userData/nodeUserData";
export type { VpcAddressing, VpcPeering, VpcQuotas } from "./vpcAddressing";
export { nodeAddresses, type NodeAddresses, type WarmTargets } from "./warmPool";
