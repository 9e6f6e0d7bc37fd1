import type { Clock } from "../clock";
import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";
import type { RotationHappening } from "./events";
import { RotationPaused } from "./result";

/** Where the lease lies: one rotation per cluster. */
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
const NAME = "eks-pod-network-rotation";
const PATH = `${LEASES}/${NAME}`;

/** How long a lease is good without being renewed. */
const DURATION_MS = 15_000;
const RENEWED_EVERY_MS = 5_000;

/**
 * Names the holder that is asked to stop before it begins another node. Whoever takes the lease next writes it anew, so
 * that a request ends with the process that it was for.
 */
const PAUSE = "eks-pod-network.io/pause";

interface ApiLease extends ApiObject {
  readonly spec?: {
    readonly holderIdentity?: string | null;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** Another process rotates this cluster. */
export class LeaseHeldError extends Error {
  override readonly name = "LeaseHeldError";
  readonly fix = this.fixBy("podnet rotate ENVIRONMENT --pause");

  constructor(readonly holder: string) {
    super(`${holder} rotates this cluster right now (lease kube-system/${NAME}).`);
  }

  /** The way out. @param pause the command that has the other process stop. */
  fixBy(pause: string): string {
    return `Wait until it has ended, or stop it with ${pause}; a process that was killed is taken over from after 15 seconds.`;
  }
}

/** The lease was lost: another process may rotate this cluster by now, so nothing more may be done, nor undone. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  readonly fix = "Look who holds it; when it is free, run the rotation again, and it goes on from here.";

  constructor(because: string) {
    super(`the lease kube-system/${NAME} was lost: ${because}`);
  }
}

/** A lease in hand. It is renewed until it is released. */
export interface HeldLease {
  /** Aborted with a LeaseLostError when it is lost. */
  readonly lost: AbortSignal;
  /** Aborted with a RotationPaused, within seconds, when {@link askForPause} was called, here or elsewhere. */
  readonly pauseAsked: AbortSignal;
  /**
   * Reads it again: before every act that can't be undone.
   *
   * @throws LeaseLostError when another holds it, or it could not be renewed in time.
   */
  readonly assertHeld: () => Promise<void>;
  /** Gives it back, so that the next one need not wait. Never throws. */
  readonly release: () => Promise<void>;
}

/**
 * Takes the lease of the cluster's rotation. Whether a holder is alive shows by its renewals, watched by our own clock
 * alone: the times in the lease are of the holder's clock, and clocks differ.
 *
 * @param kubernetes one that outlives the signal, for the lease is released after it.
 * @param holder unique to this process.
 * @throws LeaseHeldError when another is alive; the signal's reason.
 */
export async function acquireLease(
  kubernetes: Kubernetes,
  {
    holder,
    clock,
    signal,
    emit,
  }: {
    readonly holder: string;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly emit: (event: RotationHappening) => void;
  },
): Promise<HeldLease> {
  let watched: { readonly version: string; readonly sinceMs: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const lease = await read(kubernetes);
    const other = lease?.spec?.holderIdentity ?? "";
    // Every renewal is a write, and every write changes it.
    const version = lease?.metadata.resourceVersion ?? "";
    const isFree = other === "";
    if (!isFree && watched !== undefined && watched.version !== version) throw new LeaseHeldError(other);
    const isDead = watched !== undefined && clock.now() - watched.sinceMs >= DURATION_MS;
    if (isFree || isDead) {
      if (await take(kubernetes, lease, holder, clock)) return held(kubernetes, holder, clock);
    } else if (watched === undefined) {
      watched = { version, sinceMs: clock.now() };
      emit({ type: "leaseAwaited", holder: other });
    }
    await clock.sleep(500, signal);
  }
}

/** Who holds the lease of a cluster's rotation, and when it was renewed last, by the holder's clock. */
export interface LeaseHolder {
  /** Empty when it was given back. */
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly renewedAtMs: number | undefined;
}

/** Reads the lease of a cluster's rotation; none where there has been no rotation. @throws KubernetesError */
export async function leaseHolder(kubernetes: Kubernetes): Promise<LeaseHolder | undefined> {
  const lease = await read(kubernetes);
  if (lease === undefined) return undefined;
  const { holderIdentity, renewTime } = lease.spec ?? {};
  const renewedAtMs = Date.parse(renewTime ?? "");
  return { holder: holderIdentity ?? "", renewedAtMs: Number.isNaN(renewedAtMs) ? undefined : renewedAtMs };
}

/** Deletes the lease of a cluster whose pod network is gone, unless somebody holds it. @throws KubernetesError */
export async function deleteLease(kubernetes: Kubernetes): Promise<void> {
  const lease = await leaseHolder(kubernetes);
  if (lease?.holder === "") await kubernetes.delete(PATH);
}

/**
 * Asks whoever holds the lease to stop before it begins another node, and waits until it knows: a holder that is alive
 * renews the lease each 5 seconds, and reads it before it does.
 *
 * @returns the holder; none where nobody is alive who could stop.
 * @throws KubernetesError; the signal's reason.
 */
export async function askForPause(
  kubernetes: Kubernetes,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<string | undefined> {
  let asked: { readonly holder: string; readonly version: string; readonly atMs: number } | undefined;
  for (;;) {
    signal.throwIfAborted();
    const lease = await read(kubernetes);
    const holder = lease?.spec?.holderIdentity ?? "";
    const version = lease?.metadata.resourceVersion ?? "";
    const askedOf = lease?.metadata.annotations?.[PAUSE];
    // Given back by one that read it before: it may have had no node on its way any more.
    if (holder === "" && asked !== undefined && askedOf === asked.holder) return asked.holder;
    if (holder === "" || (asked !== undefined && asked.holder !== holder)) return undefined;
    const isAsked = askedOf === holder;
    if (asked !== undefined && isAsked && asked.version !== version) return holder;
    if (asked !== undefined && clock.now() - asked.atMs >= DURATION_MS) return undefined;
    if (asked === undefined || !isAsked) {
      const written = await writePause(kubernetes, holder, version);
      if (written !== undefined) asked = { holder, version: written, atMs: asked?.atMs ?? clock.now() };
    }
    await clock.sleep(500, signal);
  }
}

/** @returns its version by then; none where the holder was faster, and it is to be read again. */
async function writePause(
  kubernetes: Kubernetes,
  holder: string,
  resourceVersion: string,
): Promise<string | undefined> {
  try {
    const { metadata } = await kubernetes.patch(PATH, {
      metadata: { resourceVersion, annotations: { [PAUSE]: holder } },
    });
    return metadata.resourceVersion;
  } catch (error) {
    if (isStatus(error, 409)) return undefined;
    throw error;
  }
}

async function read(kubernetes: Kubernetes): Promise<ApiLease | undefined> {
  return kubernetes.get<ApiLease>(PATH, RENEWED_EVERY_MS).catch((error: unknown) => {
    if (isStatus(error, 404)) return undefined;
    throw error;
  });
}

/** Whether it is ours now; not when another was faster. */
async function take(
  kubernetes: Kubernetes,
  old: ApiLease | undefined,
  holder: string,
  clock: Clock,
): Promise<boolean> {
  const now = microTime(clock.now());
  const lease: ApiLease = {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: NAME,
      namespace: "kube-system",
      ...(old?.metadata.resourceVersion !== undefined && { resourceVersion: old.metadata.resourceVersion }),
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: DURATION_MS / 1000,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: (old?.spec?.leaseTransitions ?? 0) + 1,
    },
  };
  try {
    if (old === undefined) await kubernetes.create(LEASES, lease);
    else await kubernetes.replace(PATH, lease);
    return true;
  } catch (error) {
    if (isStatus(error, 409)) return false;
    throw error;
  }
}

function held(kubernetes: Kubernetes, holder: string, clock: Clock): HeldLease {
  const lost = new AbortController();
  const pauseAsked = new AbortController();
  const released = new AbortController();
  let renewedAtMs = clock.now();
  const lose = (because: string) => {
    const error = new LeaseLostError(because);
    lost.abort(error);
    return error;
  };

  const check = async (): Promise<ApiLease> => {
    const lease = await read(kubernetes);
    const other = lease?.spec?.holderIdentity ?? "";
    if (lease === undefined || other !== holder)
      throw lose(other === "" ? "it is gone" : `${other} holds it`);
    if (lease.metadata.annotations?.[PAUSE] === holder) pauseAsked.abort(new RotationPaused());
    return lease;
  };

  const renew = async (): Promise<void> => {
    const lease = await check();
    await kubernetes.replace(PATH, { ...lease, spec: { ...lease.spec, renewTime: microTime(clock.now()) } });
    renewedAtMs = clock.now();
  };

  const isOver = () => released.signal.aborted || lost.signal.aborted;
  const renewing = (async () => {
    while (!isOver()) {
      try {
        await clock.sleep(RENEWED_EVERY_MS, released.signal);
        await renew();
      } catch (error) {
        // A race or an outage: the next turn tries again, as long as the lease is good.
        const isGood = clock.now() - renewedAtMs <= DURATION_MS;
        if (!isOver() && !isGood) lose(error instanceof Error ? error.message : String(error));
      }
    }
  })();

  return {
    lost: lost.signal,
    pauseAsked: pauseAsked.signal,
    assertHeld: async () => {
      lost.signal.throwIfAborted();
      if (clock.now() - renewedAtMs > DURATION_MS) throw lose("it was not renewed in time");
      await check();
    },
    release: async () => {
      released.abort();
      await renewing;
      if (lost.signal.aborted) return;
      try {
        const lease = await check();
        await kubernetes.replace(PATH, { ...lease, spec: { ...lease.spec, holderIdentity: "" } });
      } catch {
        // It runs out by itself.
      }
    },
  };
}

/** As Kubernetes writes times of leases: with six digits behind the second. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace("Z", "000Z");
}
