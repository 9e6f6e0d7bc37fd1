import {
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
} from "@aws-sdk/client-auto-scaling";
import { listed } from "../../planning/amounts";
import type { ClusterNode } from "../../planning/rotation/observation";
import type { ClusterWatch } from "./clusterWatch";
import { dealWithLeaked, enisMadeFor, stillAttached } from "./leakedEnis";
import { nodeClaimOf } from "./nodeClaims";
import type { ActingTools, TellingTools } from "./outside";
import type { VolumeAttachments } from "./volumeAttachments";

/**
 * How long lifecycle hooks may hold an instance where they don't say: no longer does Auto Scaling let them
 * (https://docs.aws.amazon.com/autoscaling/ec2/userguide/lifecycle-hooks-overview.html).
 */
const LONGEST_HOOK_S = 172_800;

/** How often AWS and Kubernetes are asked about a node that is on its way out. */
const ASKED_EVERY_MS = 3_000;

/** How far a node is that was told to end. */
export type DepartureState =
  | { readonly kind: "gone" }
  | { readonly kind: "leaving"; readonly because: string }
  /** Lifecycle hooks of its Auto Scaling group hold it up, for no longer than they may. */
  | { readonly kind: "held"; readonly because: string };

/** Follows a node from the end of its instance until nothing of it is left. */
export interface Departure {
  /**
   * @param isLate what is left of a node without a Node is then told, and not waited for any longer.
   */
  readonly look: (isLate: boolean) => Promise<DepartureState>;
}

/** A node that departs. */
export type DepartingNode = Pick<ClusterNode, "name" | "owner"> & { readonly instanceId: string };

/**
 * Waits for a node to be gone: lifecycle hooks of its group, its Node, its NodeClaim, the attachments of its volumes, its
 * network interfaces. Interfaces that the CNI made for it and that it left behind are told, or removed when asked.
 *
 * Needs autoscaling:DescribeAutoScalingInstances, autoscaling:DescribeLifecycleHooks, ec2:DescribeNetworkInterfaces,
 * ec2:DeleteNetworkInterface to remove them, and what {@link VolumeAttachments} need.
 */
export function departure(
  tools: ActingTools,
  {
    watch,
    attachments,
    removeLeakedEnis,
  }: {
    readonly watch: Pick<ClusterWatch, "node">;
    readonly attachments: VolumeAttachments;
    readonly removeLeakedEnis: boolean;
  },
  node: DepartingNode,
): Departure {
  const { clock, emit } = tools;
  let askedAtMs = -Infinity;
  let last: DepartureState = { kind: "leaving", because: "its instance ends" };
  let told = "";
  let wasThere = true;
  let heldSinceMs: number | undefined;

  const isThere = () => watch.node(node.name)?.instanceId === node.instanceId;
  const look = async (isLate: boolean): Promise<DepartureState> => {
    if (isThere()) {
      const { heldAtMostMs, because } = await whyThere(tools, node);
      if (heldAtMostMs === undefined) return { kind: "leaving", because };
      heldSinceMs ??= clock.now();
      return { kind: clock.now() - heldSinceMs > heldAtMostMs ? "leaving" : "held", because };
    }
    const left = [...(await claimLeft(tools, node)), ...(await attachmentsOf(attachments, node))];
    const { attached, leaked } = await enisMadeFor(tools, node.instanceId);
    if (attached.length > 0) left.push(stillAttached(attached));
    if (left.length > 0 && !isLate) return { kind: "leaving", because: left.join("; ") };
    if (left.length > 0)
      emit({ type: "note", note: `${node.name} is gone, but ${left.join("; ")}. Look at them.` });
    await dealWithLeaked(tools, node.name, leaked, removeLeakedEnis);
    return { kind: "gone" };
  };

  return {
    look: async (isLate) => {
      const now = clock.now();
      // That its Node is gone shows at once, for the watch tells it.
      const hasLeft = wasThere && !isThere();
      if (!isLate && !hasLeft && now - askedAtMs < ASKED_EVERY_MS) return last;
      [askedAtMs, wasThere] = [now, isThere()];
      last = await look(isLate);
      if (last.kind !== "gone" && last.because !== told) {
        told = last.because;
        emit({ type: "departing", node: node.name, because: told });
      }
      return last;
    },
  };
}

/** Why a Node is still there, and for how long lifecycle hooks may hold it; none where they don't. */
interface WhyThere {
  readonly because: string;
  readonly heldAtMostMs?: number;
}

/** Why a Node is still there whose instance was told to end. */
async function whyThere(tools: TellingTools, node: DepartingNode): Promise<WhyThere> {
  const { autoScaling, kubernetes, signal } = tools;
  if (node.owner.kind === "karpenter") {
    const claim =
      node.owner.nodeClaim === undefined ? undefined : await nodeClaimOf(kubernetes, node.owner.nodeClaim);
    const waits = (claim?.status?.conditions ?? []).find(
      ({ type, status }) => /^(Drained|VolumesDetached|InstanceTerminating)$/.test(type) && status !== "True",
    );
    const why =
      waits === undefined ? "" : ` (${waits.type}: ${waits.message ?? waits.reason ?? waits.status})`;
    return { because: `Karpenter ends it${why}` };
  }
  const { AutoScalingInstances: [inGroup] = [] } = await autoScaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [node.instanceId] }),
    { abortSignal: signal },
  );
  if (inGroup?.LifecycleState !== "Terminating:Wait") {
    return { because: "its instance ends, and its Node is still there" };
  }
  const { AutoScalingGroupName } = inGroup;
  const { LifecycleHooks = [] } = await autoScaling.send(
    new DescribeLifecycleHooksCommand({ AutoScalingGroupName }),
    {
      abortSignal: signal,
    },
  );
  const hooks = LifecycleHooks.filter(
    ({ LifecycleTransition }) => LifecycleTransition === "autoscaling:EC2_INSTANCE_TERMINATING",
  );
  const names = hooks.map(
    ({ LifecycleHookName = "", HeartbeatTimeout = 0 }) => `${LifecycleHookName} (${HeartbeatTimeout} s)`,
  );
  const longest = Math.max(0, ...hooks.map(({ GlobalTimeout = LONGEST_HOOK_S }) => GlobalTimeout));
  return {
    because: `Terminating:Wait of ${AutoScalingGroupName ?? ""}: waits for its lifecycle hook ${names.join(", ")}`,
    heldAtMostMs: longest * 1000,
  };
}

async function claimLeft({ kubernetes }: TellingTools, { owner }: DepartingNode): Promise<string[]> {
  if (owner.kind !== "karpenter" || owner.nodeClaim === undefined) return [];
  const claim = await nodeClaimOf(kubernetes, owner.nodeClaim);
  return claim === undefined ? [] : [`NodeClaim ${owner.nodeClaim} is still there`];
}

/** Volumes that Kubernetes has attached to a node: until they are detached no other node can have them. */
async function attachmentsOf(attachments: VolumeAttachments, { name }: DepartingNode): Promise<string[]> {
  const here = await attachments.of(name);
  return here.length === 0 ? [] : [`volumes ${listed(here)} are still attached to it`];
}
