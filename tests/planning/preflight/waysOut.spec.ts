import { strict as assert } from "node:assert";
import fc from "fast-check";
import { blockAt, cidrBlock, contains } from "../../../planning/cidrBlock";
import type { Check } from "../../../planning/preflight/check";
import { mustReach } from "../../../planning/preflight/mustReach";
import type {
  NetworkAclEntryFacts,
  NetworkAclFacts,
  RouteFacts,
  RouteTableWithRoutes,
  RouteTarget,
  SecurityGroupFacts,
  SecurityGroupRuleFacts,
} from "../../../planning/preflight/networkFacts";
import type { CniPlan, Picture, VpcFacts } from "../../../planning/preflight/picture";
import { readPlace, type Place } from "../../../planning/preflight/place";
import { externalSnat, returnRoutes } from "../../../planning/preflight/returnRoutes";
import { routeTo, seesPods } from "../../../planning/preflight/snat";
import { smallCluster } from "../../support/clusterFacts";
import { foundBy } from "./foundBy";

const route = (destination: string, target: RouteTarget, targetId: string = target): RouteFacts => ({
  ...{ destination: cidrBlock(destination), target, targetId, isBlackhole: false },
});
const LOCAL = route("10.8.0.0/16", "local");
const NAT = route("0.0.0.0/0", "natGateway", "nat-1");
const tables = (...routes: RouteFacts[]): RouteTableWithRoutes[] =>
  smallCluster.routeTables.map((table) => ({ ...table, routes: [LOCAL, NAT, ...routes] }));

const cni = { externalSnat: false, excludeSnatCidrs: [] as readonly string[] } as CniPlan;
const picture = {
  facts: smallCluster,
  wanted: { podCidrs: ["100.64.0.0/16"] },
  vpc: {
    vpcId: "vpc-1",
    podCidrs: ["100.64.0.0/16"],
    blocks: smallCluster.cidrBlocks,
    addressing: { cidrBlocks: ["10.8.0.0/16"] },
  } satisfies VpcFacts,
  attachment: {
    from: ["10.8.0.0/20", "10.8.16.0/20", "10.8.32.0/20"].map(cidrBlock),
    to: [cidrBlock("100.64.0.0/16")],
    ranges: [cidrBlock("100.64.0.0/16")],
    groupsToday: ["sg-cluster"],
    groupsTomorrow: ["sg-cluster"],
  },
  routeTables: tables(),
  peerRoutes: [],
  cni,
} as const;

const found = (check: Check, parts: Partial<Picture>) => foundBy(check, { ...picture, ...parts });

describe("a destination sees pods by their own addresses", () => {
  const own = [cidrBlock("10.8.0.0/16")];

  it("within the VPC, and outside where the CNI is told to leave them alone", () => {
    const sees = (cidr: string, given: Partial<CniPlan> = {}) =>
      seesPods(cidrBlock(cidr), own, { ...cni, ...given });
    assert.equal(sees("10.8.64.0/24"), true);
    assert.equal(sees("10.20.0.0/16"), false);
    assert.equal(sees("10.20.0.0/16", { externalSnat: true }), true);
    assert.equal(sees("10.20.0.0/16", { excludeSnatCidrs: ["10.20.4.0/24"] }), true);
    assert.equal(sees("10.21.0.0/16", { excludeSnatCidrs: ["10.20.0.0/16"] }), false);
    assert.equal(sees("10.20.0.0/16", { excludeSnatCidrs: ["everything", "0.0.0.0/0"] }), true);
  });
});

describe("the route of an address", () => {
  it("is one that has it, and no other that has it is longer", () => {
    const blocks = fc
      .record({ prefixLength: fc.integer({ min: 24, max: 32 }), at: fc.integer({ min: 0, max: 255 }) })
      .map(({ prefixLength, at }) => {
        const size = 2 ** (32 - prefixLength);
        return blockAt(cidrBlock("10.20.0.0/24").first + Math.floor(at / size) * size, prefixLength);
      });
    fc.assert(
      fc.property(fc.array(blocks), fc.integer({ min: 0, max: 255 }), (destinations, at) => {
        const address = blockAt(cidrBlock("10.20.0.0/24").first + at, 32);
        const routes = destinations.map((destination) => ({ destination }));
        const having = destinations.filter((destination) => contains(destination, address));
        const longest = Math.max(-1, ...having.map(({ prefixLength }) => prefixLength));
        assert.equal(routeTo(address, routes)?.destination.prefixLength ?? -1, longest);
      }),
    );
  });
});

describe("networks outside", () => {
  const peered = tables(route("10.20.0.0/16", "peering", "pcx-1"));
  const excluding = { ...cni, excludeSnatCidrs: ["10.20.0.0/16"] };
  const back = (...cidrs: string[]) => [
    { peeringId: "pcx-1", vpcId: "vpc-2", destinations: cidrs.map(cidrBlock) },
  ];

  it("that see pods need a route back to tomorrow's", () => {
    assert.deepEqual(
      found(returnRoutes, { routeTables: peered, cni: excluding, peerRoutes: back("10.8.0.0/16") }),
      [
        {
          id: "RETURN-ROUTE",
          level: "stop",
          title: "10.20.0.0/16 has no route back to 100.64.0.0/16 over the peering pcx-1",
          evidence: [
            "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS names 10.20.0.0/16: what is sent there comes from the pods' own addresses.",
            "Its route tables lead 10.8.0.0/16 over it, today's pods among them.",
          ],
          wayOut:
            "Add a route to 100.64.0.0/16 over pcx-1 to the route tables of the other VPC before the first node is replaced.",
        },
      ],
    );
  });

  it("are well with one, where today's pods are not answered either, and where nodes translate", () => {
    const routed = { routeTables: peered, cni: excluding };
    assert.deepEqual(
      found(returnRoutes, { ...routed, peerRoutes: back("10.8.0.0/16", "100.64.0.0/10") }),
      [],
    );
    assert.deepEqual(found(returnRoutes, { ...routed, peerRoutes: back("192.168.0.0/16") }), []);
    assert.deepEqual(found(returnRoutes, { ...routed, cni, peerRoutes: back("10.8.0.0/16") }), []);
  });

  it("whose routes nobody sees from here are told once each", () => {
    const routeTables = tables(
      route("10.20.0.0/16", "transitGateway", "tgw-1"),
      route("10.30.0.0/16", "transitGateway", "tgw-1"),
      route("10.40.0.0/16", "virtualGateway", "vgw-1"),
    );
    const titles = found(returnRoutes, { routeTables, cni: { ...cni, externalSnat: true } }).map(
      ({ level, title }) => `${level}: ${title}`,
    );
    assert.deepEqual(titles, [
      "warn: whether 10.20.0.0/16, 10.30.0.0/16 has a route back to 100.64.0.0/16 over the transit gateway tgw-1 can't be seen from here",
      "warn: whether 10.40.0.0/16 has a route back to 100.64.0.0/16 over the virtual private gateway vgw-1 can't be seen from here",
    ]);
  });

  it("count only where the pods' own route tables lead to them", () => {
    const elsewhere = [{ ...picture.routeTables[3], routes: [route("10.20.0.0/16", "peering", "pcx-1")] }];
    const routeTables = [...tables().slice(0, 3), ...elsewhere] as RouteTableWithRoutes[];
    assert.deepEqual(found(returnRoutes, { routeTables, cni: excluding }), []);
  });
});

describe("EXTERNALSNAT", () => {
  const on = { ...cni, externalSnat: true };

  it("is told with the tables that lead to a NAT", () => {
    const [finding, ...others] = found(externalSnat, { cni: on });
    assert.equal(finding?.level, "warn");
    assert.deepEqual(finding.evidence, [
      "The route tables of the pod subnets lead to a NAT: rtb-a, rtb-b, rtb-c.",
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(found(externalSnat, {}), []);
  });

  it("stops the migration where a pod subnet has none", () => {
    const [first, ...rest] = tables();
    assert.ok(first);
    const routeTables = [{ ...first, hasNatRoute: false }, ...rest];
    const [finding] = found(externalSnat, { cni: on, routeTables });
    assert.equal(finding?.level, "stop");
    assert.match(
      finding.evidence[0] ?? "",
      /rtb-a, the route table of the pod subnets of us-west-2a, has no route/,
    );
  });
});

describe("a place that pods must reach", () => {
  const ALL = { protocol: "all", from: 0, to: 65535 };
  const tcp = (port: number) => ({ protocol: "tcp", from: port, to: port });
  const rule = (direction: "ingress" | "egress", cidr: string, traffic = ALL): SecurityGroupRuleFacts => ({
    ...{ ruleId: `sgr-${direction}`, direction, traffic, blocks: [cidrBlock(cidr)] },
  });
  const cluster: SecurityGroupFacts = {
    groupId: "sg-cluster",
    name: "cluster",
    rules: [rule("egress", "0.0.0.0/0")],
  };
  const database = (...rules: SecurityGroupRuleFacts[]): SecurityGroupFacts => ({
    groupId: "sg-db",
    name: "db",
    rules,
  });
  const entry = (
    number: number,
    direction: "ingress" | "egress",
    allows: boolean,
    cidr: string,
    traffic = ALL,
  ): NetworkAclEntryFacts => ({ number, direction, allows, traffic, block: cidrBlock(cidr) });
  const open = [entry(100, "ingress", true, "0.0.0.0/0"), entry(100, "egress", true, "0.0.0.0/0")];
  const acl = (networkAclId: string, subnetIds: string[], entries = open): NetworkAclFacts => ({
    ...{ networkAclId, isDefault: networkAclId === "acl-default", subnetIds, entries },
  });
  const nodeSubnetIds = ["subnet-node-a", "subnet-node-b", "subnet-node-c"];
  const around: Partial<Picture> = {
    securityGroups: [cluster, database(rule("ingress", "100.64.0.0/10", tcp(5432)))],
    networkAcls: [acl("acl-default", nodeSubnetIds), acl("acl-db", ["subnet-db"])],
    interfaces: [
      {
        eniId: "eni-db",
        of: "RDSNetworkInterface",
        subnetId: "subnet-db",
        securityGroupIds: ["sg-db"],
        addresses: ["10.8.64.10"],
      },
    ],
  };
  const place = (text: string): Place => {
    const read = readPlace(text);
    if ("reason" in read) return assert.fail(read.reason);
    return { ...read, addresses: [read.host] };
  };
  const reach = (text: string, parts: Partial<Picture> = {}) =>
    found(mustReach, { ...around, ...parts, places: [place(text)] }).map(({ evidence }) => evidence);

  it("is well where nothing is in the way, within the VPC and outside", () => {
    assert.deepEqual(reach("10.8.64.10:5432"), []);
    assert.deepEqual(reach("203.0.113.9:443"), []);
    assert.deepEqual(found(mustReach, { ...around, places: [] }), []);
  });

  it("is refused by the security group of what is there", () => {
    assert.deepEqual(reach("10.8.64.10:5433"), [
      [
        "Security group: sg-db (db) of eni-db (RDSNetworkInterface) does not admit 5433/tcp from tomorrow's pods.",
      ],
    ]);
    const byGroup = database({
      ...rule("ingress", "10.0.0.0/32", tcp(5433)),
      blocks: [],
      groupId: "sg-cluster",
    });
    assert.deepEqual(reach("10.8.64.10:5433", { securityGroups: [cluster, byGroup] }), []);
  });

  it("is refused by the pods' own security group", () => {
    const narrow = { ...cluster, rules: [rule("egress", "10.8.0.0/16", tcp(443))] };
    assert.deepEqual(
      reach("203.0.113.9:443", { securityGroups: [narrow, ...(around.securityGroups as []).slice(1)] }),
      [["Security group: sg-cluster (cluster) of tomorrow's pods lets nothing out to 203.0.113.9:443."]],
    );
  });

  it("is refused by network ACLs, on the way there and on the way back", () => {
    const oneWay = [
      entry(100, "ingress", true, "100.64.0.0/16", tcp(5432)),
      entry(100, "egress", true, "10.8.0.0/16"),
    ];
    const networkAcls = [acl("acl-default", nodeSubnetIds), acl("acl-db", ["subnet-db"], oneWay)];
    assert.deepEqual(reach("10.8.64.10:5432", { networkAcls }), [
      ["Network ACL: acl-db does not let the answers (32768-60999/tcp) back out to 100.64.0.0/16."],
    ]);
    const closed = [entry(100, "egress", true, "10.0.0.0/8"), entry(100, "ingress", true, "0.0.0.0/0")];
    const ofNodes = [acl("acl-default", nodeSubnetIds, closed), acl("acl-db", ["subnet-db"])];
    assert.deepEqual(reach("203.0.113.9:443", { networkAcls: ofNodes }), [
      ["Network ACL: acl-default does not let 443/tcp out of the node subnets to 203.0.113.9:443."],
    ]);
  });

  it("has no route, one that leads nowhere, or one that needs SNAT", () => {
    const withRoutes = (...routes: RouteFacts[]) => ({
      routeTables: smallCluster.routeTables.slice(0, 1).map((table) => ({ ...table, routes })),
    });
    const wanted = { podCidrs: ["100.64.0.0/16"] };
    assert.deepEqual(reach("203.0.113.9:443", { ...withRoutes(LOCAL), wanted }), [
      ["Route: rtb-a of the node subnets has none to 203.0.113.9."],
    ]);
    const gone = { ...route("203.0.113.0/24", "peering", "pcx-9"), isBlackhole: true };
    assert.deepEqual(reach("203.0.113.9:443", withRoutes(LOCAL, NAT, gone)), [
      ["Route: rtb-a of the node subnets leads 203.0.113.0/24 to pcx-9, which is gone (blackhole)."],
    ]);
    const direct = withRoutes(LOCAL, route("0.0.0.0/0", "internetGateway", "igw-1"));
    assert.deepEqual(reach("203.0.113.9:443", { ...direct, cni: { ...cni, externalSnat: true } }), [
      [
        "SNAT: the CNI leaves the pods' private addresses as they are, and rtb-a leads 0.0.0.0/0 to igw-1, an internet gateway.",
      ],
    ]);
    assert.deepEqual(reach("203.0.113.9:443", direct), []);
  });

  it("behind a peering needs a route back where it sees the pods themselves", () => {
    const routeTables = tables(route("10.20.0.0/16", "peering", "pcx-1")).slice(0, 1);
    const peerRoutes = [{ peeringId: "pcx-1", vpcId: "vpc-2", destinations: [cidrBlock("10.8.0.0/16")] }];
    const excluding = { ...cni, excludeSnatCidrs: ["10.20.0.0/16"] };
    assert.deepEqual(reach("10.20.0.9:443", { routeTables, peerRoutes, cni: excluding }), [
      [
        "Route: the VPC behind pcx-1 has none back to 100.64.0.0/16, and the CNI leaves the pods' addresses as they are.",
      ],
    ]);
    assert.deepEqual(reach("10.20.0.9:443", { routeTables, peerRoutes }), []);
  });

  it("that nobody has any more is told", () => {
    assert.deepEqual(reach("10.8.64.99:5432"), [["Nobody: no network interface of the VPC has 10.8.64.99."]]);
  });

  it("whose name is not known is told, and not taken for reached", () => {
    const places: Place[] = [
      { text: "db.invalid:5432", host: "db.invalid", port: 5432, unresolved: "ENOTFOUND" },
    ];
    assert.deepEqual(
      found(mustReach, { ...around, places }).map(({ level, evidence }) => ({ level, evidence })),
      [{ level: "warn", evidence: ["ENOTFOUND"] }],
    );
  });

  it("is written as host:port", () => {
    assert.deepEqual(readPlace("db.example.org:5432"), {
      text: "db.example.org:5432",
      host: "db.example.org",
      port: 5432,
    });
    for (const wrong of ["db.example.org", "db:0", "db:65536", ":443", "a b:443", "https://db:443"]) {
      const reading = readPlace(wrong);
      assert.ok("reason" in reading, wrong);
      assert.equal(reading.reason, `"${wrong}" is not a host with a port.`);
    }
  });
});
