import { kubernetesNeeds, type KubernetesNeed } from "../../planning/permissions/kubernetesNeeds";
import type { WantedPermissions } from "../../planning/permissions/wanted";
import {
  needsBeyondPreflight,
  type Denial,
  type Permissions,
} from "../../planning/preflight/permissionNeeds";
import type { ApiObject, Kubernetes } from "../kubernetes";

/** As the API server answers one: without a name. */
interface SelfSubjectAccessReview {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Partial<ApiObject["metadata"]>;
  readonly spec: { readonly resourceAttributes: Readonly<Record<string, string>> };
  readonly status?: { readonly allowed?: boolean };
}

interface SelfSubjectReview {
  readonly status?: { readonly userInfo?: { readonly username?: string } };
}

/**
 * What the kubeconfig's user may do of what the steps do for what is wanted: the API server is asked about each by itself, as
 * the authorizers of EKS can't list what somebody may.
 *
 * Needs what every user has (the ClusterRole system:basic-user).
 */
export async function readKubernetesPermissions(
  kubernetes: Kubernetes,
  wanted: WantedPermissions,
): Promise<Permissions> {
  const needs = needsBeyondPreflight(kubernetesNeeds(wanted));
  const [who, denials] = await Promise.all([
    askWho(kubernetes),
    Promise.all(needs.map((need) => askFor(kubernetes, need))),
  ]);
  return { who, foundBy: "SelfSubjectAccessReview", denials: denials.flat() };
}

async function askWho(kubernetes: Kubernetes): Promise<string> {
  const { status } = await kubernetes.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
    apiVersion: "authentication.k8s.io/v1",
    kind: "SelfSubjectReview",
    metadata: {},
  } as ApiObject & SelfSubjectReview);
  return `user ${status?.userInfo?.username ?? "of the kubeconfig"}`;
}

async function askFor(kubernetes: Kubernetes, need: KubernetesNeed): Promise<Denial[]> {
  const { verb, group, resource, subresource, namespace, name, steps } = need;
  const review: SelfSubjectAccessReview = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    metadata: {},
    spec: {
      resourceAttributes: {
        ...{ verb, group, resource },
        ...(subresource !== undefined && { subresource }),
        ...(namespace !== undefined && { namespace }),
        ...(name !== undefined && { name }),
      },
    },
  };
  const { status } = await kubernetes.create(
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    review as ApiObject & SelfSubjectAccessReview,
  );
  if (status?.allowed === true) return [];
  const whole = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
  return [
    {
      what: `${verb} ${whole}${name === undefined ? "" : ` ${name}`}${namespace === undefined ? "" : ` in ${namespace}`}`,
      steps,
      how: "denied",
    },
  ];
}
