import type { Env } from "../../planning/awsNode/env";
import type { NodeAddressRoom } from "../../planning/rotation/addressRoom";
import { LOWERED, loweredWarmTargets } from "../../planning/rotation/loweredWarmTargets";
import { restoredWarmTargets } from "../../planning/rotation/restoredWarmTargets";
import {
  AWS_NODE_PATH,
  containerOf,
  envOf,
  getAwsNode,
  type AwsNodeContainerSpec,
} from "../awsNodeDaemonSet";
import { awaitAwsNode } from "../awsNodeRollout";
import { isStatus } from "../kubernetes";
import type { ActingTools, Tools } from "./outside";
import { readRecord, writeRecord, type RotationRecord } from "./record";
import { RotationStopped } from "./result";
import type { Run } from "./runContext";
import { subnetRooms } from "./subnetRooms";

/** ipamd looks about twice a minute for addresses that it has too many of. */
const LOOKED_AT_EVERY_MS = 5_000;

/**
 * Lets old nodes give back addresses that no pod has, so that new workers find some: WARM_IP_TARGET=1 on aws-node, as
 * `kubectl set env` would set it, and MINIMUM_IP_TARGET=1 where it is set higher. How they were is recorded first;
 * {@link restoreWarmTargets} sets them back. EKS leaves these variables of its add-on alone.
 *
 * Needs in Kubernetes get and patch on daemonsets of kube-system; ec2:DescribeSubnets.
 *
 * @param rooms those that have to have as many free addresses as they need.
 * @returns the record with what was changed, which is written by then.
 * @throws RotationStopped where that many are not free in time; AwsNodeError.
 */
export async function lowerWarmTargets(
  { tools, undo, options }: Pick<Run, "tools" | "undo" | "options">,
  rooms: readonly NodeAddressRoom[],
  record: RotationRecord,
): Promise<RotationRecord> {
  const { kubernetes, clock, emit, signal } = tools;
  let written = record;
  undo.push("warm targets", "give aws-node its warm targets back", restoreWarmTargets);
  const lowered = await changeAwsNodeEnv(tools, async (env) => {
    const change = loweredWarmTargets(env);
    const before = Object.fromEntries(Object.keys(change).map((name) => [name, env[name] ?? null]));
    // What is lowered already, an earlier attempt of ours has found as it wrote; anything else somebody has set since.
    written = { ...record, awsNodeBefore: { ...written.awsNodeBefore, ...before } };
    await writeRecord(tools, written);
    return change;
  });
  emit({ type: "warmTargetsLowered", env: lowered });
  await awaitAwsNode({
    kubernetes,
    clock,
    signal,
    settings: { warmIpTarget: Number(LOWERED) },
    onProgress: () => undefined,
    timeoutSeconds: options.nodeTimeoutSeconds,
  });
  await awaitFreeAddresses(tools, rooms, options.nodeTimeoutSeconds);
  return written;
}

/**
 * Sets warm targets back to what the record says, and takes that out of it; nothing where it says nothing. What somebody
 * has set meanwhile stays, and is told.
 */
export async function restoreWarmTargets(tools: ActingTools): Promise<void> {
  const record = await readRecord(tools.kubernetes);
  if (record?.awsNodeBefore === undefined) return;
  const { awsNodeBefore, ...rest } = record;
  let left: Readonly<Record<string, string | null>> = {};
  const restored = await changeAwsNodeEnv(tools, (env) => {
    const decided = restoredWarmTargets(env, awsNodeBefore);
    left = decided.left;
    return Promise.resolve(decided.restore);
  });
  await writeRecord(tools, rest);
  if (Object.keys(restored).length > 0) tools.emit({ type: "warmTargetsRestored", env: restored });
  for (const [name, now] of Object.entries(left)) {
    const note = `aws-node stays with ${valueOf(name, now)}, which somebody has set meanwhile; before the rotation it was ${valueOf(name, awsNodeBefore[name] ?? null)}.`;
    tools.emit({ type: "note", note });
  }
}

function valueOf(name: string, value: string | null): string {
  return value === null ? `${name} not set` : `${name}=${value}`;
}

async function awaitFreeAddresses(
  tools: Tools,
  rooms: readonly NodeAddressRoom[],
  timeoutSeconds: number,
): Promise<void> {
  const { clock, signal } = tools;
  const deadline = clock.now() + timeoutSeconds * 1000;
  const ids = rooms.flatMap(({ subnets }) => subnets.map(({ subnetId }) => subnetId));
  for (;;) {
    const now = await subnetRooms(tools, ids);
    const short = rooms
      .map((room) => ({
        ...room,
        free: room.subnets.reduce((sum, { subnetId }) => sum + (now.get(subnetId)?.freeAddresses ?? 0), 0),
      }))
      .filter(({ free, needed }) => free < needed);
    if (short.length === 0) return;
    if (clock.now() > deadline) throw tooFew(short, timeoutSeconds);
    await clock.sleep(LOOKED_AT_EVERY_MS, signal);
  }
}

function tooFew(short: readonly NodeAddressRoom[], timeoutSeconds: number): RotationStopped {
  const zones = short.map(
    ({ availabilityZones, free, needed }) => `${availabilityZones.join("/")}: ${free} of ${needed}`,
  );
  return new RotationStopped({
    path: "lowerWarmTargets",
    reason: `${timeoutSeconds} s after warm targets were lowered, node subnets have too few free addresses for new workers (${zones.join(", ")}).`,
    fix: "Look who takes them (aws ec2 describe-network-interfaces), or rotate with surge: 0.",
  });
}

/**
 * Changes variables of the container aws-node; null takes one away. Others' changes meanwhile are not lost.
 *
 * @param decide which, by how they are at this moment; asked again when another has written the DaemonSet since.
 * @returns what was changed.
 */
async function changeAwsNodeEnv<E extends Readonly<Record<string, string | null>>>(
  { kubernetes, lease }: ActingTools,
  decide: (env: Env) => Promise<E>,
): Promise<E> {
  for (let attempt = 1; ; attempt++) {
    const live = await getAwsNode(kubernetes);
    const { metadata, spec } = live;
    const change = await decide(envOf(containerOf(live, "aws-node")));
    if (Object.keys(change).length === 0) return change;
    const containers = spec.template.spec.containers.map((container) => {
      if (container.name !== "aws-node") return container;
      return { ...container, env: withValues(container.env ?? [], change) };
    });
    await lease.assertHeld();
    try {
      await kubernetes.patch(AWS_NODE_PATH, {
        metadata: { resourceVersion: metadata.resourceVersion },
        spec: { template: { spec: { containers } } },
      });
      return change;
    } catch (error) {
      if (!isStatus(error, 409) || attempt === 10) throw error;
    }
  }
}

/** Entries stay in their order, by which some tools compare them; new ones come last. */
function withValues(
  entries: NonNullable<AwsNodeContainerSpec["env"]>,
  env: Readonly<Record<string, string | null>>,
): NonNullable<AwsNodeContainerSpec["env"]> {
  const names = new Set(entries.map(({ name }) => name));
  const added = Object.entries(env).filter(([name]) => !names.has(name));
  return [
    ...entries.flatMap((entry) => {
      const value = env[entry.name];
      if (value === undefined) return [entry];
      return value === null ? [] : [{ name: entry.name, value }];
    }),
    ...added.flatMap(([name, value]) => (value === null ? [] : [{ name, value }])),
  ];
}
