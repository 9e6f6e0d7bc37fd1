import { strict as assert } from "node:assert";
import { cidrBlock } from "../../../planning/cidrBlock";
import type { Check } from "../../../planning/preflight/check";
import type { Finding } from "../../../planning/preflight/finding";
import type { RouteFacts } from "../../../planning/preflight/networkFacts";
import { nodeAddresses } from "../../../planning/preflight/nodeAddresses";
import type { CniPlan, ControlPlaneFacts, Picture } from "../../../planning/preflight/picture";
import { podCapacity } from "../../../planning/preflight/podCapacity";
import { podNetworkPlan } from "../../../planning/preflight/podNetworkPlan";
import { quotaLimits, quotaOfNodes } from "../../../planning/preflight/quotaLimits";
import { DEFAULT_QUOTAS, type Quota, type Quotas } from "../../../planning/preflight/quotas";
import {
  foreignEniConfigs,
  nodesElsewhere,
  sharedRouteTable,
  zonesWithEniConfig,
} from "../../../planning/preflight/zones";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";
import { instance, nodeSubnet, podSubnet, smallCluster, smallClusterAfter } from "../../support/clusterFacts";
import { clusterWith, oldNodeNamed, webPods } from "../rotation/builders";
import { foundBy } from "./foundBy";

const read = (name: keyof typeof DEFAULT_QUOTAS): Quota => ({ ...DEFAULT_QUOTAS[name], isDefault: false });
const quotas: Quotas = {
  cidrBlocksPerVpc: read("cidrBlocksPerVpc"),
  subnetsPerVpc: read("subnetsPerVpc"),
  routeTablesPerVpc: read("routeTablesPerVpc"),
  routesPerTable: read("routesPerTable"),
  interfacesPerRegion: read("interfacesPerRegion"),
  groupsPerInterface: read("groupsPerInterface"),
  networkAddressUsage: read("networkAddressUsage"),
  interfacesInRegion: 100,
};
const cni = {
  ...{ prefixDelegation: false, maxEni: undefined, externalSnat: false, excludeSnatCidrs: [] },
  warm: {},
} as unknown as CniPlan;
const nodes = ["a", "b", "c"].map((letter) => oldNodeNamed(`old-${letter}`, `us-west-2${letter}`));
const nat: RouteFacts = {
  destination: cidrBlock("0.0.0.0/0"),
  ...{ target: "natGateway", targetId: "nat-1", isBlackhole: false },
};
const picture = {
  facts: smallCluster,
  wanted: { podCidrs: ["100.64.0.0/16"] },
  vpc: {
    vpcId: "vpc-1",
    podCidrs: ["100.64.0.0/16"],
    blocks: smallCluster.cidrBlocks,
    addressing: { cidrBlocks: ["10.8.0.0/16"] },
  },
  quotas,
  cni,
  cluster: clusterWith(nodes, webPods(12, "old-a")),
  eniConfigs: [],
  routeTables: smallCluster.routeTables.map((table) => ({ ...table, routes: [nat] })),
  attachment: { from: [], to: [], ranges: [], groupsToday: [], groupsTomorrow: ["sg-cluster"] },
};

const found = (check: Check, parts: Partial<Picture> = {}) => foundBy(check, { ...picture, ...parts });
const titles = (findings: readonly Finding[]) => findings.map(({ level, title }) => `${level}: ${title}`);

describe("the plan of a pod network", () => {
  it("is well for an ordinary cluster", () => {
    assert.deepEqual(found(podNetworkPlan), []);
  });

  it("that podnet up would refuse is told before, with the way out", () => {
    assert.deepEqual(
      titles(found(podNetworkPlan, { wanted: { podCidrs: ["100.64.0.0/16"], zones: ["us-west-2z"] } })),
      [
        "stop: the pod network can't be made: zones[0]",
        ...["a", "b", "c"].map(() => "stop: the pod network can't be made: zones"),
      ],
    );
  });

  it("leaves a block that the VPC can't have to the check of blocks", () => {
    const wanted = { podCidrs: ["10.8.0.0/16"] };
    assert.ok(found(podNetworkPlan, { wanted }).every(({ title }) => !title.includes("podCidrs")));
  });
});

describe("quotas", () => {
  it("that have room are well", () => {
    assert.deepEqual([...found(quotaLimits), ...found(quotaOfNodes)], []);
  });

  it("that would be passed are told with what is there, what comes, and the code to raise", () => {
    const subnetsPerVpc = { ...quotas.subnetsPerVpc, value: 5, isDefault: true };
    assert.deepEqual(found(quotaLimits, { quotas: { ...quotas, subnetsPerVpc } }), [
      {
        id: "QUOTA",
        level: "stop",
        title: "vpc-1: 6 subnets per VPC would be needed, and the quota is 5",
        evidence: [
          "3 are there, and 3 are to come.",
          "Service Quotas could not be read: that is what AWS gives every account.",
        ],
        wayOut:
          "aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-407747CB --desired-value 6",
      },
    ]);
  });

  it("count nothing twice that is there already", () => {
    const subnetsPerVpc = { ...quotas.subnetsPerVpc, value: 3 };
    assert.deepEqual(
      found(quotaLimits, { facts: smallClusterAfter, quotas: { ...quotas, subnetsPerVpc } }),
      [],
    );
  });

  it("count a route table of each zone where pods leave by NAT gateways of their own", () => {
    const there = smallCluster.routeTables.length;
    const routeTablesPerVpc = { ...quotas.routeTablesPerVpc, value: there + 2 };
    const withEgress = (egress: "nodes" | "natPerZone") =>
      titles(
        found(quotaLimits, {
          quotas: { ...quotas, routeTablesPerVpc },
          wanted: { podCidrs: ["100.64.0.0/16"], egress },
        }),
      );
    assert.deepEqual(withEgress("nodes"), []);
    assert.deepEqual(withEgress("natPerZone"), [
      `stop: ${smallCluster.vpcId}: ${there + 3} route tables per VPC would be needed, and the quota is ${there + 2}`,
    ]);
  });

  it("are those of routes, groups, interfaces and address usage as well", () => {
    const routesPerTable = { ...quotas.routesPerTable, value: 1 };
    assert.equal(found(quotaLimits, { quotas: { ...quotas, routesPerTable } }).length, 4);
    const six = { ...picture.attachment, groupsTomorrow: ["1", "2", "3", "4", "5", "6"] };
    assert.deepEqual(titles(found(quotaLimits, { attachment: six })), [
      "stop: an ENI for pods: 6 security groups per network interface would be needed, and the quota is 5",
    ]);
    const nearlyFull = { ...quotas, interfacesInRegion: 4_995 };
    assert.match(titles(found(quotaOfNodes, { quotas: nearlyFull }))[0] ?? "", /^warn: the Region, .* 5000$/);
    assert.deepEqual(found(quotaOfNodes, { quotas: { ...nearlyFull, interfacesInRegion: undefined } }), []);
    const networkAddressUsage = { ...quotas.networkAddressUsage, value: 10 };
    assert.equal(found(quotaOfNodes, { quotas: { ...quotas, networkAddressUsage } }).length, 1);
  });
});

describe("the node subnets", () => {
  const withFree = (freeAddresses: number) => ({
    facts: {
      ...smallCluster,
      subnets: smallCluster.subnets.map((subnet) =>
        subnet.availabilityZone === "us-west-2b" ? { ...subnet, freeAddresses } : subnet,
      ),
      instances: [...smallCluster.instances, instance("i-b2", "b")],
    },
  });

  it("without a free address stop the migration, those with few are told", () => {
    assert.deepEqual(titles(found(nodeAddresses, withFree(0))), [
      "stop: the node subnets of us-west-2b have no free address: no new node can come before an old one goes",
    ]);
    assert.deepEqual(titles(found(nodeAddresses, withFree(1))), [
      "warn: the node subnets of us-west-2b have 1 free address for the successors of 2 nodes",
    ]);
    assert.deepEqual(found(nodeAddresses, withFree(2)), []);
  });

  it("that the cluster does not name are told", () => {
    const controlPlane = { subnetIds: ["subnet-node-a", "subnet-node-b"] } as unknown as ControlPlaneFacts;
    const [finding] = found(nodesElsewhere, { controlPlane });
    assert.equal(finding?.title, "1 of 3 node subnets is none of the cluster's own");
    assert.equal(finding.evidence[0], "Nodes: subnet-node-c (10.8.32.0/20, us-west-2c)");
    const all = { subnetIds: smallCluster.subnets.map(({ subnetId }) => subnetId) };
    assert.deepEqual(found(nodesElsewhere, { controlPlane: all as unknown as ControlPlaneFacts }), []);
  });

  it("that share a route table with one NAT gateway are told once", () => {
    const facts = {
      ...smallCluster,
      subnets: smallCluster.subnets.map((subnet) => ({ ...subnet, routeTableId: "rtb-a" })),
    };
    assert.deepEqual(titles(found(sharedRouteTable, { facts })), [
      "warn: the pods of us-west-2a, us-west-2b, us-west-2c share the route table rtb-a",
    ]);
    assert.deepEqual(found(sharedRouteTable), []);
    const routeTables = picture.routeTables.map((table) => ({ ...table, routes: [] }));
    assert.deepEqual(found(sharedRouteTable, { facts, routeTables }), []);
  });
});

describe("the pod subnets", () => {
  it("have room for today's pods, or are told with the size that has", () => {
    assert.deepEqual(found(podCapacity), []);
    const wanted = { podCidrs: ["100.64.0.0/24"], subnetPrefixLength: 28 };
    const [finding, ...others] = found(podCapacity, { wanted });
    assert.equal(finding?.title, "the pod subnet of us-west-2a, a /28, is too small for today's pods");
    assert.match(
      finding.evidence[0] ?? "",
      /^12 pods on 1 node and one more node take \d+ of its 11 addresses, /,
    );
    assert.match(finding.wayOut, /^Take \/2[56] or larger/);
    assert.equal(others.length, 2);
  });

  it("of ENIConfigs that are there are told where no further ENI has room", () => {
    const full = { ...podSubnet("a", "100.64.0.0/28"), freeAddresses: 9 };
    const eniConfigs = [{ name: "us-west-2a", subnetId: full.subnetId }];
    const facts = { ...smallCluster, subnets: [...smallCluster.subnets, full] };
    const [finding] = found(podCapacity, { facts, eniConfigs }).filter(({ title }) =>
      title.includes("ENIConfig"),
    );
    assert.equal(
      finding?.title,
      "the subnet of ENIConfig us-west-2a, subnet-pods-a (100.64.0.0/28), has 9 free addresses",
    );
    assert.match(finding.evidence[0] ?? "", /^The next ENI of a node in us-west-2a asks for 10;/);
    const roomy = { ...facts, subnets: [...smallCluster.subnets, { ...full, freeAddresses: 10 }] };
    assert.ok(
      found(podCapacity, { facts: roomy, eniConfigs }).every(({ title }) => !title.includes("ENIConfig")),
    );
  });
});

describe("ENIConfigs", () => {
  const on = awsNodeDaemonSet({
    env: entries({
      AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
      ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
    }),
  });
  const named = (...letters: string[]) =>
    letters.map((letter) => ({ name: `us-west-2${letter}`, subnetId: `subnet-theirs-${letter}` }));

  it("that are missing in a zone with nodes stop the migration where custom networking is on", () => {
    const eniConfigs = named("a", "b");
    const waiting = { ...oldNodeNamed("new-c", "us-west-2c"), isReady: false };
    const cluster = clusterWith([...nodes, waiting], []);
    const [finding, ...others] = found(zonesWithEniConfig, { awsNode: on, eniConfigs, cluster });
    assert.deepEqual(finding?.evidence, [
      "There is us-west-2a, us-west-2b; nodes take theirs by the label topology.kubernetes.io/zone.",
      "2 nodes in us-west-2c, not Ready: new-c.",
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(found(zonesWithEniConfig, { awsNode: on, eniConfigs: named("a", "b", "c") }), []);
    assert.deepEqual(found(zonesWithEniConfig, { awsNode: awsNodeDaemonSet({}), eniConfigs }), []);
  });

  it("of others with the name of a zone are told, unless they are taken over", () => {
    const eniConfigs = [...named("a", "b"), { name: "payments", subnetId: "subnet-node-c" }];
    const [finding] = found(foreignEniConfigs, { eniConfigs });
    assert.equal(finding?.title, "2 ENIConfigs with the name of a zone are there already");
    assert.deepEqual(finding.evidence, ["us-west-2a: subnet-theirs-a", "us-west-2b: subnet-theirs-b"]);
    const adopt = { eniConfigs: ["us-west-2a", "us-west-2b"] };
    assert.deepEqual(
      found(foreignEniConfigs, { eniConfigs, wanted: { podCidrs: ["100.64.0.0/16"], adopt } }),
      [],
    );
    const ours = podSubnet("a", "100.64.0.0/19");
    const facts = { ...smallCluster, subnets: [...smallCluster.subnets, nodeSubnet("d", 48), ours] };
    assert.deepEqual(
      found(foreignEniConfigs, { facts, eniConfigs: [{ name: "us-west-2a", subnetId: ours.subnetId }] }),
      [],
    );
  });
});
