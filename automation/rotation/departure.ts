import {
  DescribeAutoScalingInstancesCommand,
  DescribeLifecycleHooksCommand,
} from "@aws-sdk/client-auto-scaling";
import { DescribeNetworkInterfacesCommand } from "@aws-sdk/client-ec2";
import { listed } from "../../planning/amounts";
import type { ClusterNode } from "../../planning/rotation/observation";
import type { ApiObject } from "../kubernetes";
import type { ClusterWatch } from "./clusterWatch";
import { MADE_FOR_INSTANCE, removeLeakedEni } from "./leakedEnis";
import type { HeldLease } from "./lease";
import { nodeClaimOf } from "./nodeClaims";
import type { TellingTools } from "./outside";

/** How often AWS and Kubernetes are asked about a node that is on its way out. */
const ASKED_EVERY_MS = 3_000;

/** How far a node is that was told to end. */
export type DepartureState =
  | { readonly kind: "gone" }
  | { readonly kind: "leaving"; readonly because: string }
  /** Somebody else holds it up, who has a deadline of his own: a lifecycle hook of its Auto Scaling group. */
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

interface VolumeAttachment extends ApiObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly source?: { readonly persistentVolumeName?: string };
  };
}

/**
 * Waits for a node to be gone: lifecycle hooks of its group, its Node, its NodeClaim, the attachments of its volumes, its
 * network interfaces. Interfaces that the CNI made for it and that it left behind are told, or removed when asked.
 *
 * Needs autoscaling:DescribeAutoScalingInstances, autoscaling:DescribeLifecycleHooks, ec2:DescribeNetworkInterfaces,
 * ec2:DeleteNetworkInterface to remove them; in Kubernetes list on volumeattachments of storage.k8s.io.
 */
export function departure(
  tools: TellingTools,
  {
    watch,
    lease,
    removeLeakedEnis,
  }: {
    readonly watch: Pick<ClusterWatch, "node">;
    readonly lease: HeldLease;
    readonly removeLeakedEnis: boolean;
  },
  node: DepartingNode,
): Departure {
  const { clock, emit } = tools;
  let askedAtMs = -Infinity;
  let last: DepartureState = { kind: "leaving", because: "its instance ends" };
  let told = "";
  let wasThere = true;

  const isThere = () => watch.node(node.name)?.instanceId === node.instanceId;
  const look = async (isLate: boolean): Promise<DepartureState> => {
    if (isThere()) return whyThere(tools, node);
    const left = [...(await claimLeft(tools, node)), ...(await attachmentsOf(tools, node))];
    const enis = await enisOf(tools, node.instanceId);
    const attached = enis.filter(({ isAttached }) => isAttached).map(({ eniId }) => eniId);
    if (attached.length > 0) left.push(`network interfaces ${listed(attached)} are still attached`);
    if (left.length > 0 && !isLate) return { kind: "leaving", because: left.join("; ") };
    if (left.length > 0)
      emit({ type: "note", note: `${node.name} is gone, but ${left.join("; ")}. Look at them.` });
    const leaked = enis.filter(({ isAttached }) => !isAttached).map(({ eniId }) => eniId);
    await dealWithLeaked(leaked);
    return { kind: "gone" };
  };
  const dealWithLeaked = async (eniIds: readonly string[]) => {
    if (eniIds.length === 0) return;
    if (!removeLeakedEnis) {
      const note = `${node.name} left ${listed(eniIds)} behind, which take addresses and keep their subnets from being deleted. aws-node of another node removes them in a while, unless that is switched off; --remove-leaked-enis does so at once.`;
      emit({ type: "note", note });
      return;
    }
    for (const eniId of eniIds) {
      await lease.assertHeld();
      if (await removeLeakedEni(tools, eniId)) emit({ type: "eniRemoved", node: node.name, eniId });
    }
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

/** Why a Node is still there whose instance was told to end. */
async function whyThere(tools: TellingTools, node: DepartingNode): Promise<DepartureState> {
  const { autoScaling, kubernetes, signal } = tools;
  if (node.owner.kind === "karpenter") {
    const claim =
      node.owner.nodeClaim === undefined ? undefined : await nodeClaimOf(kubernetes, node.owner.nodeClaim);
    const waits = (claim?.status?.conditions ?? []).find(
      ({ type, status }) => /^(Drained|VolumesDetached|InstanceTerminating)$/.test(type) && status !== "True",
    );
    const why =
      waits === undefined ? "" : ` (${waits.type}: ${waits.message ?? waits.reason ?? waits.status})`;
    return { kind: "leaving", because: `Karpenter ends it${why}` };
  }
  const { AutoScalingInstances: [inGroup] = [] } = await autoScaling.send(
    new DescribeAutoScalingInstancesCommand({ InstanceIds: [node.instanceId] }),
    { abortSignal: signal },
  );
  if (inGroup?.LifecycleState !== "Terminating:Wait") {
    return { kind: "leaving", because: "its instance ends, and its Node is still there" };
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
  ).map(({ LifecycleHookName = "", HeartbeatTimeout = 0 }) => `${LifecycleHookName} (${HeartbeatTimeout} s)`);
  return {
    kind: "held",
    because: `Terminating:Wait of ${AutoScalingGroupName ?? ""}: waits for its lifecycle hook ${hooks.join(", ")}`,
  };
}

async function claimLeft({ kubernetes }: TellingTools, { owner }: DepartingNode): Promise<string[]> {
  if (owner.kind !== "karpenter" || owner.nodeClaim === undefined) return [];
  const claim = await nodeClaimOf(kubernetes, owner.nodeClaim);
  return claim === undefined ? [] : [`NodeClaim ${owner.nodeClaim} is still there`];
}

/** Volumes that Kubernetes has attached to a node: until they are detached no other node can have them. */
async function attachmentsOf({ kubernetes }: TellingTools, { name }: DepartingNode): Promise<string[]> {
  const all = await kubernetes.list(
    "/apis/storage.k8s.io/v1/volumeattachments",
    ({ metadata, spec }: VolumeAttachment) => ({
      nodeName: spec?.nodeName,
      volume: spec?.source?.persistentVolumeName ?? metadata.name,
    }),
  );
  const here = all.filter(({ nodeName }) => nodeName === name).map(({ volume }) => volume);
  return here.length === 0 ? [] : [`volumes ${listed(here)} are still attached to it`];
}

/** The network interfaces that the CNI has made for an instance. */
async function enisOf(
  { ec2, signal }: TellingTools,
  instanceId: string,
): Promise<{ readonly eniId: string; readonly isAttached: boolean }[]> {
  const Filters = [{ Name: `tag:${MADE_FOR_INSTANCE}`, Values: [instanceId] }];
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }), {
    abortSignal: signal,
  });
  return NetworkInterfaces.map(({ NetworkInterfaceId: eniId = "", Status }) => ({
    eniId,
    isAttached: Status !== "available",
  }));
}
