/**
 * The runner as a library: takes an environment through the procedure, step by step, as `podnet` does.
 *
 * Everything outside (Pulumi, AWS clients, the cluster, the clock, an AbortSignal) is handed in; nothing is read from
 * the environment variables of the process but by the clients that are given.
 */
export { awaitAwsNode, AwsNodeError, type AwsNodeOutside, type AwsNodeProgress } from "./awsNodeRollout";
export { systemClock, type Clock } from "./clock";
export { recordCni } from "./cniRecord";
export { environmentNamed, InvalidFileError, readEnvironments, type Environment } from "./environments";
export { kubeConfigOf, KubeConfigError } from "./kubeConfig";
export { connectKubernetes, KubernetesError, type Kubernetes } from "./kubernetes";
export { MissingOutputsError, podNetworkOutputs, type PodNetworkOutputs } from "./podNetworkOutputs";
export { preview } from "./preview";
export { PulumiError } from "./pulumiError";
export type { Diagnostic, ResourceChange, StackEvent, StackResult } from "./pulumiEvents";
export type { StackOutside } from "./pulumiOperation";
export { describeRotationEvent } from "./rotation/describeEvent";
export type { RotationEvent, RotationHappening, RotationProgress } from "./rotation/events";
export { LeaseHeldError, LeaseLostError } from "./rotation/lease";
export type { ObserverOutside, RotationOutside } from "./rotation/outside";
export type { BlockedNode, RotationResult } from "./rotation/result";
export { previewRotation, rotate } from "./rotation/rotate";
export { RotationError } from "./rotation/rotationError";
export type { GivenRotationOptions } from "./rotation/rotationOptions";
export { openExistingStack, openStack, type StackOptions } from "./stack";
export { up, type UpResult } from "./up";
export { verify } from "./verify";
export type { RotationPlan } from "../planning/rotation/rotationPlan";
export type { Verification } from "../planning/rotation/verification";
