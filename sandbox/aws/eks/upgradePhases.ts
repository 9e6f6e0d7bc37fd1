import { randomInt } from "node:crypto";
import {
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type Instance,
} from "@aws-sdk/client-auto-scaling";
import type { V1Node } from "@kubernetes/client-node";
import { evictPods } from "./drain";
import type { EksOutside } from "./eksOutside";
import type { NodeGroup } from "./eksState";
import { autoScalingGroupOf, instanceIdOf, isReady } from "./nodeGroupScaling";
import type { EksIssue } from "./update";

/** An update of a group's version under way. */
export interface Upgrade {
  readonly group: NodeGroup;
  /** Of EKS's template: instances of another version are old. */
  readonly launchTemplateVersion: string;
  readonly force: boolean;
  /** The group's sizes before. */
  readonly sizes: { readonly desired: number; readonly max: number };
  /** How many more nodes there are meanwhile. */
  readonly surge: number;
  /** How many nodes are replaced at once. */
  readonly batch: number;
  readonly outside: EksOutside;
}

/** Load balancers leave a node with this label alone. */
const EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

/** Launches the surge, and waits until each zone with old nodes has a new one, and all new ones are Ready. */
export async function scaleUp(upgrade: Upgrade): Promise<EksIssue | undefined> {
  const { sizes, surge } = upgrade;
  if (surge === 0) return undefined;
  await resize(upgrade, { desired: sizes.desired + surge, max: sizes.max + surge });
  return untilJoined(upgrade, (old, fresh) => {
    const reached = new Set(fresh.map(({ AvailabilityZone }) => AvailabilityZone));
    return old.every(({ AvailabilityZone }) => reached.has(AvailabilityZone));
  });
}

/** Makes all old nodes unschedulable, and takes them out of load balancers. */
export async function markOld(upgrade: Upgrade): Promise<void> {
  await patchOld(upgrade, { metadata: { labels: { [EXCLUDED]: "true" } }, spec: { unschedulable: true } });
}

/** Takes {@link markOld} back. */
export async function unmarkOld(upgrade: Upgrade): Promise<void> {
  await patchOld(upgrade, { metadata: { labels: { [EXCLUDED]: null } }, spec: { unschedulable: null } });
}

/** Drains and terminates the old nodes, a batch of them chosen at random at a time. */
export async function upgradeBatches(upgrade: Upgrade): Promise<EksIssue | undefined> {
  for (;;) {
    const { old } = await instancesOf(upgrade);
    if (old.length === 0) return undefined;
    const issue = await replace(upgrade, randomly(old).slice(0, upgrade.batch));
    if (issue !== undefined) return issue;
    const failed = await untilJoined(upgrade, () => true);
    if (failed !== undefined) return failed;
  }
}

/**
 * Takes the surge away node by node, drained; of a failed update the new nodes first.
 *
 * It stops at once where somebody else, as the Cluster Autoscaler, makes the group larger meanwhile.
 */
export async function scaleDown(upgrade: Upgrade): Promise<void> {
  const { sizes, surge } = upgrade;
  if (surge === 0) return;
  const { old, fresh } = await instancesOf(upgrade);
  // What did not come up by now isn't waited for, or it would come up while others go.
  let size = Math.max(sizes.desired, old.length + fresh.length);
  await resize(upgrade, { desired: size, max: Math.max(sizes.max, size) });
  while (size > sizes.desired) {
    const now = await instancesOf(upgrade);
    if (now.desired > size) return;
    const [leaving] = fullestZone(now.fresh.length > 0 ? now.fresh : now.old);
    if (leaving === undefined) break;
    await drain(upgrade, [leaving]);
    await terminate(upgrade, leaving, true);
    size -= 1;
    await resize(upgrade, { max: Math.max(sizes.max, size) });
  }
  await resize(upgrade, sizes);
}

async function replace(upgrade: Upgrade, batch: readonly Instance[]): Promise<EksIssue | undefined> {
  const { group, outside, force } = upgrade;
  const held = await drain(upgrade, batch);
  if (held.length > 0 && !force) {
    return {
      code: "PodEvictionFailure",
      message: `Reached max retries while trying to evict pods from nodes in node group ${group.name}`,
      resourceIds: held,
    };
  }
  await outside.clock.sleep(outside.pace.drainedMs, outside.signal);
  for (const instance of batch) await terminate(upgrade, instance, false);
  return undefined;
}

/** Cordons and drains instances' nodes at once. @returns the names of those that pods are left on. */
async function drain(
  { group, force, outside }: Upgrade,
  instances: readonly Instance[],
): Promise<readonly string[]> {
  const { access, pace } = outside;
  const ids = new Set(instances.map(({ InstanceId }) => InstanceId));
  const nodes = (await access.nodesOf(group.name)).filter((node) => ids.has(instanceIdOf(node)));
  const held = await Promise.all(
    nodes.map(async ({ metadata: { name = "" } = {} }) => {
      await access.patchNode(name, { spec: { unschedulable: true } });
      const left = await evictPods(name, pace.evictionMs, outside);
      if (force) for (const pod of left) await access.deletePod(pod);
      return left.length > 0 ? [name] : [];
    }),
  );
  return held.flat();
}

async function terminate({ outside }: Upgrade, { InstanceId }: Instance, decrement: boolean): Promise<void> {
  const command = { InstanceId, ShouldDecrementDesiredCapacity: decrement };
  await outside.autoScaling
    .send(new TerminateInstanceInAutoScalingGroupCommand(command))
    .catch((error: unknown) => {
      // Balancing of zones, or somebody, was faster.
      if (!(error instanceof Error) || !error.message.startsWith("Instance Id not found")) throw error;
    });
}

/** Waits until the group is complete, its new nodes are Ready, and what else is asked for is so. */
async function untilJoined(
  upgrade: Upgrade,
  isSo: (old: readonly Instance[], fresh: readonly Instance[]) => boolean,
): Promise<EksIssue | undefined> {
  const { group, outside } = upgrade;
  const { access, clock, pace, signal } = outside;
  const deadline = clock.now() + pace.nodeCreationMs;
  for (;;) {
    const { old, fresh, desired } = await instancesOf(upgrade);
    const ready = new Set((await access.nodesOf(group.name)).filter(isReady).map(instanceIdOf));
    const missing = fresh.filter(({ InstanceId = "" }) => !ready.has(InstanceId));
    if (old.length + fresh.length >= desired && missing.length === 0 && isSo(old, fresh)) return undefined;
    if (clock.now() > deadline) {
      return {
        code: "NodeCreationFailure",
        message: `Couldn't proceed with upgrade process as new nodes are not joining node group ${group.name}`,
        resourceIds: missing.map(({ InstanceId = "" }) => InstanceId),
      };
    }
    await clock.sleep(pace.pollMs, signal);
  }
}

async function instancesOf({ group, launchTemplateVersion, outside }: Upgrade) {
  const scaling = await autoScalingGroupOf(group, outside);
  const staying = (scaling?.Instances ?? []).filter(
    ({ LifecycleState = "" }) => !LifecycleState.startsWith("Terminating"),
  );
  const isFresh = ({ LaunchTemplate }: Instance) => LaunchTemplate?.Version === launchTemplateVersion;
  return {
    old: staying.filter((one) => !isFresh(one)),
    fresh: staying.filter(isFresh),
    desired: scaling?.DesiredCapacity ?? 0,
  };
}

async function patchOld(upgrade: Upgrade, patch: object): Promise<void> {
  const { access } = upgrade.outside;
  const old = new Set((await instancesOf(upgrade)).old.map(({ InstanceId }) => InstanceId));
  const isOld = (node: V1Node) => old.has(instanceIdOf(node));
  for (const { metadata } of (await access.nodesOf(upgrade.group.name)).filter(isOld)) {
    await access.patchNode(metadata?.name ?? "", patch);
  }
}

async function resize(
  { group, outside }: Upgrade,
  { desired, max }: { readonly desired?: number; readonly max: number },
): Promise<void> {
  await outside.autoScaling.send(
    new UpdateAutoScalingGroupCommand({
      AutoScalingGroupName: group.autoScalingGroupName,
      MaxSize: max,
      ...(desired === undefined ? {} : { DesiredCapacity: desired }),
    }),
  );
}

function randomly<T>(all: readonly T[]): T[] {
  const left = [...all];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(randomInt(left.length), 1));
  return mixed;
}

/** The instances of the zone that has most of them. */
function fullestZone(instances: readonly Instance[]): readonly Instance[] {
  const zones = new Map<string, Instance[]>();
  for (const instance of instances) {
    const { AvailabilityZone = "" } = instance;
    zones.set(AvailabilityZone, [...(zones.get(AvailabilityZone) ?? []), instance]);
  }
  return [...zones.values()].sort((left, right) => right.length - left.length)[0] ?? [];
}
