import { strict as assert } from "node:assert";
import type { Check } from "../../../planning/preflight/check";
import { clusterKind, publicEndpoint } from "../../../planning/preflight/controlPlane";
import { isNotSeen, type Finding } from "../../../planning/preflight/finding";
import type { CniPlan, ControlPlaneFacts, Picture, VpcFacts } from "../../../planning/preflight/picture";
import { externalSnat, podRange } from "../../../planning/preflight/podRange";

function found(check: Check, picture: Partial<Picture>): readonly Finding[] {
  const result = check.run(picture as Picture);
  if (isNotSeen(result)) return assert.fail(result.notSeen);
  return result;
}

const controlPlane: ControlPlaneFacts = {
  vpcId: "vpc-1",
  clusterSecurityGroupId: "sg-cluster",
  ipFamily: "ipv4",
  isAutoMode: false,
  publicAccessCidrs: ["0.0.0.0/0"],
  hasPublicEndpoint: true,
};
const vpc: VpcFacts = {
  vpcId: "vpc-1",
  podCidrs: ["100.64.0.0/16"],
  addressing: { cidrBlocks: ["10.8.0.0/16"], routes: ["10.8.0.0/16", "0.0.0.0/0"] },
};

describe("the cluster", () => {
  it("is refused with IPv6 and with Auto Mode, each with its reason", () => {
    assert.deepEqual(found(clusterKind, { controlPlane }), []);
    const both = found(clusterKind, {
      controlPlane: { ...controlPlane, ipFamily: "ipv6", isAutoMode: true },
    });
    assert.deepEqual(
      both.map(({ level, title }) => `${level}: ${title}`),
      [
        "stop: the cluster gives its pods IPv6 addresses",
        "stop: EKS Auto Mode runs the nodes, and their CNI takes no settings",
      ],
    );
  });

  it("is told of where its public endpoint goes by addresses", () => {
    const narrow = { ...controlPlane, publicAccessCidrs: ["203.0.113.0/24"] };
    assert.deepEqual(
      found(publicEndpoint, { controlPlane: narrow }).map(({ title }) => title),
      ["the public endpoint admits 203.0.113.0/24 alone"],
    );
    assert.deepEqual(found(publicEndpoint, { controlPlane }), []);
    assert.deepEqual(found(publicEndpoint, { controlPlane: { ...narrow, hasPublicEndpoint: false } }), []);
  });
});

describe("the blocks for pods", () => {
  it("are well where the VPC can be given them, and where it has them", () => {
    assert.deepEqual(found(podRange, { vpc }), []);
    const has = { ...vpc, addressing: { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"] } };
    assert.deepEqual(found(podRange, { vpc: has }), []);
  });

  it("are refused by AWS's rules, with what they conflict with and a free one", () => {
    const peered = {
      ...vpc,
      addressing: {
        ...vpc.addressing,
        peerings: [
          {
            peeringId: "pcx-1",
            status: "active",
            role: "requester",
            cidrBlocks: ["100.64.0.0/18"],
          } as const,
        ],
      },
    };
    const [finding, ...others] = found(podRange, { vpc: peered });
    assert.equal(finding?.level, "stop");
    assert.equal(finding.title, "100.64.0.0/16 can't be added to vpc-1");
    assert.equal(finding.evidence.at(-1), "It conflicts with 100.64.0.0/18.");
    assert.equal(finding.wayOut, "Use 100.65.0.0/16, which is free.");
    assert.deepEqual(others, []);
  });
});

describe("EXTERNALSNAT", () => {
  const cni = { externalSnat: true } as CniPlan;
  const routed = {
    ...vpc,
    addressing: { ...vpc.addressing, routes: ["10.8.0.0/16", "10.99.0.0/16", "0.0.0.0/0"] },
  };

  it("is told where routes lead to other networks", () => {
    const [finding] = found(externalSnat, { vpc: routed, cni });
    assert.deepEqual(finding?.evidence, [
      "Routes lead to 10.99.0.0/16; what is there answers to 100.64.0.0/16 only by a route back.",
    ]);
  });

  it("is no matter without other networks, nor where nodes translate", () => {
    assert.deepEqual(found(externalSnat, { vpc, cni }), []);
    assert.deepEqual(found(externalSnat, { vpc: routed, cni: { ...cni, externalSnat: false } }), []);
  });
});
