import { counted } from "../../planning/amounts";

/** What happens while a cluster is verified. */
export type VerificationEvent =
  /** Of a smoke test: pods that are ready by now. */
  | { readonly type: "smokePods"; readonly namespace: string; readonly ready: number; readonly of: number }
  /** Nodes whose ipamd has been asked by now. */
  | { readonly type: "ipamdAsked"; readonly nodes: number; readonly of: number };

/** An event as one line for a log. */
export function describeVerificationEvent(event: VerificationEvent): string {
  if (event.type === "smokePods")
    return `${event.ready} of ${counted(event.of, "pod")} ready in namespace ${event.namespace}`;
  return `ipamd of ${event.nodes} of ${counted(event.of, "node")} asked`;
}
