import type { Autoscalers } from "../../planning/preflight/podFacts";
import { isStatus, type ApiObject, type Kubernetes } from "../kubernetes";

interface ApiDeployment extends ApiObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
  };
}

interface Container {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

interface ApiNodeClass extends ApiObject {
  readonly spec?: { readonly kubelet?: { readonly maxPods?: unknown } };
}

/** A Deployment that makes and ends nodes. */
interface Found {
  readonly deployment: string;
  readonly container: Container;
}

const KARPENTER = /(^|\/)karpenter(\/controller)?([:@]|$)/;
const CLUSTER_AUTOSCALER = /(^|\/)cluster-autoscaler[^/]*$/;

/**
 * The cluster autoscalers and the Karpenter of a cluster, by the images of its Deployments; those of no replica are
 * stopped, and left out. Needs list on deployments, and on ec2nodeclasses where Karpenter is there.
 */
export async function readAutoscalers(kubernetes: Kubernetes): Promise<Autoscalers> {
  const containers = (
    await kubernetes.list("/apis/apps/v1/deployments", ({ metadata, spec = {} }: ApiDeployment): Found[] => {
      const deployment = `${metadata.namespace ?? ""}/${metadata.name}`;
      if (spec.replicas === 0) return [];
      return (spec.template?.spec?.containers ?? [])
        .filter(({ image = "" }) => KARPENTER.test(image) || CLUSTER_AUTOSCALER.test(image))
        .map((container) => ({ deployment, container }));
    })
  ).flat();
  const named = (image: RegExp) => containers.filter(({ container }) => image.test(container.image ?? ""));
  const [karpenter] = named(KARPENTER);
  return {
    clusterAutoscalers: named(CLUSTER_AUTOSCALER).map(({ deployment, container }) => ({
      deployment,
      listsGroups: argumentsOf(container).some((argument) => /^--nodes(=|$)/.test(argument)),
    })),
    karpenter:
      karpenter === undefined
        ? undefined
        : {
            deployment: karpenter.deployment,
            reservedEnis: reservedEnisOf(karpenter.container),
            reckoningNodeClasses: await readReckoningNodeClasses(kubernetes),
          },
  };
}

function argumentsOf({ command = [], args = [] }: Container): string[] {
  return [...command, ...args];
}

/** By its flag, which wins over the variable of its environment; 0 where neither is given. */
function reservedEnisOf(container: Container): number {
  const given = argumentsOf(container);
  const at = given.findIndex((argument) => /^--reserved-enis(=|$)/.test(argument));
  const flag = at === -1 ? undefined : (given[at]?.split("=")[1] ?? given[at + 1]);
  const variable = container.env?.find(({ name }) => name === "RESERVED_ENIS")?.value;
  return Number(flag ?? variable ?? "0");
}

async function readReckoningNodeClasses(kubernetes: Kubernetes): Promise<string[]> {
  try {
    const all = await kubernetes.list(
      "/apis/karpenter.k8s.aws/v1/ec2nodeclasses",
      ({ metadata, spec = {} }: ApiNodeClass) => (spec.kubelet?.maxPods === undefined ? [metadata.name] : []),
    );
    return all.flat();
  } catch (error) {
    // Of an older version, or none is made yet.
    if (isStatus(error, 404)) return [];
    throw error;
  }
}
