/** What the API server answered an eviction with. */
export interface EvictionAnswer {
  /** HTTP status; 0 when there was no answer: a timeout, a broken connection. */
  readonly status: number;
  readonly message: string;
  /** `details.causes` of the Status object. */
  readonly causes?: readonly { readonly reason: string; readonly message: string }[] | undefined;
}

/** What an answer means. */
export type EvictionOutcome =
  /** Accepted: the pod ends in its own time, which is to be waited for. */
  | { readonly kind: "evicted" }
  /** The pod that was meant is not there any more. */
  | { readonly kind: "gone" }
  /** A budget, or an admission policy, is in the way; asking again before it changes is in vain. */
  | { readonly kind: "blocked"; readonly because: string }
  /** Not now, for reasons that have nothing to do with the pod. */
  | { readonly kind: "retry"; readonly because: string }
  /** Asking again can't help: no permission, or a request that is none. */
  | { readonly kind: "fatal"; readonly because: string };

/**
 * How the API server hands on the denial of a webhook, and of a ValidatingAdmissionPolicy. Source:
 * kubernetes/apiserver, pkg/admission/plugin/webhook/errors/statuserror.go and policy/validating/dispatcher.go.
 */
export const ADMISSION_DENIAL =
  /admission webhook ".*" denied the request|ValidatingAdmissionPolicy '.*' denied request/;

/**
 * Reads the answer to an eviction that carried the pod's UID as precondition.
 *
 * Source: kubernetes/kubernetes, pkg/registry/core/pod/storage/eviction.go; kubectl's drain.
 */
export function classifyEviction(answer: EvictionAnswer): EvictionOutcome {
  const { status, message, causes = [] } = answer;
  if (status >= 200 && status < 300) return { kind: "evicted" };
  // A policy (Gatekeeper, Kyverno) guards this pod; others may well go. What RBAC refuses ("is forbidden: User") holds
  // for every pod. Asked first, for the status, 404 and 409 among them, is the policy's own choice.
  if (ADMISSION_DENIAL.test(message)) return { kind: "blocked", because: message };
  // 409 is the precondition: a pod of that name is there, but it is another one.
  if (status === 404 || status === 409) return { kind: "gone" };
  const budget = causes.find(({ reason }) => reason === "DisruptionBudget");
  if (status === 429 && budget !== undefined) return { kind: "blocked", because: budget.message || message };
  if (status === 500 && message.includes("more than one PodDisruptionBudget"))
    return { kind: "blocked", because: message };
  // kubectl waits as well: the namespace's own deletion takes the pod.
  const namespaceEnds = causes.some(({ reason }) => reason === "NamespaceTerminating");
  if (
    status === 0 ||
    status === 408 ||
    status === 429 ||
    status >= 500 ||
    (status === 403 && namespaceEnds)
  ) {
    return { kind: "retry", because: message };
  }
  return { kind: "fatal", because: `${status}: ${message}` };
}
