import type { Value } from "../protocol/values";

/** The properties of a resource, or of an object in it, by name. */
export type Schema = Readonly<Record<string, Property>>;

export type Type =
  | "string"
  | "number"
  | "boolean"
  /** Strings by any key. */
  | "map"
  | { readonly list: Type }
  /** A list whose order means nothing. */
  | { readonly set: Type }
  | { readonly object: Schema };

/** What is known of one property: enough to check it, to compare it and to import it. */
export interface Property {
  readonly type: Type;
  /** The program has to give it. */
  readonly required?: true;
  /** Leaving it out is no change: the cloud chooses a value then. */
  readonly computed?: true;
  /** Only the cloud gives it: it is no input. */
  readonly output?: true;
  /** Another value needs another resource. */
  readonly replaces?: true;
  /** Taken when the program gives none. */
  readonly default?: Value;
  /** The cloud does not tell it back: what was asked for last stands. */
  readonly kept?: true;
  /** Inputs that can't be given along with it. */
  readonly conflictsWith?: readonly string[];
  /** Says what is wrong with a value of the right type. */
  readonly problem?: (value: Value) => string | undefined;
  /** The real plugin has it, the stand-in doesn't: why, or what to do. */
  readonly refused?: string;
}
