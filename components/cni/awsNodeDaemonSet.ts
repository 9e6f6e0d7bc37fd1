import * as pulumi from "@pulumi/pulumi";
import { DaemonSet } from "@pulumi/kubernetes/apps/v1/daemonSet";
import type { LiveDaemonSet } from "../../planning/awsNode/liveDaemonSet";

/** Where every installation of the CNI has its DaemonSet. */
export const AWS_NODE = { namespace: "kube-system", name: "aws-node" };

/** Reads the DaemonSet aws-node, with the account of who holds which field. */
export function readAwsNode(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<LiveDaemonSet> {
  const { metadata, spec } = DaemonSet.get(name, `${AWS_NODE.namespace}/${AWS_NODE.name}`, opts);
  // As the API server answers; Pulumi's types speak of the fields of managedFields as of nothing known.
  return pulumi.all([metadata, spec]).apply(([readMetadata, readSpec]) => ({
    metadata: readMetadata,
    spec: readSpec,
  }));
}
