/**
 * The runner as a library: takes an environment through the procedure, step by step, as `podnet` does.
 *
 * Everything outside (Pulumi, AWS clients, the cluster, the clock, an AbortSignal) is handed in; nothing is read from
 * the environment variables of the process but by the clients that are given.
 */
export { WrongAccountError } from "./account";
export { NoProfileError } from "./awsProfile";
export { awaitAwsNode, AwsNodeError, type AwsNodeOutside, type AwsNodeProgress } from "./awsNodeRollout";
export { BlockError } from "./awaitBlocks";
export { bringUp, type BringUpEvent, type BringUpOptions, type BroughtUp } from "./bringUp";
export { systemClock, type Clock } from "./clock";
export { recordCni } from "./cniRecord";
export { UnreadableRecordError } from "./recordConfigMap";
export { AddOnError } from "./vpcCniAddOn";
export { environmentClients, type EnvironmentClients } from "./connect";
export { ReachError, type Reached, type ReachProgress } from "./controlPlaneReach";
export type { Drift } from "./drift/readDrift";
export { environmentNamed, InvalidFileError, readEnvironments, type Environment } from "./environments";
export type { Refused } from "./guardedUp";
export { kubeConfigOf, KubeConfigError } from "./kubeConfig";
export { GithubError } from "./comment/githubError";
export { postComment, roomBeside, type GithubOutside, type PostedComment } from "./comment/postComment";
export { previewMarkdown } from "./comment/previewMarkdown";
export { pullRequestOf, type PullRequest } from "./comment/pullRequest";
export { connectKubernetes, KubernetesError, type Kubernetes } from "./kubernetes";
export { MissingOutputsError, podNetworkOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
export type { ClusterPreflight } from "./preflight/preflight";
export { preview } from "./preview";
export { previewEnvironment } from "./previewEnvironment";
export { PulumiError } from "./pulumiError";
export { reportHtml } from "./report/html/reportHtml";
export type { RollbackStep } from "./rollback/events";
export type { RollbackResult } from "./rollback/rollback";
export type { RollbackPlan } from "./rollback/rollbackPlan";
export type { Diagnostic, ResourceChange, StackEvent, StackResult } from "./pulumiEvents";
export type { StackOutside } from "./pulumiOperation";
export { abortRotation, type AbortResult, type KeptMinimum, type NewWorker } from "./rotation/abort";
export { describeRotationEvent } from "./rotation/describeEvent";
export type { RotationEvent, RotationHappening, RotationProgress } from "./rotation/events";
export { LeaseHeldError, LeaseLostError } from "./rotation/lease";
export type { ObserverOutside, RotationOutside } from "./rotation/outside";
export { pauseRotation, type PauseResult, type UnfinishedRun } from "./rotation/pause";
export type { BlockedNode, RotationResult } from "./rotation/result";
export { previewRotation, rotate } from "./rotation/rotate";
export { explainRotation } from "./rotation/explain";
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
export { verify, type EnvironmentVerification, type VerifyOptions } from "./verify";
export type {
  EnvironmentPreview,
  FailedPreview,
  PreviewOutcome,
} from "../planning/preview/environmentPreview";
export { readAllowances, type Allowance } from "../planning/guard/allowance";
export type { Danger, DangerId } from "../planning/guard/danger";
export type { Explanation } from "../planning/rotation/explanation";
export type { RotationPlan } from "../planning/rotation/rotationPlan";
export type { Verification } from "../planning/rotation/verification";
export type { Deviation } from "../planning/verification/deviation";
export type { SmokeTest } from "../planning/verification/smokeTest";
