import { check } from "./check";

/** Kinds of clusters whose pods' addresses are not the VPC CNI's to choose: nothing can be done there. */
export const clusterKind = check(
  {
    id: "CLUSTER-KIND",
    level: "stop",
    about: "the cluster is one of IPv4 whose CNI can be configured",
    looksAt: ["controlPlane"],
  },
  ({ controlPlane: { ipFamily, isAutoMode } }) => [
    ...(ipFamily === "ipv6"
      ? [
          {
            title: "the cluster gives its pods IPv6 addresses",
            evidence: [
              "kubernetesNetworkConfig.ipFamily is ipv6; it can't be changed after the cluster was made.",
            ],
            wayOut: "Nothing is to be done: a /80 of each node has addresses for all of its pods.",
          },
        ]
      : []),
    ...(isAutoMode
      ? [
          {
            title: "EKS Auto Mode runs the nodes, and their CNI takes no settings",
            evidence: ["computeConfig.enabled is true; aws-node and ENIConfigs don't count on such nodes."],
            wayOut: "Give its NodeClass podSubnetSelectorTerms and podSecurityGroupSelectorTerms instead.",
          },
        ]
      : []),
  ],
);

/** How the cluster's API may be reached, as far as the way of the new nodes' addresses matters. */
export const publicEndpoint = check(
  {
    id: "ENDPOINT-CIDRS",
    level: "warn",
    about: "the public endpoint does not go by addresses of this VPC",
    looksAt: ["controlPlane"],
  },
  ({ controlPlane: { hasPublicEndpoint, publicAccessCidrs } }) => {
    const narrow = publicAccessCidrs.filter((cidr) => cidr !== "0.0.0.0/0");
    if (!hasPublicEndpoint || narrow.length === 0 || publicAccessCidrs.includes("0.0.0.0/0")) return [];
    return [
      {
        title: `the public endpoint admits ${narrow.join(", ")} alone`,
        evidence: [
          "Pods that speak to it come from the address of their NAT gateway, also from the pod subnets.",
        ],
        wayOut:
          "Where pod subnets get NAT gateways of their own, add their addresses to publicAccessCidrs, or turn on the private endpoint.",
      },
    ];
  },
);
