import type { V1Pod } from "@kubernetes/client-node";

/** A container as far as its status repeats it. */
export interface PlainContainer {
  readonly name: string;
  readonly image: string;
}

/** What kwok's stages look at in a pod that does something of its own. */
const OWN_BEHAVIOUR = "sandbox/";

/**
 * The containers of a pod that has nothing to do but to run: nothing before its containers, no gates, no annotation that
 * says how it is to behave. Undefined for every other pod, which kwok's stages start.
 */
export function plainContainers({ metadata, spec }: V1Pod): readonly PlainContainer[] | undefined {
  if (spec === undefined || spec.hostNetwork === true) return undefined;
  if ((spec.initContainers ?? []).length > 0 || (spec.readinessGates ?? []).length > 0) return undefined;
  if (Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith(OWN_BEHAVIOUR))) return undefined;
  return spec.containers.map(({ name, image }) => ({ name, image: image ?? "" }));
}

/**
 * The status of a plain pod from the moment at which it has its address, as the stage `pod-start` would write it: in one
 * write with the address, of which thousands of pods feel the difference.
 *
 * @param now an RFC 3339 time.
 */
export function runningStatus(
  containers: readonly PlainContainer[],
  { address, hostIp, now }: { readonly address: string; readonly hostIp: string; readonly now: string },
) {
  const types = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];
  return {
    phase: "Running",
    startTime: now,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: address,
    podIPs: [{ ip: address }],
    // Without the reason that it had while it waited.
    conditions: types.map((type) => ({ type, status: "True", lastTransitionTime: now, reason: null })),
    containerStatuses: containers.map((container) => ({
      ...container,
      imageID: "",
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now }, waiting: null },
    })),
  };
}
