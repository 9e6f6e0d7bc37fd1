import type { PropertyMap } from "../../engine/propertyValues";
import type { Properties } from "./values";

/** Why an input can't be used. `property` is its path in the inputs, "" for the resource as a whole. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** Inputs as they are to be used from now on, with defaults and names filled in, and what is wrong with them. */
export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly Failure[];
}

/** How one property changes; the `-replace` forms are changes that only another resource can have. */
export type ChangeKind = "add" | "delete" | "update" | "add-replace" | "delete-replace" | "update-replace";

/** What an update would change. Keys of `changes` are paths such as `scalingConfig.maxSize` or `taints[0].key`. */
export interface Difference {
  readonly changes: ReadonlyMap<string, ChangeKind>;
  /** The old one has to go before the new one can be made. Default: false. */
  readonly deleteBeforeReplace?: boolean;
  /** What makes a replacement necessary. Default: the properties that the paths of such changes begin with. */
  readonly replaceKeys?: readonly string[];
}

/** Which resource a request is about. */
export interface Subject {
  readonly urn: string;
  /** For example `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  /** The name in the program, not the one in the cloud. */
  readonly name: string;
}

/** What every act is given besides its resource. */
export interface Act {
  /** Ends when the engine cancels; whoever waits stops waiting. */
  readonly signal: AbortSignal;
  /** From the resource's `customTimeouts`; undefined means the resource's own default. */
  readonly timeoutMs: number | undefined;
}

/** How the engine wants resources named that the program does not name. */
export interface Naming {
  /** Same seed, same name: a preview and its update agree. */
  readonly seed: Uint8Array;
  /** What the project's autonaming settings say; undefined: as the resource does by default. */
  readonly asked: { readonly mode: "propose" | "enforce"; readonly name: string } | "disabled" | undefined;
}

/** A resource that is there. */
export interface Live {
  readonly id: string;
  readonly state: Properties;
}

/** A plugin as the engine knows it, freed of the wire: plain values, no marks. */
export interface Plugin {
  /** `aws` or `kubernetes`. */
  readonly name: string;
  /** Of the SDK whose resources it stands for. */
  readonly version: string;
  /** Whether state under this key is secret whatever the program says. Default: nothing is. */
  isSecret?(state: PropertyMap, key: string): boolean;
  checkConfig(inputs: Properties): Checked;
  diffConfig(olds: Properties, news: Properties): Difference;
  /** @throws Error when nothing can be done with this configuration, for example an endpoint beyond this computer. */
  configure(inputs: Properties): Promise<void>;
  check(subject: Subject, olds: Properties | undefined, news: Properties, naming: Naming): Promise<Checked>;
  diff(subject: Subject, state: Properties, oldInputs: Properties, news: Properties): Promise<Difference>;
  /** What a creation would leave, with UNKNOWN for what only it would tell. Changes nothing. */
  previewCreate(subject: Subject, inputs: Properties, act: Act): Properties | Promise<Properties>;
  /** What an update would leave. Changes nothing. @throws HalfMade as `update` does, when it is known by now. */
  previewUpdate(
    subject: Subject,
    state: Properties,
    inputs: Properties,
    act: Act,
  ): Properties | Promise<Properties>;
  /** @throws HalfMade when the resource exists but did not become what it should. */
  create(subject: Subject, inputs: Properties, act: Act): Promise<Live>;
  /** What is there; undefined when it is gone. Inputs are undefined for an import. */
  read(
    subject: Subject,
    id: string,
    state: Properties,
    inputs: Properties | undefined,
    act: Act,
  ): Promise<(Live & { readonly inputs: Properties }) | undefined>;
  /** @throws HalfMade when it was changed but did not become what it should. */
  update(subject: Subject, old: Live, inputs: Properties, act: Act): Promise<Properties>;
  /** Done as well when there was nothing to delete. */
  delete(subject: Subject, old: Live, act: Act): Promise<void>;
  invoke(token: string, args: Properties, act: Act): Promise<Properties>;
}

/** A resource was made or changed, and then something went wrong: the engine has to remember it all the same. */
export class HalfMade extends Error {
  constructor(
    readonly live: Live,
    override readonly cause: Error,
  ) {
    super(cause.message);
    this.name = "HalfMade";
  }
}
