import { counted } from "../../planning/amounts";

/** What happens while a cluster is verified. */
export type VerificationEvent =
  /** Of a smoke test: pods that are ready by now. */
  | { readonly type: "smokePods"; readonly namespace: string; readonly ready: number; readonly of: number }
  /** Its pods were looked at, and the namespace goes with them. */
  | { readonly type: "smokeRemoving"; readonly namespace: string }
  /** Nodes whose ipamd has been asked by now. */
  | { readonly type: "ipamdAsked"; readonly nodes: number; readonly of: number };

/** An event as one line for a log. */
export function describeVerificationEvent(event: VerificationEvent): string {
  if (event.type === "smokePods")
    return `${event.ready} of ${counted(event.of, "pod")} ready in namespace ${event.namespace}`;
  if (event.type === "smokeRemoving") return `removing namespace ${event.namespace}`;
  return `ipamd of ${event.nodes} of ${counted(event.of, "node")} asked`;
}
