import { selects } from "../rotation/labelSelector";
import type { ClusterPod } from "../rotation/observation";
import { check, type Found } from "./check";
import { counted, listed } from "../amounts";
import { movingPods } from "./movingPods";
import type { Admission, AskedWebhook, WebhookOccasion } from "./podFacts";

/** What an occasion is, as people know it. */
const OCCASIONS: Readonly<Record<WebhookOccasion, string>> = {
  evict: "evictions",
  delete: "deletions of pods",
  create: "new pods",
};

/**
 * Admission webhooks that nobody answers, and whose failure is the request's: evictions are refused for ever, pods stay
 * Terminating, or none is made in their place.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy
 */
export const webhooksAnswer = check(
  {
    id: "WEBHOOK-DEAD",
    level: "stop",
    about: "every webhook that is asked when pods go and come has somebody who answers",
    looksAt: ["cluster", "admission"],
  },
  ({ cluster, admission }) => {
    const pods = movingPods(cluster.pods);
    const found = admission.webhooks.flatMap((webhook): Found[] => {
      const { kind, configuration, name, service } = webhook;
      if (service.readyEndpoints > 0) return [];
      const occasions = webhook.occasions.filter((occasion) =>
        pods.some((pod) => isAsked(webhook, occasion, pod, admission)),
      );
      if (occasions.length === 0) return [];
      const concerned = pods.filter((pod) =>
        occasions.some((occasion) => isAsked(webhook, occasion, pod, admission)),
      );
      const namespaces = [...new Set(concerned.map(({ namespace }) => namespace))].sort();
      return [
        {
          title: `webhook ${name} refuses ${occasions.map((one) => OCCASIONS[one]).join(" and ")}: nobody answers it`,
          evidence: [
            `${kind} ${configuration} asks Service ${service.namespace}/${service.name}, which has no ready endpoint; its failurePolicy is Fail.`,
            `It holds for ${counted(concerned.length, "pod")} that ${concerned.length === 1 ? "moves" : "move"}, in ${listed(namespaces)}.`,
          ],
          wayOut: `Bring ${service.namespace}/${service.name} back, or take it out of service: kubectl delete ${kind.toLowerCase()} ${configuration}`,
        },
      ];
    });
    const unseen = admission.elsewhere.filter((webhook) =>
      pods.some((pod) => webhook.occasions.some((occasion) => isAsked(webhook, occasion, pod, admission))),
    );
    return found.length === 0 && unseen.length > 0
      ? {
          notSeen: `whether anybody answers ${unseen.map(({ name, url }) => `${name} (${url})`).join(", ")} can't be seen from here`,
        }
      : found;
  },
);

/** Of an eviction the object is the Eviction, which has no labels of the pod. */
function isAsked(
  { occasions, namespaceSelector, objectSelector }: AskedWebhook,
  occasion: WebhookOccasion,
  { namespace, labels }: ClusterPod,
  { namespaces }: Admission,
): boolean {
  return (
    occasions.includes(occasion) &&
    selects(namespaceSelector, namespaces.get(namespace) ?? {}) &&
    selects(objectSelector, occasion === "evict" ? {} : labels)
  );
}
