import type { ResourceChange } from "../stack/resourceChange";
import { unprotectCommand } from "../stack/unprotect";

/**
 * A change of a stack that would take away from pods, or from nodes, what they live on; or, from the stack, the knowledge
 * that others made a part of it.
 */
export interface Danger {
  /** Names its kind for good, so that it can be allowed: `SUBNET-LOST`. */
  readonly id: DangerId;
  /** The name of the resource in the program, such as `pod-network-us-west-2a`. */
  readonly resource: string;
  readonly urn: string;
  /** What would happen, in one line. */
  readonly title: string;
  /** What was seen and what follows, a line each. */
  readonly evidence: readonly string[];
  /** What to do in its place. */
  readonly wayOut: string;
}

/** Names a kind of danger. */
export type DangerId =
  | "SUBNET-LOST"
  | "RANGE-LOST"
  | "ROUTES-LOST"
  | "ENICONFIG-LOST"
  | "WORKERS-LOST"
  | "WORKERS-ROLLED"
  | "CNI-LOST"
  | "CNI-FLAG-OFF"
  | "ADOPTION-LOST";

/** All kinds of dangers, with what each is about. */
export const DANGERS: Readonly<Record<DangerId, string>> = {
  "SUBNET-LOST": "a subnet is deleted or replaced",
  "RANGE-LOST": "a block of the VPC is deleted or replaced",
  "ROUTES-LOST": "a subnet that stays loses its route table",
  "ENICONFIG-LOST": "an ENIConfig, or the definition of all of them, is deleted or replaced",
  "WORKERS-LOST": "a group of workers is deleted or replaced",
  "WORKERS-ROLLED": "workers are replaced by EKS or Auto Scaling, and not by a rotation",
  "CNI-LOST": "aws-node is deleted or replaced, by itself or with its add-on",
  "CNI-FLAG-OFF": "custom networking is turned off",
  "ADOPTION-LOST": "the stack forgets that it took something over",
};

/** That Pulumi refuses a change that is allowed here, where it does. */
export function protection({ isProtected = false, urn }: ResourceChange): string[] {
  return isProtected
    ? [`It is protected: allowed here, Pulumi still refuses it before: ${unprotectCommand(urn)}`]
    : [];
}

/** A danger of a change. */
export function danger(
  id: DangerId,
  { name, urn }: Pick<ResourceChange, "name" | "urn">,
  told: Pick<Danger, "title" | "evidence" | "wayOut">,
): Danger {
  return { id, resource: name, urn, ...told };
}

/** An input that is a text; of those that Pulumi does not know yet, that. */
export function textOrUnknown(value: unknown): string {
  return typeof value === "string" ? value : "(unknown)";
}
