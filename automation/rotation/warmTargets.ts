import { ENV_TABLE } from "../../planning/awsNode/envTable";
import type { NodeAddressRoom } from "../../planning/rotation/addressRoom";
import { loweredWarmTargets } from "../../planning/rotation/loweredWarmTargets";
import { containerOf, envOf, getAwsNode, type AwsNodeContainerSpec } from "../awsNodeDaemonSet";
import { awaitAwsNode } from "../awsNodeRollout";
import { isStatus, type Kubernetes } from "../kubernetes";
import type { TellingTools } from "./outside";
import { readRecord, writeRecord, type RotationRecord } from "./record";
import { RotationStopped } from "./result";
import type { Run } from "./runContext";
import { subnetRooms } from "./subnetRooms";

const AWS_NODE = "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node";
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
  { tools, lease, undo, options }: Pick<Run, "tools" | "lease" | "undo" | "options">,
  rooms: readonly NodeAddressRoom[],
  record: RotationRecord,
): Promise<RotationRecord> {
  const { kubernetes, clock, emit, signal } = tools;
  const env = envOf(containerOf(await getAwsNode(kubernetes), "aws-node"));
  const lowered = loweredWarmTargets(env);
  const before = Object.fromEntries(Object.keys(lowered).map((name) => [name, env[name] ?? null]));
  // What an earlier attempt has found there is how it was.
  const written = { ...record, awsNodeBefore: { ...before, ...record.awsNodeBefore } };
  await lease.assertHeld();
  await writeRecord(kubernetes, written);
  undo.push("warm targets", "give aws-node its warm targets back", restoreWarmTargets);
  await setAwsNodeEnv(kubernetes, lowered);
  emit({ type: "warmTargetsLowered", env: lowered });
  await awaitAwsNode({
    kubernetes,
    clock,
    signal,
    settings: { warmIpTarget: Number(lowered[ENV_TABLE.warmIpTarget.env] ?? env.WARM_IP_TARGET) },
    onProgress: () => undefined,
    timeoutSeconds: options.nodeTimeoutSeconds,
  });
  await awaitFreeAddresses(tools, rooms, options.nodeTimeoutSeconds);
  return written;
}

/** Sets warm targets back to what the record says, and takes that out of it; nothing where it says nothing. */
export async function restoreWarmTargets({ kubernetes, emit }: TellingTools): Promise<void> {
  const record = await readRecord(kubernetes);
  if (record?.awsNodeBefore === undefined) return;
  const { awsNodeBefore, ...rest } = record;
  await setAwsNodeEnv(kubernetes, awsNodeBefore);
  await writeRecord(kubernetes, rest);
  emit({ type: "warmTargetsRestored", env: awsNodeBefore });
}

async function awaitFreeAddresses(
  tools: TellingTools,
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

/** Sets variables of the container aws-node; null takes one away. Others' changes meanwhile are not lost. */
async function setAwsNodeEnv(
  kubernetes: Kubernetes,
  env: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { metadata, spec } = await getAwsNode(kubernetes);
    const containers = spec.template.spec.containers.map((container) => {
      if (container.name !== "aws-node") return container;
      return { ...container, env: withValues(container.env ?? [], env) };
    });
    try {
      await kubernetes.patch(AWS_NODE, {
        metadata: { resourceVersion: metadata.resourceVersion },
        spec: { template: { spec: { containers } } },
      });
      return;
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
