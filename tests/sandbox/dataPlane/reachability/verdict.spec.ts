import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { NetworkView, PolicyRule } from "../../../../sandbox/dataPlane/reachability/network";
import { verdictOf, type Flow } from "../../../../sandbox/dataPlane/reachability/verdict";
import {
  at,
  defaultRoute,
  local,
  localOfPods,
  node,
  playedNetwork,
  policy,
  rule,
  subnetsWith,
} from "./playedNetwork";

function assertAdmitted(source: string, target: string, port: number, changes?: Partial<NetworkView>): void {
  assert.deepEqual(verdictOf({ source, target, port }, playedNetwork(changes)), { admitted: true });
}

function assertRefused(flow: Flow, by: string, changes?: Partial<NetworkView>): void {
  assert.deepEqual(verdictOf(flow, playedNetwork(changes)), { admitted: false, by });
}

/** Security groups with the ingress of the database's replaced. */
function databaseAdmits(...ingress: ReturnType<typeof rule>[]): Partial<NetworkView> {
  const { securityGroups } = playedNetwork();
  const database = { groupId: "sg-database", name: "orders-db", egress: [] };
  return { securityGroups: new Map([...securityGroups, ["sg-database", { ...database, ingress }]]) };
}

describe("a connection within the VPC", () => {
  it("is refused to a moved pod by a database that admits the nodes' security group alone", () => {
    assertAdmitted(at.oldPod, at.database, 5432);
    assertRefused(
      { source: at.newPod, target: at.database, port: 5432 },
      "security group sg-database (orders-db) of eni-database: its ingress admits tcp/5432 from sg-nodes (nodes), and " +
        "not from 100.64.0.20 of eni-pods with sg-cluster (cluster)",
    );
  });

  it("is refused to a moved pod by a database that admits the old range alone", () => {
    const oldRange = databaseAdmits(rule({ cidrs: ["10.8.0.0/16"] }, 5432));
    assertAdmitted(at.oldPod, at.database, 5432, oldRange);
    assertRefused(
      { source: at.newPod, target: at.database, port: 5432 },
      "security group sg-database (orders-db) of eni-database: its ingress admits tcp/5432 from 10.8.0.0/16, and not " +
        "from 100.64.0.20 of eni-pods with sg-cluster (cluster)",
      oldRange,
    );
  });

  it("is admitted to a moved pod once its range, its group or a prefix list with it is", () => {
    assertAdmitted(at.newPod, at.database, 5432, databaseAdmits(rule({ cidrs: ["100.64.0.0/16"] }, 5432)));
    assertAdmitted(at.newPod, at.database, 5432, databaseAdmits(rule({ groups: ["sg-cluster"] }, 5432)));
    assertAdmitted(at.newPod, at.database, 5432, {
      ...databaseAdmits(rule({ prefixLists: ["pl-pods"] }, 5432)),
      prefixLists: new Map([["pl-pods", ["100.64.0.0/17"]]]),
    });
  });

  it("is refused where no rule is about the port", () => {
    assertRefused(
      { source: at.oldPod, target: at.database, port: 5433 },
      "security group sg-database (orders-db) of eni-database: its ingress admits tcp/5433 from nothing, and not from " +
        "10.8.0.11 of eni-node with sg-nodes (nodes)",
    );
  });

  it("is refused by the egress of the source's own group", () => {
    const { securityGroups } = playedNetwork();
    const shut = {
      groupId: "sg-nodes",
      name: "nodes",
      ingress: [],
      egress: [rule({ groups: ["sg-nodes"] })],
    };
    assertRefused(
      { source: at.oldPod, target: at.database, port: 5432 },
      "security group sg-nodes (nodes) of eni-node: its egress admits tcp/5432 to sg-nodes (nodes), and not to 10.8.4.5 " +
        "of eni-database with sg-database (orders-db)",
      { securityGroups: new Map([...securityGroups, ["sg-nodes", shut]]) },
    );
  });

  it("between pods of one node is nothing to security groups, as it never leaves the node", () => {
    assertAdmitted(at.newPod, at.oldPod, 8080, { securityGroups: new Map() });
    assertRefused(
      { source: at.otherPod, target: at.newPod, port: 8080 },
      "security group sg-cluster of eni-other-pods: its egress admits tcp/8080 to nothing, and not to 100.64.0.20 of eni-pods " +
        "with sg-cluster",
      { securityGroups: new Map() },
    );
  });

  it("leaves the node in any case where one of them has a branch ENI", () => {
    const { interfaces } = playedNetwork();
    const branch = interfaces.get(at.newPod);
    assert.ok(branch !== undefined);
    assertRefused(
      { source: at.newPod, target: at.oldPod, port: 8080 },
      "security group sg-nodes (nodes) of eni-node: its ingress admits tcp/8080 from nothing, and not from 100.64.0.20 of " +
        "eni-pods with sg-cluster (cluster)",
      {
        interfaces: new Map([...interfaces, [at.newPod, { ...branch, isBranch: true }]]),
        securityGroups: new Map([
          ...playedNetwork().securityGroups,
          ["sg-nodes", { groupId: "sg-nodes", name: "nodes", ingress: [], egress: [] }],
        ]),
      },
    );
  });

  it("needs both addresses to be somebody's", () => {
    assertRefused(
      { source: "10.8.0.99", target: at.database, port: 5432 },
      "10.8.0.99 is the address of no network interface",
    );
    assertRefused(
      { source: at.oldPod, target: "100.64.9.9", port: 80 },
      "100.64.9.9 is the address of no network interface",
    );
  });
});

describe("network ACLs", () => {
  const admits = (cidr: string, ports: readonly [number, number], allows = true, number = 100) => ({
    number,
    cidr,
    ports,
    allows,
  });
  const dataAcl = (
    ingress: readonly ReturnType<typeof admits>[],
    egress: readonly ReturnType<typeof admits>[],
  ): Partial<NetworkView> => ({
    subnets: subnetsWith({ "subnet-data": { acl: { aclId: "acl-data", ingress, egress } } }),
  });
  const flow = { source: at.oldPod, target: at.database, port: 5432 };
  const answers = admits("10.8.0.0/16", [1024, 65535]);

  it("are asked for the port and for the answers", () => {
    const ingress = [admits("10.8.0.0/16", [5432, 5432])];
    assertAdmitted(flow.source, flow.target, flow.port, dataAcl(ingress, [answers]));
    assertRefused(
      flow,
      "network ACL acl-data of subnet-data: egress rule * refuses tcp/1024-65535 to 10.8.0.11",
      dataAcl(ingress, []),
    );
    assertRefused(
      flow,
      "network ACL acl-data of subnet-data: egress rule * refuses tcp/1024-65535 to 10.8.0.11",
      dataAcl(ingress, [admits("10.8.0.0/16", [1024, 65534])]),
    );
    assertRefused(
      { ...flow, source: at.newPod },
      "network ACL acl-data of subnet-data: ingress rule * refuses tcp/5432 from 100.64.0.20",
      { ...databaseAdmits(rule({ cidrs: ["0.0.0.0/0"] })), ...dataAcl(ingress, [answers]) },
    );
  });

  it("are asked for the answers at the source's subnet as well", () => {
    const egress = [admits("0.0.0.0/0", [0, 65535])];
    assertRefused(
      flow,
      "network ACL acl-nodes of subnet-nodes: ingress rule * refuses tcp/1024-65535 from 10.8.4.5",
      {
        subnets: subnetsWith({ "subnet-nodes": { acl: { aclId: "acl-nodes", ingress: [], egress } } }),
      },
    );
  });

  it("are decided by the first rule, and answers by several", () => {
    const all = admits("0.0.0.0/0", [0, 65535], true, 200);
    assertRefused(
      flow,
      "network ACL acl-data of subnet-data: ingress rule 100 refuses tcp/5432 from 10.8.0.11",
      dataAcl([admits("10.8.0.0/24", [5000, 6000], false), all], [answers]),
    );
    assertAdmitted(
      flow.source,
      flow.target,
      flow.port,
      dataAcl(
        [all],
        [admits("10.8.0.0/16", [1024, 40000]), admits("10.8.0.0/16", [30000, 65535], true, 110)],
      ),
    );
  });

  it("are not asked within a subnet", () => {
    const shut = { aclId: "acl-shut", ingress: [], egress: [] };
    assertAdmitted(at.oldPod, at.otherNode, 443, { subnets: subnetsWith({ "subnet-nodes": { acl: shut } }) });
  });
});

describe("a connection that leaves the VPC", () => {
  const external = { nodes: new Map([["i-1", node(at.node, { externalSnat: true })]]) };

  it("goes with the node's address, group and subnet while the node does source NAT", () => {
    const podsHaveNoExit = { subnets: subnetsWith({ "subnet-pods": { routes: [local, localOfPods] } }) };
    assertAdmitted(at.newPod, "203.0.113.9", 443, podsHaveNoExit);
    assertRefused(
      { source: at.newPod, target: "203.0.113.9", port: 443 },
      "route table rtb-of-subnet-pods of subnet-pods: no route to 203.0.113.9",
      { ...podsHaveNoExit, ...external },
    );
  });

  it("goes with the pod's own where AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS names the destination", () => {
    const toWarehouse = { destination: "172.31.0.0/16", target: "pcx-1", isBlackhole: false };
    const nodesLead = subnetsWith({ "subnet-nodes": { routes: [local, localOfPods, toWarehouse] } });
    assertAdmitted(at.newPod, at.warehouse, 443, { subnets: nodesLead });
    assertRefused(
      { source: at.newPod, target: at.warehouse, port: 443 },
      "route table rtb-of-subnet-warehouse of subnet-warehouse: no route back to 100.64.0.20 over pcx-1",
      {
        subnets: subnetsWith({ "subnet-pods": { routes: [toWarehouse] } }),
        nodes: new Map([["i-1", node(at.node, { excludeSnatCidrs: ["172.31.0.0/16"] })]]),
      },
    );
  });

  it("is refused by a peering that is not there, or does not have the address", () => {
    const lead = (destination: string) => ({
      subnets: subnetsWith({
        "subnet-nodes": { routes: [local, { destination, target: "pcx-1", isBlackhole: false }] },
      }),
    });
    assertRefused(
      { source: at.oldPod, target: at.warehouse, port: 443 },
      "route table rtb-of-subnet-nodes of subnet-nodes: 172.31.0.0/16 leads to pcx-1, which is not active",
      { ...lead("172.31.0.0/16"), peerings: new Map() },
    );
    assertRefused(
      { source: at.oldPod, target: "172.20.0.1", port: 443 },
      "route table rtb-of-subnet-nodes of subnet-nodes: 172.16.0.0/12 leads to pcx-1, and 172.20.0.1 is in no range of " +
        "the VPC there",
      lead("172.16.0.0/12"),
    );
  });

  it("behind a transit gateway is answered to the VPC's first block alone", () => {
    const toOffice = { destination: "192.168.0.0/16", target: "tgw-1", isBlackhole: false };
    const subnets = subnetsWith({
      "subnet-nodes": { routes: [local, toOffice] },
      "subnet-pods": { routes: [localOfPods, toOffice] },
    });
    assertAdmitted(at.newPod, "192.168.3.4", 443, { subnets });
    assertRefused(
      { source: at.newPod, target: "192.168.3.4", port: 443 },
      "route table rtb-of-subnet-pods of subnet-pods: 192.168.0.0/16 leads to tgw-1, and the network there routes " +
        "10.8.0.0/16 back, but not 100.64.0.20",
      { subnets, ...external },
    );
  });

  it("follows the route with the longest prefix", () => {
    const blackhole = { destination: "203.0.113.0/24", target: "pcx-9", isBlackhole: true };
    assertRefused(
      { source: at.oldPod, target: "203.0.113.9", port: 443 },
      "route table rtb-of-subnet-nodes of subnet-nodes: 203.0.113.0/24 leads to pcx-9, a blackhole",
      { subnets: subnetsWith({ "subnet-nodes": { routes: [local, defaultRoute("nat-1"), blackhole] } }) },
    );
  });

  it("is refused by a blackhole, by a gateway without a public address, and by an internet without private ranges", () => {
    const routes = (route: ReturnType<typeof defaultRoute>) => ({
      subnets: subnetsWith({ "subnet-nodes": { routes: [local, route] } }),
    });
    const flow = { source: at.oldPod, target: "203.0.113.9", port: 443 };
    assertRefused(
      flow,
      "route table rtb-of-subnet-nodes of subnet-nodes: 0.0.0.0/0 leads to nat-1, a blackhole",
      routes({ ...defaultRoute("nat-1"), isBlackhole: true }),
    );
    assertRefused(
      flow,
      "route table rtb-of-subnet-nodes of subnet-nodes: 0.0.0.0/0 leads to igw-1, and 10.8.0.10 has no public address",
      routes(defaultRoute("igw-1")),
    );
    assertRefused(
      { ...flow, target: "192.168.3.4" },
      "route table rtb-of-subnet-public of subnet-public: 0.0.0.0/0 leads to igw-1, and the internet does not lead to " +
        "192.168.3.4",
    );
  });
});

describe("NetworkPolicies", () => {
  const flow = { source: at.newPod, target: at.otherPod, port: 8080 };
  const block = (cidr: string, except: readonly string[] = []): PolicyRule => ({
    peers: [{ ipBlock: { cidr, except } }],
    ports: [],
  });
  const with_ = (...ingress: PolicyRule[]) => ({ networkPolicies: [policy({ ingress })] });

  it("with a block of the old range refuse a moved pod, and admit it with the new one besides", () => {
    assertAdmitted(flow.source, flow.target, flow.port);
    assertRefused(
      flow,
      "NetworkPolicy shop/api: its ingress for pod shop/api does not admit tcp/8080 from 100.64.0.20 (pod shop/web)",
      with_(block("10.8.0.0/16")),
    );
    assertAdmitted(flow.source, flow.target, flow.port, with_(block("10.8.0.0/16"), block("100.64.0.0/16")));
    assertRefused(
      flow,
      "NetworkPolicy shop/api: its ingress for pod shop/api does not admit tcp/8080 from 100.64.0.20 (pod shop/web)",
      with_(block("100.64.0.0/16", ["100.64.0.0/27"])),
    );
  });

  it("are enforced only where the node's agent does, and at pods only", () => {
    const shut = { networkPolicies: [policy({ podSelector: {}, ingress: [] })] };
    const lax = new Map([["i-2", node(at.otherNode, { enforcesNetworkPolicies: false })]]);
    assertAdmitted(flow.source, flow.target, flow.port, { ...shut, nodes: lax });
    assertAdmitted(at.otherPod, at.node, 10250, shut);
    assertAdmitted(at.otherNode, at.otherPod, 8080, shut);
  });

  it("admit by labels of pods and of namespaces, at ports by number, range and name", () => {
    const from = (
      peer: PolicyRule["peers"][number],
      port?: PolicyRule["ports"][number],
    ): Partial<NetworkView> => with_({ peers: [peer], ports: port === undefined ? [] : [port] });
    const podSelector = { matchExpressions: [{ key: "app", operator: "In", values: ["web"] }] };
    const byLabels = { podSelector, namespaceSelector: undefined };
    assertAdmitted(flow.source, flow.target, flow.port, from(byLabels));
    const ofTeam = (team: string) => ({
      podSelector: undefined,
      namespaceSelector: { matchLabels: { team } },
    });
    assertAdmitted(flow.source, flow.target, flow.port, from(ofTeam("shop")));
    assert.equal(verdictOf(flow, playedNetwork(from(ofTeam("payments")))).admitted, false);
    assertAdmitted(flow.source, flow.target, 8080, from(byLabels, { port: "http", endPort: undefined }));
    assertAdmitted(flow.source, flow.target, 8080, from(byLabels, { port: 8000, endPort: 8100 }));
    const others = from(byLabels, { port: 443, endPort: undefined });
    assert.equal(verdictOf(flow, playedNetwork(others)).admitted, false);
  });

  it("are about the source as well, and about the pod's own address, before any source NAT", () => {
    const networkPolicies = [policy({ podSelector: {}, egress: [block("10.8.0.0/16")] })];
    assertRefused(
      { source: at.newPod, target: "203.0.113.9", port: 443 },
      "NetworkPolicy shop/api: its egress for pod shop/web does not admit tcp/443 to 203.0.113.9",
      { networkPolicies },
    );
    assertAdmitted(at.oldPod, at.database, 5432, { networkPolicies });
  });
});

describe("verdicts", () => {
  const addresses = fc.constantFrom(...Object.values(at), "203.0.113.9", "100.64.9.9");
  const flows = fc.record({ source: addresses, target: addresses, port: fc.constantFrom(443, 5432, 8080) });

  it("never turn to a refusal by one rule of a security group more", () => {
    const group = fc.constantFrom("sg-nodes", "sg-cluster", "sg-database");
    fc.assert(
      fc.property(flows, group, addresses, (flow, groupId, address) => {
        const before = playedNetwork();
        const opened = before.securityGroups.get(groupId);
        assert.ok(opened !== undefined);
        const ingress = [...opened.ingress, rule({ cidrs: [`${address}/32`] })];
        const securityGroups = new Map([...before.securityGroups, [groupId, { ...opened, ingress }]]);
        if (!verdictOf(flow, before).admitted) return;
        assert.deepEqual(verdictOf(flow, { ...before, securityGroups }), { admitted: true });
      }),
    );
  });

  it("never turn to an admission by one NetworkPolicy for a pod that had none", () => {
    fc.assert(
      fc.property(flows, fc.constantFrom("10.8.0.0/16", "0.0.0.0/0"), (flow, cidr) => {
        const networkPolicies = [
          policy({ podSelector: {}, ingress: [{ peers: [{ ipBlock: { cidr, except: [] } }], ports: [] }] }),
        ];
        const before = verdictOf(flow, playedNetwork());
        if (before.admitted) return;
        assert.equal(verdictOf(flow, playedNetwork({ networkPolicies })).admitted, false);
      }),
    );
  });
});
