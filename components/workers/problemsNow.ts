import { planWorkers } from "../../planning/workers/planWorkers";
import type { Problem } from "../../planning/problem";
import { requestProblems } from "../../planning/workers/requestProblems";
import { labelProblems } from "../../planning/workers/workerLabels";
import type { WorkerRequest } from "../../planning/workers/workerRequest";
import { adoptionProblems, zoneProblems } from "../../planning/workers/zoneProblems";
import type { WorkerGroupArgs } from "./workerGroupArgs";

/** What is asked of a worker group, without what may be known only later. */
export function requestOf(args: WorkerGroupArgs): WorkerRequest {
  const { kind = "managed", imageId, nodeRoleArn, instanceProfileArn, securityGroupIds } = args;
  return {
    kind,
    like: args.like,
    instanceTypes: args.instanceTypes,
    amiType: args.amiType,
    hasImage: imageId !== undefined,
    osFamily: args.osFamily,
    capacityType: args.capacityType,
    diskSize: args.diskSize,
    hasNodeRole: nodeRoleArn !== undefined,
    hasInstanceProfile: instanceProfileArn !== undefined,
    hasSecurityGroups: securityGroupIds !== undefined,
    minSize: args.minSize,
    maxSize: args.maxSize,
    labels: args.labels,
    taints: args.taints,
    eniConfig: args.eniConfig,
    maxPods: args.maxPods,
    prefixDelegation: args.prefixDelegation,
    maxEni: args.maxEni,
  };
}

/** Whether a group that exists says what is not given. */
export function hasSource({ like, zones = [] }: WorkerGroupArgs): boolean {
  return like !== undefined || zones.some(({ adopt }) => adopt === true);
}

/** What is wrong with what workers are to be, as far as that tells it by itself. */
export function settingsProblems(args: WorkerGroupArgs, zones: readonly string[]): Problem[] {
  const request = requestOf(args);
  return hasSource(args)
    ? [...requestProblems(request), ...labelProblems(request.labels ?? {}, request.eniConfig, zones)]
    : [...planWorkers(request, zones).problems];
}

/** What is wrong with the arguments of a worker group, as far as they tell it by themselves. */
export function problemsNow(args: WorkerGroupArgs): Problem[] {
  const zones = args.zones?.map(({ availabilityZone, adopt = false }) => ({
    availabilityZone,
    isAdopted: adopt,
  }));
  const names = (zones ?? []).map(({ availabilityZone }) => availabilityZone);
  return [
    // With a group to copy, its zones may be taken.
    ...(zones === undefined && args.like !== undefined ? [] : zoneProblems(args.groupName, zones ?? [])),
    ...adoptionProblems(zones ?? [], requestOf(args)),
    ...settingsProblems(args, names),
  ];
}
