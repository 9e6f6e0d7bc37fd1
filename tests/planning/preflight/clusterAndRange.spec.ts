import { strict as assert } from "node:assert";
import { apiAnswers, sameCluster } from "../../../planning/preflight/apiAnswers";
import { clusterKind, publicEndpoint } from "../../../planning/preflight/controlPlane";
import type {
  ControlPlaneFacts,
  Neighbourhood,
  Picture,
  VpcFacts,
} from "../../../planning/preflight/picture";
import { podNetworkPlan } from "../../../planning/preflight/podNetworkPlan";
import { podRange, podRangeTaken } from "../../../planning/preflight/podRange";
import { sharedRange } from "../../../planning/preflight/sharedRange";
import type { EnvironmentNetwork } from "../../../planning/sharedRanges";
import { podSubnet, smallCluster } from "../../support/clusterFacts";
import { clusterWith, oldNodeNamed } from "../rotation/builders";
import { foundBy } from "./foundBy";

const controlPlane: ControlPlaneFacts = {
  clusterName: "small",
  version: "1.36",
  vpcId: "vpc-1",
  subnetIds: ["subnet-node-a", "subnet-node-b", "subnet-node-c"],
  clusterSecurityGroupId: "sg-cluster",
  ipFamily: "ipv4",
  isAutoMode: false,
  publicAccessCidrs: ["0.0.0.0/0"],
  hasPublicEndpoint: true,
  hasPrivateEndpoint: false,
};
const vpc: VpcFacts = {
  vpcId: "vpc-1",
  podCidrs: ["100.64.0.0/16"],
  blocks: smallCluster.cidrBlocks,
  addressing: { cidrBlocks: ["10.8.0.0/16"], routes: ["10.8.0.0/16", "0.0.0.0/0"] },
};

describe("the cluster", () => {
  it("is refused with IPv6 and with Auto Mode, each with its reason", () => {
    assert.deepEqual(foundBy(clusterKind, { controlPlane }), []);
    const both = foundBy(clusterKind, {
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
      foundBy(publicEndpoint, { controlPlane: narrow }).map(({ title }) => title),
      ["the public endpoint admits 203.0.113.0/24 alone"],
    );
    assert.deepEqual(foundBy(publicEndpoint, { controlPlane }), []);
    assert.deepEqual(foundBy(publicEndpoint, { controlPlane: { ...narrow, hasPublicEndpoint: false } }), []);
  });
});

describe("the blocks for pods", () => {
  it("are well where the VPC can be given them, and where it has them", () => {
    assert.deepEqual(foundBy(podRange, { vpc }), []);
    const has = { ...vpc, addressing: { cidrBlocks: ["10.8.0.0/16", "100.64.0.0/16"] } };
    assert.deepEqual(foundBy(podRange, { vpc: has }), []);
  });

  it("with bits behind their prefix, as a library may hand them in, are told once", () => {
    const wanted = { podCidrs: ["100.64.0.0/8"] };
    const picture = { vpc: { ...vpc, ...wanted }, facts: smallCluster, wanted };
    const [first] = foundBy(podRange, picture);
    assert.equal(
      first?.evidence[0],
      "100.64.0.0/8 is not on the boundary of a /8: it has bits set behind the prefix.",
    );
    assert.deepEqual([foundBy(podNetworkPlan, picture), foundBy(podRangeTaken, picture)], [[], []]);
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
    const [finding, ...others] = foundBy(podRange, { vpc: peered });
    assert.equal(finding?.level, "stop");
    assert.equal(finding.title, "100.64.0.0/16 can't be added to vpc-1");
    assert.equal(finding.evidence.at(-1), "It conflicts with 100.64.0.0/18.");
    assert.equal(finding.wayOut, "Use 100.65.0.0/16, which is free.");
    assert.deepEqual(others, []);
  });
});

describe("a block that the VPC has already", () => {
  const facts = {
    ...smallCluster,
    cidrBlocks: [
      ...smallCluster.cidrBlocks,
      { cidrBlock: "100.64.0.0/16", associationId: "vpc-cidr-assoc-2", state: "associated" },
    ],
  };
  const wanted = { podCidrs: ["100.64.0.0/16"] };

  it("is told with the subnets in it, and how it is taken over", () => {
    const theirs = { ...podSubnet("a", "100.64.0.0/24"), subnetId: "subnet-theirs", tags: {} };
    const ofIpv6 = { ...theirs, subnetId: "subnet-ipv6", cidrBlock: "" };
    assert.deepEqual(
      foundBy(podRangeTaken, { facts: { ...facts, subnets: [...facts.subnets, theirs, ofIpv6] }, wanted }),
      [
        {
          id: "POD-CIDR-TAKEN",
          level: "warn",
          title: "vpc-1 has 100.64.0.0/16 already, and no pod subnet of ours is in it",
          evidence: [
            "Subnets in it: subnet-theirs (100.64.0.0/24). An earlier run that was stopped leaves it so, or it is somebody else's.",
          ],
          wayOut: 'If this stack did not associate it, take it over: adopt: {cidrBlocks: ["100.64.0.0/16"]}.',
        },
      ],
    );
  });

  it("is well with a pod subnet of ours, where it is taken over, and where the VPC does not have it", () => {
    const ours = { ...facts, subnets: [...facts.subnets, podSubnet("a", "100.64.0.0/19")] };
    assert.deepEqual(foundBy(podRangeTaken, { facts: ours, wanted }), []);
    const adopting = { ...wanted, adopt: { cidrBlocks: ["100.64.0.0/16"] } };
    assert.deepEqual(foundBy(podRangeTaken, { facts, wanted: adopting }), []);
    assert.deepEqual(foundBy(podRangeTaken, { facts: smallCluster, wanted }), []);
  });
});

describe("an API that does not answer", () => {
  const api = { answers: false, why: "https://10.8.0.7: it said nothing within 10 s" } as const;

  it("stops the migration, with the reason that the endpoint's settings give", () => {
    const [finding] = foundBy(apiAnswers, { api, controlPlane });
    assert.equal(finding?.level, "stop");
    assert.deepEqual(finding.evidence, [api.why, "The public endpoint admits 0.0.0.0/0."]);
    const [ofPrivate] = foundBy(apiAnswers, {
      api,
      controlPlane: { ...controlPlane, hasPublicEndpoint: false, hasPrivateEndpoint: true },
    });
    assert.equal(
      ofPrivate?.evidence[1],
      "The endpoint is private alone (endpointPublicAccess is false): it answers inside the VPC.",
    );
    assert.match(ofPrivate.wayOut, /^Run where the VPC is reached/);
  });

  it("stops it as well where nothing tells where the API is, with how to know", () => {
    const [finding] = foundBy(apiAnswers, {
      api: { answers: false, why: "there is no kubeconfig", wayToIt: "Write one." },
      controlPlane,
    });
    assert.equal(finding?.title, "no kubeconfig leads to the cluster's API: podnet up would not begin");
    assert.deepEqual([finding.evidence, finding.wayOut], [["there is no kubeconfig"], "Write one."]);
  });

  it("is no finding where it does", () => {
    assert.deepEqual(foundBy(apiAnswers, { api: { answers: true }, controlPlane }), []);
  });
});

describe("a kubeconfig of another cluster", () => {
  const node = (instanceId: string | undefined) => ({ ...oldNodeNamed("old-1"), instanceId });
  const told = (...nodes: ReturnType<typeof node>[]) =>
    foundBy(sameCluster, { facts: smallCluster, cluster: clusterWith(nodes, []) });

  it("stops the migration: none of its nodes is an instance of the cluster", () => {
    const [finding] = told(node("i-elsewhere"));
    assert.equal(finding?.level, "stop");
    assert.deepEqual(finding.evidence, [
      "Its nodes: old-1",
      "Instances with the tag kubernetes.io/cluster/small: i-a, i-b, i-c",
    ]);
  });

  it("is not told from nodes without instances, nor where any node is one", () => {
    assert.deepEqual(told(node(undefined)), []);
    assert.deepEqual(told(node("i-elsewhere"), node("i-b")), []);
    assert.deepEqual(told(), []);
  });
});

describe("addresses that environments share", () => {
  const network = (name: string, change: Partial<EnvironmentNetwork> = {}): EnvironmentNetwork => ({
    ...{ name, vpcId: `vpc-${name}`, podCidrs: ["100.64.0.0/16"], peeredVpcIds: [], transitGatewayIds: [] },
    ...change,
  });
  const own = network("dev", { peeredVpcIds: ["vpc-prod"], transitGatewayIds: ["tgw-1"] });
  const told = (...others: Neighbourhood["others"]) =>
    foundBy(sharedRange, { neighbourhood: { own, others } }).map(({ level, title }) => `${level}: ${title}`);
  const shared = "are to have the same addresses for pods (100.64.0.0/16), and their VPCs are connected by";

  it("are none without others, and of those that are not connected", () => {
    assert.deepEqual(foundBy(sharedRange, { neighbourhood: undefined }), []);
    assert.deepEqual(told(network("lab")), []);
  });

  it("stop the migration over a peering, and are to be known behind a transit gateway", () => {
    const lab = network("lab", { transitGatewayIds: ["tgw-1"] });
    assert.deepEqual(told(network("prod"), lab), [
      `stop: dev and prod ${shared} peering`,
      `warn: dev and lab ${shared} tgw-1`,
    ]);
  });

  it("are told where they are seen, whatever else is not", () => {
    const unseen = { notSeen: "environment lab: no credentials" };
    assert.deepEqual(told(unseen, network("prod")), [`stop: dev and prod ${shared} peering`]);
    const alone = { own, others: [unseen, network("elsewhere")] };
    assert.deepEqual(sharedRange.run({ neighbourhood: alone } as unknown as Picture), unseen);
  });
});
