import { on, EventEmitter } from "node:events";
import type { ApiObject, Kubernetes, WatchEvent } from "../../automation/kubernetes";

/** Collections that a test changes, with a watch that can be ended, broken, and refused: as far as a mirror asks. */
export class PlayedCollections {
  /** What was listed and watched, in order: `list PATH`, `watch PATH from VERSION`. */
  readonly asked: string[] = [];
  /** What the next watches fail with, one each. */
  readonly refusals: Error[] = [];
  private readonly objects = new Map<string, Map<string, ApiObject>>();
  private readonly happened: { readonly path: string; readonly event: WatchEvent<ApiObject> }[] = [];
  private readonly live = new EventEmitter();
  private version = 0;

  readonly kubernetes = {
    snapshot: <S>(path: string, slim: (object: ApiObject) => S) => {
      this.asked.push(`list ${path}`);
      const objects = [...(this.objects.get(path)?.values() ?? [])].map((object) => slim(object));
      return Promise.resolve({ objects, resourceVersion: String(this.version) });
    },
    watch: (path: string, from: { readonly resourceVersion: string; readonly signal: AbortSignal }) =>
      this.watch(path, from),
  } as object as Kubernetes;

  /** Makes an object, or changes the one of its name. */
  put(path: string, object: ApiObject): void {
    const known = this.objects.get(path) ?? new Map<string, ApiObject>();
    this.objects.set(path, known);
    const type = known.has(keyOf(object)) ? "MODIFIED" : "ADDED";
    const stored = this.happens(path, type, object);
    known.set(keyOf(object), stored);
  }

  remove(path: string, object: ApiObject): void {
    this.objects.get(path)?.delete(keyOf(object));
    this.happens(path, "DELETED", object);
  }

  /** Tells watches how far they are. */
  bookmark(path: string): void {
    this.happens(path, "BOOKMARK", { metadata: { name: "" } });
  }

  /** Changes an object without a word to any watch: it was lost. */
  putUnseen(path: string, object: ApiObject): void {
    this.version += 1;
    this.objects.get(path)?.set(keyOf(object), versioned(object, this.version));
  }

  /** How many watch a collection at this moment. */
  watching(path: string): number {
    return this.live.listenerCount(path);
  }

  /** Ends the watches of a collection, as the server does now and then. */
  endWatches(path: string): void {
    this.live.emit(`end ${path}`);
  }

  /** Breaks the watches of all collections. */
  breakWatches(error: Error): void {
    this.live.emit("error", error);
  }

  private happens(path: string, type: WatchEvent<ApiObject>["type"], object: ApiObject): ApiObject {
    this.version += 1;
    const stored = versioned(object, this.version);
    const event = { type, object: stored };
    this.happened.push({ path, event });
    this.live.emit(path, event);
    return stored;
  }

  private async *watch(
    path: string,
    { resourceVersion, signal }: { readonly resourceVersion: string; readonly signal: AbortSignal },
  ): AsyncGenerator<WatchEvent<ApiObject>, void> {
    this.asked.push(`watch ${path} from ${resourceVersion}`);
    const refusal = this.refusals.shift();
    if (refusal !== undefined) throw refusal;
    const live = on(this.live, path, { signal, close: [`end ${path}`] });
    for (const one of this.happened) {
      const isLater = Number(one.event.object.metadata.resourceVersion) > Number(resourceVersion);
      if (one.path === path && isLater) yield one.event;
    }
    for await (const [event] of live) yield event as WatchEvent<ApiObject>;
  }
}

function keyOf({ metadata: { namespace = "", name } }: ApiObject): string {
  return `${namespace}/${name}`;
}

function versioned(object: ApiObject, version: number): ApiObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

/** Waits until something is so that comes by itself, without any time passing. @throws Error when it does not come */
export async function settles(isSo: () => boolean): Promise<void> {
  for (let turn = 0; !isSo(); turn++) {
    if (turn === 1_000) throw new Error("it does not come");
    await new Promise(setImmediate);
  }
}
