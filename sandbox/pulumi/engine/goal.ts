import type { Alias } from "./aliases";
import type { PropertyMap } from "./propertyValues";
import type { CustomTimeouts } from "./resourceState";
import type { Urn } from "./urn";

/** A resource as the program wants it. */
export interface Goal {
  readonly type: string;
  readonly name: string;
  /** Whether a provider is to manage it; a component is managed by none. */
  readonly custom: boolean;
  readonly properties: PropertyMap;
  readonly parent: Urn | undefined;
  readonly protect: boolean | undefined;
  readonly dependencies: readonly Urn[];
  readonly propertyDependencies: Readonly<Record<string, readonly Urn[]>>;
  /** `URN::ID`; empty for components and providers. */
  readonly provider: string;
  /** Counts more than what the provider wants, when it is there. */
  readonly deleteBeforeReplace: boolean | undefined;
  readonly ignoreChanges: readonly string[];
  readonly replaceOnChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  readonly aliases: readonly Alias[];
  /** The ID of what is there already and shall be taken over; empty for none. */
  readonly importId: string;
  readonly customTimeouts: CustomTimeouts | undefined;
  readonly retainOnDelete: boolean | undefined;
  readonly deletedWith: Urn | undefined;
}

/** Somebody's resource that the program wants to know. */
export interface ReadGoal {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly properties: PropertyMap;
  readonly parent: Urn | undefined;
  readonly dependencies: readonly Urn[];
  readonly provider: string;
  readonly additionalSecretOutputs: readonly string[];
}
