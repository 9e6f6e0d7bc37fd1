import { child, textAt, type XmlElement } from "../protocol/xml";

/** A state in which a block of a VPC is for a while, or has failed. */
interface PassingState {
  readonly state: "associating" | "disassociating";
  /** Milliseconds since 1970. */
  readonly until: number;
  /** Why it never becomes associated. */
  readonly failure?: string;
}

/** States of associations that moto doesn't have: to moto a block is there or gone at once. */
export interface CidrAssociations {
  /** @param failure what it says once it has failed, where it is to fail. */
  begin(associationId: string, state: "associating" | "disassociating", now: number, failure?: string): void;
  /** Whether it has failed, and moto has it no more. */
  hasFailed(associationId: string): boolean;
  /** Whether subnets may lie in it. */
  isUsable(associationId: string, now: number): boolean;
  /** Corrects an association in the description of a VPC. */
  describe(association: XmlElement, now: number): void;
}

/** How long a block is `associating` or `disassociating`; on AWS it is some seconds. */
const TAKES_MS = 1_000;

/** States of an EC2 without blocks. */
export function cidrAssociations(): CidrAssociations {
  const passing = new Map<string, PassingState>();
  return {
    begin: (associationId, state, now, failure) => {
      passing.set(associationId, {
        state,
        until: now + TAKES_MS,
        ...(failure === undefined ? {} : { failure }),
      });
    },
    hasFailed: (associationId) => passing.get(associationId)?.failure !== undefined,
    isUsable: (associationId, now) => {
      const { until = 0, failure } = passing.get(associationId) ?? {};
      return until <= now && failure === undefined;
    },
    describe: (association, now) => {
      const told = passing.get(textAt(association, "associationId") ?? "");
      const element = child(association, "cidrBlockState");
      const state = child(element, "state");
      if (told === undefined || element === undefined || state === undefined) return;
      if (now < told.until) {
        state.text = told.state;
      } else if (told.failure !== undefined) {
        state.text = "failed";
        element.children.push({ name: "statusMessage", attributes: "", text: told.failure, children: [] });
      }
    },
  };
}
