import type { KubernetesNeed } from "./kubernetesNeeds";
import { ALL_STEPS, type Step } from "./wanted";

/** What a role allows, as Kubernetes takes it. */
export interface RbacRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** A role or a binding of one. */
export interface RbacObject {
  readonly apiVersion: "rbac.authorization.k8s.io/v1";
  readonly kind: "ClusterRole" | "ClusterRoleBinding" | "Role" | "RoleBinding";
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly RbacRule[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly apiGroup: string;
    readonly kind: "Group";
    readonly name: string;
  }[];
}

const API_GROUP = "rbac.authorization.k8s.io";

/** What roles for some steps are called: `podnet` for all of them, else such as `podnet-up-rotate`. */
export function roleName(steps: readonly Step[]): string {
  const asked = ALL_STEPS.filter((step) => steps.includes(step));
  return ["podnet", ...(asked.length === ALL_STEPS.length ? [] : asked)].join("-");
}

/**
 * The least roles for some steps, and what binds them to a group: a ClusterRole, and a Role in each namespace where
 * something is asked for in that one alone.
 *
 * @param group of users, as access entries of EKS give it (`--kubernetes-groups`). @default as the roles are called
 */
export function rbacObjects(
  needs: readonly KubernetesNeed[],
  steps: readonly Step[],
  group = roleName(steps),
): RbacObject[] {
  const ofSteps = needs.filter((need) => need.steps.some((step) => steps.includes(step)));
  const namespaces = [...new Set(ofSteps.flatMap(({ namespace }) => namespace ?? []))].sort();
  const allowedEverywhere = new Set(ofSteps.filter(({ namespace }) => namespace === undefined).map(whatOf));
  return [undefined, ...namespaces].flatMap((namespace) => {
    const here = ofSteps.filter(
      (need) =>
        need.namespace === namespace && (namespace === undefined || !allowedEverywhere.has(whatOf(need))),
    );
    return here.length === 0 ? [] : roleAndBinding(roleName(steps), namespace, here, group);
  });
}

function whatOf({ verb, group, resource, subresource = "" }: KubernetesNeed): string {
  return [verb, group, resource, subresource].join(" ");
}

function roleAndBinding(
  name: string,
  namespace: string | undefined,
  needs: readonly KubernetesNeed[],
  group: string,
): RbacObject[] {
  const apiVersion = `${API_GROUP}/v1` as const;
  const metadata = { name, ...(namespace !== undefined && { namespace }) };
  const kind = namespace === undefined ? "ClusterRole" : "Role";
  return [
    { apiVersion, kind, metadata, rules: rules(needs) },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: API_GROUP, kind, name },
      subjects: [{ apiGroup: API_GROUP, kind: "Group", name: group }],
    },
  ];
}

/** A rule for each set of verbs of an API group; the API server does not care, people read fewer lines. */
function rules(needs: readonly KubernetesNeed[]): RbacRule[] {
  const byObject = new Map<string, { group: string; resource: string; names: string[]; verbs: string[] }>();
  for (const { verb, group, resource, subresource, name } of needs) {
    const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
    const key = [group, whole, name ?? ""].join(" ");
    const names = name === undefined ? [] : [name];
    const rule = byObject.get(key) ?? { group, resource: whole, names, verbs: [] };
    byObject.set(key, { ...rule, verbs: [...rule.verbs, verb] });
  }
  const byVerbs = new Map<string, RbacRule>();
  for (const { group, resource, names, verbs } of byObject.values()) {
    const key = JSON.stringify([group, names, [...verbs].sort()]);
    const { resources = [] } = byVerbs.get(key) ?? {};
    byVerbs.set(key, {
      apiGroups: [group],
      resources: [...resources, resource].sort(),
      ...(names.length > 0 && { resourceNames: names }),
      verbs: [...verbs].sort(),
    });
  }
  return [...byVerbs.values()];
}
