/**
 * Who calls the sandbox's AWS, by the access key of the signature: the sandbox's own parts have keys of their own, and
 * every other key is a user's.
 */
export const CALLER_KEYS = {
  /** EKS, which works on node groups. */
  eks: "eks",
  /** Auto Scaling, which launches and terminates. */
  "auto-scaling": "auto-scaling",
  /** Nodes: their kubelets, ipamd and the VPC resource controller. */
  nodes: "nodes",
} as const;

/** A part of the sandbox, or whoever uses it. */
export type Caller = keyof typeof CALLER_KEYS | "user";

/** The credentials of a part of the sandbox, for its AWS clients. */
export function credentialsOf(caller: keyof typeof CALLER_KEYS): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
} {
  return { accessKeyId: CALLER_KEYS[caller], secretAccessKey: "sandbox" };
}

/** Whose an access key is. */
export function callerOf(accessKeyId: string): Caller {
  const callers = Object.keys(CALLER_KEYS) as (keyof typeof CALLER_KEYS)[];
  return callers.find((caller) => CALLER_KEYS[caller] === accessKeyId) ?? "user";
}
