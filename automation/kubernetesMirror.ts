import type { Clock } from "./clock";
import { isStatus, type ApiObject, type Kubernetes, type Selectors } from "./kubernetes";

/** What is to be mirrored, and how. */
export interface MirrorSource<T extends ApiObject, S> {
  /** The collection, such as `/api/v1/pods`. */
  readonly path: string;
  /** Keeps of an object what is looked at; the rest is not held. */
  readonly slim: (object: T) => S;
  /** @default the whole collection */
  readonly selectors?: Selectors | undefined;
  /** Hears of each change once the mirror shows it: none before for one that came, none after for one that went. */
  readonly onChange?: ((before: S | undefined, after: S | undefined) => void) | undefined;
}

/** A collection of the API server, as it was a moment ago. */
export interface Mirror<S> {
  /** In no particular order. */
  values(): Iterable<S>;
  /** Aborted when the mirror is kept up to date no more, with the reason. */
  readonly lost: AbortSignal;
}

/** What a mirror needs of the outside; the signal ends it. */
export interface MirrorTools {
  readonly kubernetes: Kubernetes;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long there may be no word from the API server: EKS's own upgrades and the change of a leader take a minute. */
const PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Lists a collection and follows it by watches, so that looking at it costs no request. A watch that ends or breaks is
 * begun again where it was; where the API server can't go on from there (410), the collection is listed again.
 *
 * Needs list and watch. (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes)
 *
 * @returns when the first list is there.
 * @throws KubernetesError where the first list fails; the signal's reason.
 */
export async function mirror<T extends ApiObject, S>(
  { kubernetes, clock, signal }: MirrorTools,
  { path, slim, selectors, onChange }: MirrorSource<T, S>,
): Promise<Mirror<S>> {
  const objects = new Map<string, S>();
  const put = (key: string, after: S | undefined) => {
    const before = objects.get(key);
    if (before === undefined && after === undefined) return;
    if (after === undefined) objects.delete(key);
    else objects.set(key, after);
    onChange?.(before, after);
  };
  const list = async (): Promise<string> => {
    const entry = (object: T) => [keyOf(object), slim(object)] as const;
    const { objects: found, resourceVersion } = await kubernetes.snapshot(path, entry, selectors);
    const gone = new Set(objects.keys());
    for (const [key, object] of found) {
      gone.delete(key);
      put(key, object);
    }
    for (const key of gone) put(key, undefined);
    return resourceVersion;
  };

  const follow = async (from: string): Promise<never> => {
    let version = from;
    let heardAtMs = clock.now();
    let inVain = 0;
    for (;;) {
      try {
        const events = kubernetes.watch<T>(path, { resourceVersion: version, selectors, signal });
        for await (const { type, object } of events) {
          version = object.metadata.resourceVersion ?? version;
          inVain = 0;
          if (type !== "BOOKMARK") put(keyOf(object), type === "DELETED" ? undefined : slim(object));
        }
        heardAtMs = clock.now();
      } catch (error) {
        signal.throwIfAborted();
        if (isStatus(error, 410)) version = await list();
        else if (inVain === 0) heardAtMs = clock.now();
        else if (clock.now() - heardAtMs > PATIENCE_MS) throw error;
      }
      inVain += 1;
      await clock.sleep(Math.min(50 * 2 ** inVain, LONGEST_PAUSE_MS), signal);
    }
  };

  const version = await list();
  const lost = new AbortController();
  follow(version).catch((error: unknown) => {
    lost.abort(error);
  });
  return { values: () => objects.values(), lost: lost.signal };
}

/** Unique in a collection, also in one over all namespaces. */
function keyOf({ metadata: { namespace = "", name } }: ApiObject): string {
  return `${namespace}/${name}`;
}
