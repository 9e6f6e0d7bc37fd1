import type {
  Admission,
  AskedWebhook,
  WebhookFacts,
  WebhookOccasion,
} from "../../planning/preflight/podFacts";
import type { LabelSelector } from "../../planning/rotation/observation";
import type { ApiObject, Kubernetes } from "../kubernetes";

interface ApiRule {
  readonly apiGroups?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
}

interface ApiWebhook {
  readonly name: string;
  /** @default Fail */
  readonly failurePolicy?: string;
  readonly rules?: readonly ApiRule[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly clientConfig: {
    readonly service?: { readonly namespace: string; readonly name: string };
    readonly url?: string;
  };
}

interface ApiWebhookConfiguration extends ApiObject {
  readonly webhooks?: readonly ApiWebhook[];
}

interface ApiEndpointSlice extends ApiObject {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[];
}

/**
 * The admission webhooks that are asked when pods go and come, and fail what they don't answer.
 *
 * Needs list on validatingwebhookconfigurations, mutatingwebhookconfigurations, namespaces and endpointslices.
 */
export async function readAdmission(kubernetes: Kubernetes): Promise<Admission> {
  const [validating, mutating, namespaces] = await Promise.all([
    readConfigurations(kubernetes, "ValidatingWebhookConfiguration"),
    readConfigurations(kubernetes, "MutatingWebhookConfiguration"),
    kubernetes.list(
      "/api/v1/namespaces",
      ({ metadata }: ApiObject) => [metadata.name, metadata.labels ?? {}] as const,
    ),
  ]);
  const asked = [...validating, ...mutating];
  const webhooks = await Promise.all(
    asked.flatMap(({ clientConfig: { service }, ...webhook }) =>
      service === undefined ? [] : [withEndpoints(kubernetes, webhook, service)],
    ),
  );
  return {
    webhooks,
    elsewhere: asked.flatMap(({ clientConfig: { url }, ...webhook }) =>
      url === undefined ? [] : [{ ...webhook, url }],
    ),
    namespaces: new Map(namespaces),
  };
}

type Unanswered = AskedWebhook & Pick<ApiWebhook, "clientConfig">;

async function withEndpoints(
  kubernetes: Kubernetes,
  webhook: AskedWebhook,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<WebhookFacts> {
  const readyEndpoints = await countReady(kubernetes, namespace, name);
  return { ...webhook, service: { namespace, name, readyEndpoints } };
}

async function readConfigurations(kubernetes: Kubernetes, kind: string): Promise<Unanswered[]> {
  const path = `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s`;
  const all = await kubernetes.list(path, ({ metadata, webhooks = [] }: ApiWebhookConfiguration) =>
    webhooks.flatMap((webhook): Unanswered[] => {
      const { name, failurePolicy = "Fail", rules = [], clientConfig } = webhook;
      const { namespaceSelector = {}, objectSelector = {} } = webhook;
      const occasions = occasionsOf(rules);
      if (failurePolicy !== "Fail" || occasions.length === 0) return [];
      const configuration = metadata.name;
      return [{ kind, configuration, name, occasions, namespaceSelector, objectSelector, clientConfig }];
    }),
  );
  return all.flat();
}

const OCCASIONS: readonly {
  readonly occasion: WebhookOccasion;
  readonly operation: string;
  readonly resources: readonly string[];
}[] = [
  { occasion: "evict", operation: "CREATE", resources: ["pods/eviction", "pods/*", "*/eviction", "*/*"] },
  { occasion: "delete", operation: "DELETE", resources: ["pods", "*", "*/*"] },
  { occasion: "create", operation: "CREATE", resources: ["pods", "*", "*/*"] },
];

/** Pods, and their evictions, are of the core group. */
function occasionsOf(rules: readonly ApiRule[]): WebhookOccasion[] {
  return OCCASIONS.filter(({ operation, resources }) =>
    rules.some(
      (rule) =>
        includesAny(rule.apiGroups, ["", "*"]) &&
        includesAny(rule.operations, [operation, "*"]) &&
        includesAny(rule.resources, resources),
    ),
  ).map(({ occasion }) => occasion);
}

function includesAny(given: readonly string[] = [], wanted: readonly string[]): boolean {
  return given.some((one) => wanted.includes(one));
}

/** An endpoint of which nothing is said counts as ready, as the API defines it. */
async function countReady(kubernetes: Kubernetes, namespace: string, service: string): Promise<number> {
  const slices = await kubernetes.list(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    ({ endpoints }: ApiEndpointSlice) =>
      (endpoints ?? []).filter(({ conditions = {} }) => conditions.ready !== false).length,
    { labelSelector: `kubernetes.io/service-name=${service}` },
  );
  return slices.reduce((total, ready) => total + ready, 0);
}
