import { strict as assert } from "node:assert";
import { cidrBlock } from "../../../planning/cidrBlock";
import type { Check } from "../../../planning/preflight/check";
import type {
  InterfaceFacts,
  NetworkAclEntryFacts,
  SecurityGroupFacts,
  SecurityGroupRuleFacts,
} from "../../../planning/preflight/networkFacts";
import { networkAclsAdmit } from "../../../planning/preflight/networkAcls";
import { networkPoliciesAdmit } from "../../../planning/preflight/networkPolicies";
import type { Picture, PodAttachment } from "../../../planning/preflight/picture";
import { securityGroupsAdmit, securityGroupsReach } from "../../../planning/preflight/securityGroups";
import type { Traffic } from "../../../planning/preflight/traffic";
import { foundBy } from "./foundBy";

const tcp = (from: number, to = from): Traffic => ({ protocol: "tcp", from, to });
const ALL: Traffic = { protocol: "all", from: 0, to: 65535 };

const attachment: PodAttachment = {
  from: [cidrBlock("10.8.0.0/24"), cidrBlock("10.8.1.0/24")],
  to: [cidrBlock("100.64.0.0/19"), cidrBlock("100.64.32.0/19")],
  ranges: [cidrBlock("100.64.0.0/16")],
  groupsToday: ["sg-nodes", "sg-extra"],
  groupsTomorrow: ["sg-nodes"],
};

const found = (check: Check, picture: Partial<Picture>) => foundBy(check, { attachment, ...picture });

const from = (
  traffic: Traffic,
  cidr: string,
  rest: Partial<SecurityGroupRuleFacts> = {},
): SecurityGroupRuleFacts => ({
  ...{ ruleId: `sgr-${cidr}`, direction: "ingress", traffic, blocks: [cidrBlock(cidr)] },
  ...rest,
});
const fromGroup = (traffic: Traffic, groupId: string): SecurityGroupRuleFacts => ({
  ...{ ruleId: `sgr-${groupId}`, direction: "ingress", traffic, blocks: [], groupId },
});
const group = (groupId: string, ...rules: SecurityGroupRuleFacts[]): SecurityGroupFacts => ({
  groupId,
  name: `${groupId}-name`,
  rules,
});
const database: InterfaceFacts = {
  eniId: "eni-db",
  of: "RDSNetworkInterface",
  subnetId: "subnet-a",
  securityGroupIds: ["sg-db"],
  addresses: ["10.8.3.9"],
};
const ingress = (securityGroups: SecurityGroupFacts[], interfaces: InterfaceFacts[] = [database]) =>
  found(securityGroupsAdmit, { securityGroups, interfaces });

describe("security groups that admit today's pods", () => {
  it("by their range and not tomorrow's are found, with what has them", () => {
    assert.deepEqual(ingress([group("sg-db", from(tcp(5432), "10.8.0.0/16"))]), [
      {
        id: "SG-INGRESS",
        level: "stop",
        title: "security group sg-db (sg-db-name) admits 5432/tcp from 10.8.0.0/16, not from tomorrow's pods",
        evidence: [
          "Rule sgr-10.8.0.0/16; no other group of these interfaces admits it.",
          "eni-db: RDSNetworkInterface",
        ],
        wayOut:
          "Add a rule to sg-db that admits 5432/tcp from 100.64.0.0/16 before the first node is replaced.",
      },
    ]);
  });

  it("by a group that tomorrow's pods don't have are found", () => {
    const [finding, ...others] = ingress([group("sg-db", fromGroup(tcp(5432), "sg-extra"))]);
    assert.equal(
      finding?.title,
      "security group sg-db (sg-db-name) admits 5432/tcp from security group sg-extra, not from tomorrow's pods",
    );
    assert.equal(
      finding.wayOut,
      "Add a rule to sg-db that admits 5432/tcp from security group sg-nodes before the first node is replaced.",
    );
    assert.deepEqual(others, []);
  });

  it("by a group that tomorrow's pods have are well, whatever their ranges say", () => {
    const rules = [
      fromGroup(ALL, "sg-nodes"),
      from(tcp(5432), "10.8.0.0/16"),
      fromGroup(tcp(80), "sg-extra"),
    ];
    assert.deepEqual(ingress([group("sg-db", ...rules)]), []);
  });

  it("are well where another group of the same interface admits tomorrow's", () => {
    const both = { ...database, securityGroupIds: ["sg-db", "sg-more"] };
    const groups = [
      group("sg-db", from(tcp(5432), "10.8.0.0/16")),
      group("sg-more", from(tcp(5432), "100.64.0.0/18")),
    ];
    assert.deepEqual(ingress(groups, [both]), []);
    // Where only one of two interfaces has the other group, the one without it is named.
    const [finding] = ingress(groups, [both, { ...database, eniId: "eni-2", of: "i-2" }]);
    assert.deepEqual(finding?.evidence.slice(1), ["eni-2: i-2"]);
  });

  it("are no matter where nothing has them, and where they name neither", () => {
    assert.deepEqual(ingress([group("sg-db", from(tcp(5432), "10.8.0.0/16"))], []), []);
    assert.deepEqual(ingress([group("sg-db", from(tcp(22), "192.168.0.0/24"))]), []);
  });

  it("are told with the prefix list that names the range", () => {
    const [finding] = ingress([group("sg-db", from(tcp(5432), "10.8.0.0/16", { prefixListId: "pl-1" }))]);
    assert.match(finding?.title ?? "", /from prefix list pl-1 \(10\.8\.0\.0\/16\), not/);
  });

  it("name five interfaces and count the others", () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ ...database, eniId: `eni-${i}`, of: `i-${i}` }));
    const [finding] = ingress([group("sg-db", from(tcp(5432), "10.8.0.0/16"))], many);
    assert.deepEqual(finding?.evidence.slice(1), [
      "eni-0: i-0",
      "eni-1: i-1",
      "eni-2: i-2",
      "eni-3: i-3",
      "eni-4: i-4",
      "and 2 more",
    ]);
  });
});

describe("security groups that may send to today's pods", () => {
  it("and not to tomorrow's are found by their egress", () => {
    const toPods = from(tcp(8080), "10.8.0.0/16", { direction: "egress" });
    const picture = { securityGroups: [group("sg-db", toPods)], interfaces: [database] };
    assert.deepEqual(found(securityGroupsAdmit, picture), []);
    const [finding] = found(securityGroupsReach, picture);
    assert.equal(finding?.id, "SG-EGRESS");
    assert.equal(
      finding.title,
      "security group sg-db (sg-db-name) may send 8080/tcp to 10.8.0.0/16, not to tomorrow's pods",
    );
  });
});

describe("network ACLs", () => {
  const entry = (number: number, allows: boolean, traffic: Traffic, cidr: string): NetworkAclEntryFacts => ({
    ...{ number, allows, traffic },
    direction: "ingress",
    block: cidrBlock(cidr),
  });
  const acls = (...entries: NetworkAclEntryFacts[]) =>
    found(networkAclsAdmit, {
      networkAcls: [{ networkAclId: "acl-1", isDefault: false, subnetIds: ["subnet-a"], entries }],
    }).map(({ title }) => title);

  it("that admit today's range alone are found, with the range that is missing", () => {
    assert.deepEqual(acls(entry(100, true, tcp(443), "10.8.0.0/16"), entry(32767, false, ALL, "0.0.0.0/0")), [
      "network ACL acl-1 lets 443/tcp in from 10.8.0.0/16, not 100.64.0.0/16",
    ]);
  });

  it("that admit everybody are well", () => {
    assert.deepEqual(acls(entry(100, true, ALL, "0.0.0.0/0"), entry(32767, false, ALL, "0.0.0.0/0")), []);
  });

  it("are read in the order of their numbers: a denial before the permission counts", () => {
    const deny = entry(50, false, ALL, "100.64.0.0/10");
    assert.deepEqual(acls(entry(100, true, ALL, "0.0.0.0/0"), deny), [
      "network ACL acl-1 lets everything in from 0.0.0.0/0, not 100.64.0.0/16",
    ]);
    assert.deepEqual(acls(entry(100, true, ALL, "0.0.0.0/0"), { ...deny, number: 200 }), []);
  });

  it("are no matter where today's pods are denied as well", () => {
    assert.deepEqual(
      acls(entry(50, false, ALL, "10.8.0.0/16"), entry(100, true, tcp(443), "10.8.0.0/16")),
      [],
    );
  });

  it("are no matter without subnets", () => {
    const networkAcls = [
      {
        ...{ networkAclId: "acl-1", isDefault: true, subnetIds: [] },
        entries: [entry(100, true, tcp(443), "10.8.0.0/16")],
      },
    ];
    assert.deepEqual(found(networkAclsAdmit, { networkAcls }), []);
  });
});

describe("NetworkPolicies", () => {
  const policy = (...ipBlocks: { direction: "ingress" | "egress"; cidr: string; except?: string[] }[]) =>
    found(networkPoliciesAdmit, {
      networkPolicies: [
        {
          namespace: "payments",
          name: "db",
          ipBlocks: ipBlocks.map((one) => ({ except: [], ...one })),
        },
      ],
    });

  it("that name today's range by ipBlock are found", () => {
    assert.deepEqual(policy({ direction: "ingress", cidr: "10.8.0.0/16" }), [
      {
        id: "NETPOL-IPBLOCK",
        level: "stop",
        title: "NetworkPolicy payments/db admits 10.8.0.0/16 by ipBlock, not 100.64.0.0/16",
        evidence: ["It is a rule of ingress: pods are let in by their addresses."],
        wayOut:
          "Add an ipBlock with 100.64.0.0/16 to payments/db, or name the pods by podSelector and namespaceSelector.",
      },
    ]);
  });

  it("are well where tomorrow's range is named in the same direction", () => {
    const old = { direction: "egress", cidr: "10.8.0.0/16" } as const;
    assert.deepEqual(policy(old, { direction: "egress", cidr: "100.64.0.0/16" }), []);
    assert.equal(policy(old, { direction: "ingress", cidr: "100.64.0.0/16" }).length, 1);
  });

  it("are read with their exceptions, of both ranges", () => {
    assert.deepEqual(policy({ direction: "ingress", cidr: "10.0.0.0/8", except: ["10.8.0.0/16"] }), []);
    const [finding] = policy({ direction: "ingress", cidr: "0.0.0.0/0", except: ["100.64.32.0/19"] });
    assert.match(finding?.title ?? "", /admits 0\.0\.0\.0\/0 by ipBlock, not 100\.64\.0\.0\/16$/);
  });

  it("of IPv6 are left alone", () => {
    assert.deepEqual(policy({ direction: "ingress", cidr: "2001:db8::/32" }), []);
  });
});

describe("a check", () => {
  it("says what it could not see in the place of finding nothing", () => {
    const result = securityGroupsAdmit.run({
      attachment,
      interfaces: { notSeen: "ec2:DescribeNetworkInterfaces is not allowed" },
      securityGroups: [],
    } as unknown as Picture);
    assert.deepEqual(result, { notSeen: "ec2:DescribeNetworkInterfaces is not allowed" });
  });
});
