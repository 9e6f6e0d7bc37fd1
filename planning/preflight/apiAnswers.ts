import { check } from "./check";
import { listed } from "../amounts";

/** A cluster whose API does not answer from here: what needs Kubernetes would stop half-way. */
export const apiAnswers = check(
  {
    id: "API-ANSWERS",
    level: "stop",
    about: "the cluster's API answers from here",
    looksAt: ["api", "controlPlane"],
  },
  ({ api, controlPlane: { hasPublicEndpoint, hasPrivateEndpoint, publicAccessCidrs } }) => {
    if (api.answers) return [];
    if (api.wayToIt !== undefined) {
      return [
        {
          title: "no kubeconfig leads to the cluster's API: podnet up would not begin",
          evidence: [api.why],
          wayOut: api.wayToIt,
        },
      ];
    }
    const isPrivateAlone = !hasPublicEndpoint && hasPrivateEndpoint;
    return [
      {
        title: "the cluster's API does not answer from here: podnet up would stop before the first ENIConfig",
        evidence: [
          api.why,
          isPrivateAlone
            ? "The endpoint is private alone (endpointPublicAccess is false): it answers inside the VPC."
            : `The public endpoint admits ${publicAccessCidrs.join(", ")}.`,
        ],
        wayOut: isPrivateAlone
          ? "Run where the VPC is reached (a runner or bastion host inside it, a VPN), or turn on the public endpoint while it takes."
          : "Check the kubeconfig (aws eks update-kubeconfig), its credentials and the way to the endpoint.",
      },
    ];
  },
);

/** A kubeconfig that leads to another cluster than EKS was asked about: all that was seen there is that one's. */
export const sameCluster = check(
  {
    id: "OTHER-CLUSTER",
    level: "stop",
    about: "the kubeconfig leads to the cluster that EKS was asked about",
    looksAt: ["cluster", "facts"],
  },
  ({ cluster, facts: { clusterName, instances } }) => {
    const nodes = cluster.nodes.filter(({ instanceId }) => instanceId !== undefined);
    const ids = new Set(instances.map(({ instanceId }) => instanceId));
    if (nodes.length === 0 || ids.size === 0) return [];
    if (nodes.some(({ instanceId = "" }) => ids.has(instanceId))) return [];
    return [
      {
        title: `the kubeconfig leads to another cluster than ${clusterName}: none of its nodes is an instance of ${clusterName}`,
        evidence: [
          `Its nodes: ${listed(nodes.map(({ name }) => name))}`,
          `Instances with the tag kubernetes.io/cluster/${clusterName}: ${listed([...ids])}`,
        ],
        wayOut: `Choose its context (--kube-context), or write one: aws eks update-kubeconfig --name ${clusterName}`,
      },
    ];
  },
);
