import { clusterDnsIp } from "./clusterDnsIp";
import { labelsFlag, taintFlag, type NodeSettings } from "./nodeSettings";

/**
 * The arguments of /etc/eks/bootstrap.sh behind the cluster's name, quoted for a shell; also the BootstrapArguments
 * parameter of AWS's CloudFormation template for self-managed nodes.
 *
 * Source: awslabs/amazon-eks-ami, templates/al2/runtime/bootstrap.sh (until 2026-03).
 */
export function bootstrapArguments(settings: NodeSettings): string {
  const { cluster, maxPods, labels = {}, taints = [] } = settings;
  const kubelet = [
    ...(maxPods !== undefined ? [`--max-pods=${maxPods}`] : []),
    ...(Object.keys(labels).length > 0 ? [`--node-labels=${labelsFlag(labels)}`] : []),
    ...(taints.length > 0 ? [`--register-with-taints=${taints.map(taintFlag).join(",")}`] : []),
  ];
  return [
    // Both together spare the node the call of DescribeCluster.
    ...(cluster
      ? [
          `--apiserver-endpoint ${shellQuote(cluster.apiServerEndpoint)}`,
          `--b64-cluster-ca ${shellQuote(cluster.certificateAuthority)}`,
          `--dns-cluster-ip ${shellQuote(clusterDnsIp(cluster.serviceCidr))}`,
        ]
      : []),
    // Or the script would write the plain number, which knows nothing of custom networking, into kubelet's config.
    ...(maxPods !== undefined ? ["--use-max-pods false"] : []),
    ...(kubelet.length > 0 ? [`--kubelet-extra-args ${shellQuote(kubelet.join(" "))}`] : []),
  ].join(" ");
}

/** The script that joins an AL2 node to its cluster. */
export function renderBootstrapScript(settings: NodeSettings): string {
  const call = ["/etc/eks/bootstrap.sh", shellQuote(settings.clusterName), bootstrapArguments(settings)];
  return `#!/bin/bash\nset -o errexit -o pipefail -o nounset\n${call.filter((part) => part !== "").join(" ")}\n`;
}

/** A text as one word of a POSIX shell, whatever it holds. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
