import type { NodeMaker } from "../../planning/rollback/nodeMakers";
import type { OldNode } from "../../planning/rotation/oldNodes";
import { isStatus, type ApiObject } from "../kubernetes";
import type { Tools } from "../rotation/outside";

/** The label by which Karpenter says of which EC2NodeClass a node is. */
const NODE_CLASS = "karpenter.k8s.aws/ec2nodeclass";
const NODE_CLASSES = "/apis/karpenter.k8s.aws/v1/ec2nodeclasses";

interface ApiNodeClass extends ApiObject {
  readonly status?: { readonly subnets?: readonly { readonly id: string }[] };
}

/**
 * In which subnets Karpenter makes nodes in the place of these, by their EC2NodeClasses. Where one can't be read, those in
 * which it has made them.
 *
 * Needs in Kubernetes get on ec2nodeclasses of karpenter.k8s.aws, where there are such nodes.
 *
 * @param leaving the nodes whose pods go back; those of others than Karpenter are left out.
 * @throws KubernetesError
 */
export async function karpenterSubnets(
  { kubernetes }: Pick<Tools, "kubernetes">,
  leaving: readonly Pick<OldNode, "node">[],
): Promise<NodeMaker[]> {
  const nodes = leaving.map(({ node }) => node).filter(({ owner }) => owner.kind === "karpenter");
  const names = [...new Set(nodes.map(({ labels }) => labels[NODE_CLASS] ?? ""))].sort();
  return Promise.all(
    names.map(async (name) => {
      const own = nodes.filter(({ labels }) => (labels[NODE_CLASS] ?? "") === name);
      const launchedIn = own.flatMap(({ enis }) =>
        enis.flatMap(({ isPrimary, subnetId }) => (isPrimary ? [subnetId] : [])),
      );
      const selected = name === "" ? [] : await selectedSubnets(kubernetes, name);
      return {
        kind: "nodeClass" as const,
        name: name === "" ? "Karpenter" : `EC2NodeClass ${name}`,
        subnetIds: selected.length > 0 ? selected : [...new Set(launchedIn)],
      };
    }),
  );
}

async function selectedSubnets(kubernetes: Tools["kubernetes"], name: string): Promise<string[]> {
  try {
    const { status } = await kubernetes.get<ApiNodeClass>(`${NODE_CLASSES}/${name}`);
    return (status?.subnets ?? []).map(({ id }) => id);
  } catch (error) {
    if (isStatus(error, 403) || isStatus(error, 404)) return [];
    throw error;
  }
}
