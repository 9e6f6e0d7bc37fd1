/** A way in which calls can go wrong. */
export interface FaultKind {
  /** What happens, as lists of kinds say it. */
  readonly summary: string;
  /** The one action that it is about; any where it is missing. */
  readonly action?: string;
}

/** Every kind of fault, by its name. */
export const faultKinds = {
  throttle: { summary: "calls are refused: there were too many" },
  error: { summary: "calls fail inside AWS (500), and are not carried out" },
  unavailable: { summary: "calls find the service unavailable (503)" },
  timeout: { summary: "calls are never answered, and not carried out" },
  "lost-answer": { summary: "calls are carried out, and never answered" },
  "expired-credentials": { summary: "calls are refused: their credentials have expired" },
  "access-denied": { summary: "calls are refused: the caller may not make them" },
  stale: { summary: "reads don't show the changes of the last seconds yet" },
  "associate-failed": {
    summary: "blocks go from associating to failed",
    action: "ec2:AssociateVpcCidrBlock",
  },
  "insufficient-capacity": {
    summary: "instances are not launched: the zone has none of the type left",
    action: "ec2:RunInstances",
  },
  "leak-eni": {
    summary: "ENIs that the CNI attached outlive their instance, as available",
    action: "ec2:TerminateInstances",
  },
} as const satisfies Record<string, FaultKind>;

/** A name of one of them. */
export type FaultKindName = keyof typeof faultKinds;

/** Every name. */
export const faultKindNames = Object.keys(faultKinds) as [FaultKindName, ...FaultKindName[]];
