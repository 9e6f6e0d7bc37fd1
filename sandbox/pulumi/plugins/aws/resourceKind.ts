import type { Failure } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import type { Schema } from "../schema/property";
import type { Aws } from "./aws";

/** One type of resource: what it looks like, and how it is made, read, changed and removed. */
export interface ResourceKind {
  /** For example `aws:ec2/subnet:Subnet`. */
  readonly type: string;
  readonly schema: Schema;
  /** The input that is named after the resource when the program does not name it. Default: none. */
  readonly autoNamed?: string;
  /** A second one can't be beside the first. Default: false. */
  readonly deleteBeforeReplace?: true;
  /** What is wrong with the inputs together. */
  problems?(inputs: Properties): Failure[];
  /** The ID that AWS knows it by, from one that `pulumi import` was given, and what else that one says. Default: the same. */
  imported?(id: string, aws: Aws): Promise<{ readonly id: string; readonly known?: Properties }>;
  /** Asks for it, and gives its ID as soon as there is one. */
  create(inputs: Properties, aws: Aws): Promise<string>;
  /** After create: waits until it is as it should be. Default: there is nothing to wait for. */
  settle?(id: string, inputs: Properties, aws: Aws): Promise<void>;
  /**
   * What AWS says of it; undefined when it is gone.
   *
   * @param known is what is known of it: its state, its inputs, or what the ID of an import says.
   */
  read(id: string, aws: Aws, known: Properties): Promise<Properties | undefined>;
  /** Changes it, and waits. Gives another ID when it has one from then on. */
  update?(id: string, state: Properties, inputs: Properties, aws: Aws): Promise<string | undefined>;
  /** Removes it, and waits until it is gone; no error when it was. */
  delete(id: string, state: Properties, aws: Aws): Promise<void>;
}

/** The two parts of an ID such as `small:vpc-cni`. */
export function twoParts(id: string, form: string): [string, string] {
  const [first, second, ...more] = id.split(":");
  if (!first || !second || more.length > 0) {
    throw new Error(`unexpected format for ID (${id}), expected ${form}`);
  }
  return [first, second];
}

/** A property that has to be text by now. */
export function text(properties: Properties, key: string): string {
  const value = properties[key];
  if (typeof value !== "string")
    throw new Error(`${key} is ${JSON.stringify(value)}, but has to be a string`);
  return value;
}

/** A property that is text or left out. */
export function optionalText(properties: Properties, key: string): string | undefined {
  const value = properties[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}
