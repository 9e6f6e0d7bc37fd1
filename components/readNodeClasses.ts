import * as pulumi from "@pulumi/pulumi";
import { getVersion } from "@pulumi/kubernetes/utilities";
import type { NodeClassFacts } from "../planning/podNetwork/clusterFacts";
import { knownValue } from "./knownValue";

/**
 * Reads EC2NodeClasses of Karpenter: in which subnets it starts nodes (`status.subnets`).
 *
 * @param name of the component that reads them, of which their names in the state are made.
 * @param opts the parent, whose Kubernetes provider is used.
 * @returns those that are known; in the preview of a program that makes the provider as well, none may be.
 */
export async function readNodeClasses(
  name: string,
  nodeClasses: readonly string[],
  opts: pulumi.CustomResourceOptions,
): Promise<NodeClassFacts[]> {
  const read = nodeClasses.map(async (nodeClass) => {
    const { status } = new Ec2NodeClass(`${name}-${nodeClass}`, nodeClass, opts);
    const known = await knownValue(status);
    if (known === undefined) return [];
    return [{ name: nodeClass, subnetIds: (known.subnets ?? []).map(({ id }) => id) }];
  });
  return (await Promise.all(read)).flat();
}

interface Ec2NodeClassStatus {
  readonly subnets?: readonly { readonly id: string }[];
}

/**
 * An EC2NodeClass that exists.
 *
 * The SDK's own CustomResource takes of what it reads only apiVersion and kind, for it knows of no other property.
 */
class Ec2NodeClass extends pulumi.CustomResource {
  declare readonly status: pulumi.Output<Ec2NodeClassStatus | undefined>;

  constructor(name: string, id: string, opts: pulumi.CustomResourceOptions) {
    const version = getVersion();
    super(
      "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass",
      name,
      { status: undefined },
      { version, ...opts, id },
    );
  }
}
