import assert from "node:assert/strict";
import { KubeConfig } from "@kubernetes/client-node";
import { systemClock } from "../../automation/clock";
import { connectKubernetes, type ApiObject, type Kubernetes } from "../../automation/kubernetes";
import { kubernetesNeeds, type KubernetesNeed } from "../../planning/permissions/kubernetesNeeds";
import { rbacObjects, type RbacObject } from "../../planning/permissions/rbac";
import type { Step } from "../../planning/permissions/wanted";
import { controlPlaneFixture } from "../support/sandbox";

const STEPS: readonly Step[] = ["preview", "rotate"];

/** As the API server answers one: without a name. */
interface SubjectAccessReview {
  readonly status?: { readonly allowed?: boolean };
}

describe("the roles that podnet permissions prints", () => {
  const { controlPlane } = controlPlaneFixture();
  const needs = kubernetesNeeds();
  let kubernetes: Kubernetes;

  before(async () => {
    const kubeConfig = new KubeConfig();
    kubeConfig.loadFromFile(controlPlane().kubeconfig);
    kubernetes = connectKubernetes(kubeConfig, { clock: systemClock, signal: new AbortController().signal });
    for (const object of STEPS.flatMap((step) => rbacObjects(needs, [step])))
      await kubernetes.create(pathOf(object), object);
  });

  for (const step of STEPS) {
    it(`allow the group of ${step} what ${step} needs, and nothing that other steps need`, async () => {
      const differing = await Promise.all(
        needs.map(async (need) => {
          const isNeeded = isCovered(need, step);
          return (await isAllowed(need, `podnet-${step}`)) === isNeeded ? [] : [{ ...need, isNeeded }];
        }),
      );
      assert.deepEqual(differing.flat(), []);
    });
  }

  it("allow in kube-system what is for one object to none of another name", async () => {
    const get = { verb: "get", group: "apps", resource: "daemonsets", namespace: "kube-system" };
    assert.equal(await isAllowed({ ...get, name: "aws-node" }, "podnet-preview"), true);
    assert.equal(await isAllowed({ ...get, name: "kube-proxy" }, "podnet-preview"), false);
    assert.equal(
      await isAllowed({ ...get, namespace: "default", name: "aws-node" }, "podnet-preview"),
      false,
    );
  });

  /** Whether a step needs it, or more than it: in every namespace, or of every object. */
  function isCovered(need: KubernetesNeed, step: Step): boolean {
    return needs.some(
      (other) =>
        other.steps.includes(step) &&
        (["verb", "group", "resource", "subresource"] as const).every((key) => other[key] === need[key]) &&
        (other.namespace ?? need.namespace) === need.namespace &&
        (other.name ?? need.name) === need.name,
    );
  }

  async function isAllowed(need: Omit<KubernetesNeed, "steps">, group: string): Promise<boolean> {
    const { verb, group: apiGroup, resource, subresource, namespace, name } = need;
    const { status } = (await kubernetes.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      metadata: {},
      spec: {
        user: "ann",
        groups: [group],
        resourceAttributes: { verb, group: apiGroup, resource, subresource, namespace, name },
      },
    } as unknown as ApiObject)) as SubjectAccessReview;
    return status?.allowed === true;
  }
});

function pathOf({ apiVersion, kind, metadata: { namespace } }: RbacObject): string {
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `/apis/${apiVersion}${place}/${kind.toLowerCase()}s`;
}
