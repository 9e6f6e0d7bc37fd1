import type {
  GroupRuleView,
  InterfaceView,
  NetworkAclView,
  NetworkPolicyView,
  NetworkView,
  NodeNetworkView,
  PodNetworkView,
  RouteView,
  SubnetView,
} from "../../../../sandbox/dataPlane/reachability/network";

/** Rules of a security group about one port, or about all of them. */
export function rule(peer: Partial<GroupRuleView>, port?: number): GroupRuleView {
  return {
    ports: port === undefined ? [0, 65535] : [port, port],
    cidrs: [],
    groups: [],
    prefixLists: [],
    ...peer,
  };
}

export const local: RouteView = { destination: "10.8.0.0/16", target: "local", isBlackhole: false };
export const localOfPods: RouteView = { destination: "100.64.0.0/16", target: "local", isBlackhole: false };
export const defaultRoute = (target: string): RouteView => ({
  destination: "0.0.0.0/0",
  target,
  isBlackhole: false,
});

const openAcl: NetworkAclView = {
  aclId: "acl-open",
  ingress: [{ number: 100, cidr: "0.0.0.0/0", ports: [0, 65535], allows: true }],
  egress: [{ number: 100, cidr: "0.0.0.0/0", ports: [0, 65535], allows: true }],
};

/** The addresses of the network below. */
export const at = {
  node: "10.8.0.10",
  /** A pod of before, on the node's primary ENI. */
  oldPod: "10.8.0.11",
  /** A pod on an ENI in the pod range, of the same node. */
  newPod: "100.64.0.20",
  otherNode: "10.8.0.30",
  otherPod: "100.64.0.40",
  database: "10.8.4.5",
  natGateway: "10.8.9.9",
  /** In a VPC of its own. */
  warehouse: "172.31.0.7",
} as const;

function networkInterface(
  interfaceId: string,
  subnetId: string,
  given: Partial<InterfaceView>,
): InterfaceView {
  return {
    interfaceId,
    subnetId,
    securityGroups: [],
    instanceId: undefined,
    isBranch: false,
    hasPublicAddress: false,
    ...given,
  };
}

export function subnet(subnetId: string, given: Partial<SubnetView> = {}): SubnetView {
  return {
    subnetId,
    vpcId: "vpc-shop",
    routes: [local, localOfPods, defaultRoute("nat-1")],
    routeTableId: `rtb-of-${subnetId}`,
    acl: openAcl,
    ...given,
  };
}

export function node(address: string, given: Partial<NodeNetworkView> = {}): NodeNetworkView {
  return {
    address,
    externalSnat: false,
    excludeSnatCidrs: [],
    enforcesNetworkPolicies: true,
    ...given,
  };
}

export function pod(name: string, given: Partial<PodNetworkView> = {}): PodNetworkView {
  return { namespace: "shop", name, labels: { app: name }, namedPorts: {}, ...given };
}

const open = [rule({ cidrs: ["0.0.0.0/0"] })];
const group = (groupId: string, name: string, ingress: readonly GroupRuleView[]) =>
  [groupId, { groupId, name, ingress, egress: open }] as const;

/**
 * A VPC with a node range and a pod range, two nodes, a database that admits the nodes' security group alone, and a
 * peered VPC with a warehouse that admits everything.
 */
export function playedNetwork(changes: Partial<NetworkView> = {}): NetworkView {
  const nodeGroups = { securityGroups: ["sg-nodes"] };
  const podGroups = { securityGroups: ["sg-cluster"] };
  return {
    interfaces: new Map([
      [at.node, networkInterface("eni-node", "subnet-nodes", { ...nodeGroups, instanceId: "i-1" })],
      [at.oldPod, networkInterface("eni-node", "subnet-nodes", { ...nodeGroups, instanceId: "i-1" })],
      [at.newPod, networkInterface("eni-pods", "subnet-pods", { ...podGroups, instanceId: "i-1" })],
      [at.otherNode, networkInterface("eni-other", "subnet-nodes", { ...nodeGroups, instanceId: "i-2" })],
      [at.otherPod, networkInterface("eni-other-pods", "subnet-pods", { ...podGroups, instanceId: "i-2" })],
      [at.database, networkInterface("eni-database", "subnet-data", { securityGroups: ["sg-database"] })],
      [at.natGateway, networkInterface("eni-nat", "subnet-public", {})],
      [at.warehouse, networkInterface("eni-warehouse", "subnet-warehouse", { securityGroups: ["sg-open"] })],
    ]),
    subnets: new Map(
      [
        subnet("subnet-nodes"),
        subnet("subnet-pods"),
        subnet("subnet-data"),
        subnet("subnet-public", { routes: [local, localOfPods, defaultRoute("igw-1")] }),
        subnet("subnet-warehouse", {
          vpcId: "vpc-warehouse",
          routes: [
            { destination: "172.31.0.0/16", target: "local", isBlackhole: false },
            { destination: "10.8.0.0/16", target: "pcx-1", isBlackhole: false },
          ],
        }),
      ].map((one) => [one.subnetId, one] as const),
    ),
    vpcs: new Map([
      ["vpc-shop", { blocks: ["10.8.0.0/16", "100.64.0.0/16"] }],
      ["vpc-warehouse", { blocks: ["172.31.0.0/16"] }],
    ]),
    securityGroups: new Map([
      group("sg-nodes", "nodes", [rule({ groups: ["sg-nodes", "sg-cluster"] })]),
      group("sg-cluster", "cluster", [rule({ groups: ["sg-cluster"] })]),
      group("sg-database", "orders-db", [rule({ groups: ["sg-nodes"] }, 5432)]),
      group("sg-open", "open", open),
    ]),
    prefixLists: new Map(),
    natGateways: new Map([["nat-1", { subnetId: "subnet-public", address: at.natGateway }]]),
    peerings: new Map([["pcx-1", ["vpc-shop", "vpc-warehouse"] as const]]),
    nodes: new Map([
      ["i-1", node(at.node)],
      ["i-2", node(at.otherNode)],
    ]),
    pods: new Map([
      [at.oldPod, pod("orders")],
      [at.newPod, pod("web")],
      [at.otherPod, pod("api", { namedPorts: { http: 8080 } })],
    ]),
    namespaces: new Map([["shop", { team: "shop" }]]),
    networkPolicies: [],
    ...changes,
  };
}

/** The subnets of the network above, some of them changed. */
export function subnetsWith(changes: Record<string, Partial<SubnetView>>): NetworkView["subnets"] {
  const { subnets } = playedNetwork();
  return new Map([...subnets].map(([id, one]) => [id, { ...one, ...changes[id] }]));
}

/** A policy of the namespace shop that says something about `api` alone. */
export function policy(given: Partial<NetworkPolicyView>): NetworkPolicyView {
  return {
    namespace: "shop",
    name: "api",
    podSelector: { matchLabels: { app: "api" } },
    ingress: undefined,
    egress: undefined,
    ...given,
  };
}
