import type { Stack } from "@pulumi/pulumi/automation";
import type { AskedEnv } from "../../planning/awsNode/askedEnv";
import { fromEnv, type Env } from "../../planning/awsNode/env";
import type { AwsNodeContainer } from "../../planning/awsNode/envTable";
import type { Problem } from "../../planning/problem";
import { forgottenAddOn } from "../../planning/rollback/forgottenAddOn";
import { fargateProblems } from "../../planning/rollback/leftInPodSubnets";
import { endedForGoodNotes, instancesInPodSubnets } from "../../planning/rollback/nodeMakers";
import {
  oldRangeNeeds,
  oldRangeProblems,
  workersWithRoom,
  type OldRangeNeed,
} from "../../planning/rollback/oldRange";
import { othersInBlocks } from "../../planning/rollback/othersInBlocks";
import {
  comingWorkers,
  fullGroupNotes,
  restoredSizeNotes,
  restoredSizes,
} from "../../planning/rollback/restoredSizes";
import {
  goingBlocks,
  goingGroups,
  goingSubnets,
  leftNotes,
  removalProblems,
  resourceName,
  stackRemoval,
  type StackRemoval,
} from "../../planning/rollback/stackRemoval";
import { isRollbackUnfinished } from "../../planning/rollback/unfinishedRollback";
import type { WayBack } from "../../planning/rotation/observation";
import { oldNodes } from "../../planning/rotation/oldNodes";
import type { RotationPlan } from "../../planning/rotation/rotationPlan";
import { containerOf, envOf, getAwsNode, type AwsNodeDaemonSet } from "../awsNodeDaemonSet";
import { CNI_RECORD, readCniRecord, type CniRecord } from "../cniRecord";
import type { PodNetworkOutputs } from "../podNetworkOutputs";
import type { RotationGoal } from "../rotation/goal";
import { lookAhead, type LookAhead } from "../rotation/lookAhead";
import { observer, type Observed } from "../rotation/observe";
import type { Tools } from "../rotation/outside";
import { readRecord } from "../rotation/record";
import type { RotationOptions } from "../rotation/rotationOptions";
import { describeSubnetRooms } from "../rotation/subnetRooms";
import { readStackState } from "../stackState";
import { findOldGroups, type OldGroups } from "./oldGroups";

/** What taking a pod network back would do, before it does anything. */
export interface RollbackPlan {
  /** Whether a rollback was begun and has not ended, and would go on. */
  readonly isBegun: boolean;
  /**
   * Variables of aws-node that differ from what was recorded, and would be set back, as `NAME=value` or `NAME (unset)`;
   * those of its init container after `aws-vpc-cni-init: `.
   */
  readonly cni: readonly string[];
  /** Which nodes would be replaced, and how. */
  readonly rotation: RotationPlan;
  /** Whether the addresses of the old range suffice, by zone. */
  readonly oldRange: readonly OldRangeNeed[];
  /** What the stack has made, and would be deleted: kinds and names. */
  readonly removed: readonly string[];
  /** What others made and the stack took over: it stays. */
  readonly left: readonly string[];
  /** What keeps it from starting; nothing is touched while there is any. */
  readonly problems: readonly Problem[];
}

/** A plan with what it was made of. */
export interface LookBack extends Pick<LookAhead, "observed" | "pools" | "homeless"> {
  readonly plan: RollbackPlan;
  readonly goal: RotationGoal;
  readonly removal: StackRemoval;
  /** None where custom networking is off already, and nothing has to be known. */
  readonly record: CniRecord | undefined;
  /** How old groups are now. */
  readonly groupsNow: OldGroups["now"];
  /** The pod subnets that go: those that the stack did not take over. */
  readonly madeSubnets: readonly string[];
}

/** What the way back is planned by. */
export interface LookBackRequest {
  readonly stack: Stack;
  readonly outputs: PodNetworkOutputs;
  readonly options: RotationOptions;
  /** The variables that the pod network sets. */
  readonly ours: AskedEnv;
}

/** Plans the way back of a cluster as it is at this moment. @throws PulumiError, KubernetesError; what AWS answers. */
export async function lookBack(
  tools: Tools,
  { stack, outputs, options, ours }: LookBackRequest,
): Promise<LookBack> {
  const { deployment } = await readStackState(stack);
  const removal = stackRemoval(deployment?.resources ?? []);
  // One that the stack took over stays, and its nodes are made anew in it.
  const wayBack: WayBack = { leavingGroups: goingGroups(removal) };
  const record = await readCniRecord(tools.kubernetes);
  const awsNode = await getAwsNode(tools.kubernetes);
  const observed = await observer(tools, outputs.podSubnets, undefined, wayBack)();
  const last = await readRecord(tools.kubernetes);
  const oldGroups = await findOldGroups(tools, outputs, observed, last?.before);
  const { sources, sizes, zones, problems } = oldGroups;
  const leaving = oldNodes(observed);
  const restored = restoredSizes(sizes, workersWithRoom(oldRangeNeeds(zones, leaving)));
  const leastSizes = new Map(restored.flatMap(({ name, size }) => (size > 0 ? [[name, size] as const] : [])));
  const goal = {
    wayBack,
    sources: sources.map((source) => ({ ...source, leastSize: leastSizes.get(source.nodeGroupName) })),
  };
  const ahead = await lookAhead(tools, outputs, goal, asRecorded(observed, record), options);
  const { plan: planned, pools, homeless } = ahead;
  const notes = [
    ...planned.notes,
    ...restoredSizeNotes(restored),
    ...fullGroupNotes(sizes),
    ...endedForGoodNotes(observed),
    ...leftNotes(removal),
  ];
  const rotation = { ...planned, notes };
  const oldRange = oldRangeNeeds(zones, leaving, comingWorkers(sizes, leastSizes));
  const madeSubnets = goingSubnets(removal);
  return {
    goal,
    removal,
    record,
    observed,
    pools,
    homeless,
    groupsNow: oldGroups.now,
    madeSubnets,
    plan: {
      isBegun: isRollbackUnfinished(last, observed.awsNode),
      cni: record === undefined ? [] : differing(awsNode, record, ours),
      rotation,
      oldRange,
      removed: removal.removed.map(resourceName),
      left: removal.left.map(resourceName),
      problems: [
        ...removalProblems(stack.name, removal),
        ...recordProblems(observed, record),
        ...forgottenAddOn(removal, record?.configurationValues !== undefined),
        ...problems,
        ...fargateProblems(observed),
        ...instancesInPodSubnets(observed, madeSubnets),
        ...(await blockProblems(tools, outputs, removal, madeSubnets)),
        ...oldRangeProblems(oldRange),
        ...rotation.problems,
      ],
    },
  };
}

async function blockProblems(
  tools: Tools,
  { vpcId }: PodNetworkOutputs,
  removal: StackRemoval,
  madeSubnets: readonly string[],
): Promise<Problem[]> {
  const blocks = goingBlocks(removal);
  if (blocks.length === 0) return [];
  const subnets = await describeSubnetRooms(tools, { Filters: [{ Name: "vpc-id", Values: [vpcId] }] });
  return othersInBlocks(blocks, subnets, madeSubnets);
}

/** The cluster as it is once the CNI is set back. */
function asRecorded(observed: Observed, record: CniRecord | undefined): Observed {
  if (record === undefined) return observed;
  const { prefixDelegation = false, maxEni } = fromEnv(record.env).settings;
  return {
    ...observed,
    awsNode: { ...observed.awsNode, customNetworking: false },
    target: { ...observed.target, prefixDelegation, maxEni },
  };
}

function differing(awsNode: AwsNodeDaemonSet, { env, initEnv }: CniRecord, ours: AskedEnv): string[] {
  const live = (name: AwsNodeContainer) => envOf(containerOf(awsNode, name));
  return [
    ...differingIn(live("aws-node"), env, ours.env),
    ...differingIn(live("aws-vpc-cni-init"), initEnv, ours.initEnv).map((one) => `aws-vpc-cni-init: ${one}`),
  ];
}

function differingIn(live: Env, recorded: Env, ours: Env): string[] {
  return [...new Set([...Object.keys(recorded), ...Object.keys(ours)])].sort().flatMap((name) => {
    const before = recorded[name];
    if (live[name] === before) return [];
    return [before === undefined ? `${name} (unset)` : `${name}=${before}`];
  });
}

function recordProblems({ awsNode }: Observed, record: CniRecord | undefined): Problem[] {
  if (record !== undefined || !awsNode.customNetworking) return [];
  return [
    {
      path: `configmap kube-system/${CNI_RECORD}`,
      reason: "is not there, so nobody knows how the CNI was set before custom networking.",
      fix: "Set the CNI yourself as it is to be, with AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=false, and run podnet rollback again.",
    },
  ];
}
