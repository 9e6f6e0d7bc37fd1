/**
 * The runner as a library: takes an environment through the procedure, step by step, as `podnet` does.
 *
 * Everything outside (Pulumi, AWS clients, the cluster, the clock, an AbortSignal) is handed in; nothing is read from
 * the environment variables of the process but by the clients that are given.
 */
export { WrongAccountError } from "./account";
export { BlockError } from "./awaitBlocks";
export { awaitAwsNode, AwsNodeError, type AwsNodeOutside, type AwsNodeProgress } from "./awsNodeRollout";
export { NoProfileError } from "./awsProfile";
export {
  bringUp,
  type BringUpEvent,
  type BringUpOptions,
  type BringUpOutside,
  type BroughtUp,
} from "./bringUp";
export { systemClock, type Clock } from "./clock";
export { recordCni, type CniRecordOutside } from "./cniRecord";
export { GithubError } from "./comment/githubError";
export { postComment, roomBeside, type GithubOutside, type PostedComment } from "./comment/postComment";
export { previewMarkdown } from "./comment/previewMarkdown";
export {
  pullRequestOf,
  type ActionsContext,
  type GivenPullRequest,
  type PullRequest,
} from "./comment/pullRequest";
export { environmentClients, type AwsClients, type ClusterOutside, type EnvironmentClients } from "./connect";
export { ReachError, type Reached, type ReachProgress } from "./controlPlaneReach";
export type { Drift } from "./drift/readDrift";
export {
  environmentNamed,
  InvalidFileError,
  readEnvironments,
  type AcceptedFinding,
  type Environment,
} from "./environments";
export type { Done as GuardedUpDone, GuardedUpEvent, Refused } from "./guardedUp";
export { KubeConfigError, kubeConfigOf } from "./kubeConfig";
export {
  connectKubernetes,
  KubernetesError,
  type Answer as EvictionAnswer,
  type ApiObject,
  type EvictedPod,
  type Kubernetes,
  type Selectors,
  type Snapshot,
  type WatchedFrom,
  type WatchEvent,
} from "./kubernetes";
export type { StatusDetails } from "./kubernetesError";
export { MissingOutputsError, podNetworkOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
export type { ClusterPreflight } from "./preflight/preflight";
export { preview } from "./preview";
export { previewEnvironment } from "./previewEnvironment";
export { PulumiError } from "./pulumiError";
export type { Diagnostic, ResourceChange, StackEvent, StackResult } from "./pulumiEvents";
export type { StackOutside } from "./pulumiOperation";
export { UnreadableRecordError } from "./recordConfigMap";
export { reportHtml } from "./report/html/reportHtml";
export type { RollbackStep } from "./rollback/events";
export type { RollbackResult } from "./rollback/rollback";
export type { RollbackPlan } from "./rollback/rollbackPlan";
export { abortRotation, type AbortResult, type NewWorker } from "./rotation/abort";
export type { KeptFromGroup } from "./rotation/keptFromGroups";
export { describeRotationEvent } from "./rotation/describeEvent";
export type { RotationEvent, RotationHappening, RotationProgress, WaitsFor } from "./rotation/events";
export { explainRotation } from "./rotation/explain";
export { LeaseHeldError, LeaseLostError } from "./rotation/lease";
export type { ObserverOutside, RotationOutside } from "./rotation/outside";
export { pauseRotation, type PauseResult, type UnfinishedRun } from "./rotation/pause";
export type { BlockedNode, RotationResult } from "./rotation/result";
export { previewRotation, rotate } from "./rotation/rotate";
export { RotationError } from "./rotation/rotationError";
export type { GivenRotationOptions } from "./rotation/rotationOptions";
export type { Run } from "./run";
export { describeRunnerEvent, Runner, type RunnerEvent, type RunnerOptions, type UpOptions } from "./runner";
export { openExistingStack, openStack, type StackOptions } from "./stack";
export type { EnvironmentStatus } from "./status/readStatus";
export { UpdateFailedError } from "./updateFailedError";
export { UpdateInterruptedError } from "./updateInterruptedError";
export type { Introspection } from "./verification/introspection";
export type { VerificationEvent } from "./verification/verificationEvent";
export {
  verify,
  type EnvironmentVerification,
  type VerificationTimes,
  type VerifiedStack,
  type VerifyOptions,
  type VerifyOutside,
} from "./verify";
export { AddOnError } from "./vpcCniAddOn";
export type { AskedEnv } from "../planning/awsNode/askedEnv";
export type { EnvironmentStep, LastRun } from "../planning/environmentStatus";
export { readAllowances, type Allowance } from "../planning/guard/allowance";
export type { Danger, DangerId } from "../planning/guard/danger";
export type { LiveDrift } from "../planning/liveDrift";
export type { PositionedProblem } from "../planning/positionedYaml";
export type { Finding, FindingLevel } from "../planning/preflight/finding";
export type { Concern } from "../planning/preview/concern";
export type {
  BeforeAndAfter,
  EnvironmentPreview,
  FailedPreview,
  PreviewOutcome,
} from "../planning/preview/environmentPreview";
export type { PodLoss } from "../planning/preview/podLosses";
export type { PodsPerNode } from "../planning/preview/podsPerNode";
export type { RotationOutlook } from "../planning/preview/rotationOutlook";
export type { OldRangeNeed } from "../planning/rollback/oldRange";
export type { NodeAddressRoom, PodAddressRoom, SubnetRoom } from "../planning/rotation/addressRoom";
export type { Amount } from "../planning/rotation/amount";
export type { BudgetOutlook, UnmovablePod } from "../planning/rotation/budgets";
export type { EniConfigChoice } from "../planning/rotation/eniConfigChoice";
export type {
  BudgetState,
  BegunDrain,
  Explanation,
  NodeExplanation,
  PodExplanation,
  UnknownName,
} from "../planning/rotation/explanation";
export type { OldClause, OldReason } from "../planning/rotation/oldNode";
export type { AddedWorkers } from "../planning/rotation/plannedSurge";
export type { RefusedPod, VerdictGroup } from "../planning/rotation/podVerdict";
export type { PlannedBatch, RotationPlan, UndrainableNode } from "../planning/rotation/rotationPlan";
export type { GivenRotationSettings, HealthGate, RotationSettings } from "../planning/rotation/settings";
export type { PoolTarget } from "../planning/rotation/surge";
export type { PoolBase } from "../planning/rotation/surgeLimit";
export type { UnreadyPod } from "../planning/rotation/unreadyPods";
export type { Share, Verification } from "../planning/rotation/verification";
export type { EnvironmentNetwork } from "../planning/sharedRanges";
export type { UnfinishedUpdate } from "../planning/stack/unfinishedUpdate";
export type { Deviation } from "../planning/verification/deviation";
export type { SmokeTest } from "../planning/verification/smokeTest";
