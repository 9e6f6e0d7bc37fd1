import assert from "node:assert/strict";
import type { ClusterFacts, SubnetFacts } from "../../../planning/podNetwork/clusterFacts";
import { planPodNetwork, type PodNetworkPlan } from "../../../planning/podNetwork/plan";
import type { PodNetworkRequest } from "../../../planning/podNetwork/request";
import {
  instance,
  nodeGroup,
  nodeSubnet,
  podSubnet,
  smallCluster,
  smallClusterAfter,
} from "../../support/clusterFacts";
import { pathsOf, problemsOf } from "../../support/problems";
import { without } from "../../support/without";

const request: PodNetworkRequest = { podCidrs: ["100.64.0.0/16"] };
const workers = { name: "workers", replaces: ["general"], like: "general" };

const placesOf = ({ podSubnets }: PodNetworkPlan) =>
  podSubnets.map(({ availabilityZone, group, cidrBlock }) =>
    [availabilityZone, ...(group === undefined ? [] : [group]), cidrBlock].join(" "),
  );

/** A subnet in the pod block that this pod network did not make. */
function foreignSubnet(cidrBlock: string, tags: Record<string, string> = {}): SubnetFacts {
  return { ...nodeSubnet("a", 0, tags), subnetId: "subnet-foreign", cidrBlock };
}

const withSubnets = (facts: ClusterFacts, ...subnets: SubnetFacts[]): ClusterFacts => ({
  ...facts,
  cidrBlocks: smallClusterAfter.cidrBlocks,
  subnets: [...facts.subnets, ...subnets],
});

const withConfiguration = (configurationValues: string, version = "v1.23.1-eksbuild.1"): ClusterFacts => ({
  ...smallCluster,
  vpcCni: { version, configurationValues, podIdentityAssociations: [], tags: {} },
});

describe("planPodNetwork", () => {
  it("gives each zone with nodes a subnet with the route table of its nodes, and an ENIConfig", () => {
    const plan = planPodNetwork(smallCluster, request);
    assert.deepEqual(plan, {
      cidrBlocks: [{ cidrBlock: "100.64.0.0/16", adopt: false }],
      podSubnets: [
        { availabilityZone: "us-west-2a", cidrBlock: "100.64.0.0/19", routeTableId: "rtb-a" },
        { availabilityZone: "us-west-2b", cidrBlock: "100.64.32.0/19", routeTableId: "rtb-b" },
        { availabilityZone: "us-west-2c", cidrBlock: "100.64.64.0/19", routeTableId: "rtb-c" },
      ],
      eniConfigs: ["us-west-2a", "us-west-2b", "us-west-2c"].map((availabilityZone) => ({
        availabilityZone,
        name: availabilityZone,
        adopt: false,
      })),
      cni: {
        env: {
          AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true",
          ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone",
        },
        initEnv: {},
        settings: {
          customNetworking: true,
          eniConfigLabelDef: "topology.kubernetes.io/zone",
          logLevel: "INFO",
          warmEniTarget: 1,
        },
        zonesWithNodes: ["us-west-2a", "us-west-2b", "us-west-2c"],
      },
      workerGroups: [],
      warnings: [],
    });
  });

  it("passes over subnets that have IPv6 alone", () => {
    assert.deepEqual(
      placesOf(planPodNetwork(withSubnets(smallCluster, foreignSubnet("")), request)),
      placesOf(planPodNetwork(smallCluster, request)),
    );
  });

  it("plans the same once it was carried out, and takes nothing over that it finds", () => {
    const { cidrBlocks, podSubnets, eniConfigs } = planPodNetwork(smallClusterAfter, request);
    const before = planPodNetwork(smallCluster, request);
    assert.deepEqual(
      { cidrBlocks, podSubnets, eniConfigs },
      {
        cidrBlocks: before.cidrBlocks,
        podSubnets: before.podSubnets,
        eniConfigs: before.eniConfigs,
      },
    );
  });

  it("keeps a subnet where it is, though it would choose another place today", () => {
    const facts = withSubnets(smallCluster, podSubnet("a", "100.64.192.0/20"));
    assert.deepEqual(placesOf(planPodNetwork(facts, request)), [
      "us-west-2a 100.64.192.0/20",
      "us-west-2b 100.64.32.0/19",
      "us-west-2c 100.64.64.0/19",
    ]);
  });

  it("keeps the subnet of a zone that has no nodes any more, with the routes that it has", () => {
    const emptied: ClusterFacts = {
      ...smallClusterAfter,
      nodeGroups: [nodeGroup("general", "a")],
      instances: [instance("i-a", "a")],
    };
    const plan = planPodNetwork(emptied, { ...request, workerGroups: [workers] });
    assert.deepEqual(
      plan.podSubnets.map(({ availabilityZone, routeTableId }) => [availabilityZone, routeTableId]),
      [
        ["us-west-2a", "rtb-a"],
        ["us-west-2b", "rtb-b"],
        ["us-west-2c", "rtb-c"],
      ],
    );
    assert.deepEqual(plan.cni.zonesWithNodes, ["us-west-2a"]);
    assert.deepEqual(plan.workerGroups, [
      {
        name: "workers",
        zones: [{ availabilityZone: "us-west-2a", subnetIds: ["subnet-node-a"], adopt: false }],
      },
    ]);
  });

  it("plans the same however many nodes a group has or wants", () => {
    const sized: ClusterFacts = {
      ...smallCluster,
      nodeGroups: smallCluster.nodeGroups.map((group) => ({ ...group, desiredSize: 0, minSize: 0 })),
    };
    assert.deepEqual(planPodNetwork(sized, request), planPodNetwork(smallCluster, request));
  });

  it("plans around subnets of others in the block, of another cluster for instance", () => {
    for (const tags of [{}, { "eks-pod-network.io/cluster": "other" }]) {
      const plan = planPodNetwork(withSubnets(smallCluster, foreignSubnet("100.64.32.0/20", tags)), request);
      assert.equal(plan.podSubnets.length, 3);
      assert.equal(
        placesOf(plan).some((place) => place.endsWith("100.64.32.0/19")),
        false,
      );
      assert.equal(
        plan.podSubnets.some(({ adopt }) => adopt !== undefined),
        false,
      );
    }
  });

  it("shares the route table of most node subnets of a zone, or the one that is named", () => {
    const odd = [
      nodeSubnet("a", 0),
      { ...nodeSubnet("a", 48), subnetId: "subnet-node-a2", routeTableId: "rtb-main" },
      { ...nodeSubnet("a", 64), subnetId: "subnet-node-a3", routeTableId: "rtb-main" },
    ];
    const group = nodeGroup("general", "", { subnetIds: odd.map(({ subnetId }) => subnetId) });
    const facts = { ...smallCluster, subnets: odd, nodeGroups: [group], instances: [] };
    const tableIn = (more: Partial<PodNetworkRequest>) =>
      planPodNetwork(facts, { ...request, ...more }).podSubnets.map(({ routeTableId }) => routeTableId);
    assert.deepEqual(tableIn({}), ["rtb-main"]);
    assert.deepEqual(tableIn({ routeTableIds: { "us-west-2a": "rtb-b" } }), ["rtb-b"]);
    assert.deepEqual(tableIn({ egress: "natPerZone" }), [undefined]);
  });

  it("warns of a pod subnet without a way out where pods keep their own addresses", () => {
    const facts = withConfiguration('{"env":{"AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"}}');
    const warningsIn = (more: Partial<PodNetworkRequest>) =>
      planPodNetwork(facts, { ...request, ...more }).warnings;
    assert.deepEqual(warningsIn({}), []);
    const [warning, ...none] = warningsIn({ routeTableIds: { "us-west-2b": "rtb-main" } });
    assert.match(
      warning ?? "",
      /rtb-main, the route table of the pod subnets of us-west-2b, has no route to a NAT/,
    );
    assert.deepEqual(none, []);
    assert.deepEqual(
      warningsIn({
        routeTableIds: { "us-west-2b": "rtb-main" },
        cni: { env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: "false" } },
      }),
      [],
    );
  });

  it("keeps the route table that pods have while some nodes of the zone have it, however many they are", () => {
    const later = [
      nodeSubnet("a", 0),
      { ...nodeSubnet("a", 48), subnetId: "subnet-node-a2", routeTableId: "rtb-main" },
      { ...nodeSubnet("a", 64), subnetId: "subnet-node-a3", routeTableId: "rtb-main" },
      podSubnet("a", "100.64.0.0/19"),
    ];
    const group = nodeGroup("general", "", { subnetIds: later.map(({ subnetId }) => subnetId) });
    const facts = { ...smallClusterAfter, subnets: later, nodeGroups: [group], instances: [] };
    assert.deepEqual(
      planPodNetwork(facts, request).podSubnets.map(({ routeTableId }) => routeTableId),
      ["rtb-a"],
    );
  });

  it("keeps the zones of workers of either kind when the group that they were like is gone", () => {
    const tags = { "eks-pod-network.io/cluster": "small" };
    const own = (name: string, letter: string) => ({ name, tags, subnetIds: [`subnet-node-${letter}`] });
    const facts = {
      ...smallClusterAfter,
      nodeGroups: [],
      scalingGroups: [own("workers-us-west-2a", "a"), own("workers-us-west-2c", "c")],
    };
    assert.deepEqual(
      planPodNetwork(facts, { ...request, workerGroups: [workers] }).workerGroups[0]?.zones.map(
        ({ availabilityZone, subnetIds }) => [availabilityZone, ...subnetIds],
      ),
      [
        ["us-west-2a", "subnet-node-a"],
        ["us-west-2c", "subnet-node-c"],
      ],
    );
  });

  describe("the DaemonSet aws-node", () => {
    const awsNode = {
      version: "1.23.1",
      env: { ENABLE_PREFIX_DELEGATION: "true", WARM_PREFIX_TARGET: "1" },
      initEnv: {},
    };
    const selfManaged: ClusterFacts = { ...without(smallCluster, "vpcCni"), awsNode };

    it("tells the version of a self-managed CNI, which then takes the security groups of each node itself", () => {
      const facts = { ...selfManaged, instances: [instance("i-a", "a")] };
      assert.deepEqual(
        planPodNetwork(facts, request).eniConfigs.map(({ securityGroupIds }) => securityGroupIds),
        [undefined, undefined, undefined],
      );
      const asAddOn = { ...smallCluster, instances: facts.instances, awsNode };
      assert.deepEqual(
        planPodNetwork(asAddOn, request).eniConfigs,
        planPodNetwork(facts, request).eniConfigs,
      );
    });

    it("has in force what somebody set on it, before the add-on is told and afterwards", () => {
      const { settings } = planPodNetwork({ ...smallCluster, awsNode }, request).cni;
      assert.equal(settings.prefixDelegation, true);
      const told = withConfiguration(JSON.stringify({ env: awsNode.env }));
      assert.deepEqual(
        planPodNetwork({ ...told, awsNode }, request).cni.settings,
        planPodNetwork(told, request).cni.settings,
      );
    });

    it("is warned of where it keeps pods' own addresses and there is no NAT", () => {
      const facts = {
        ...selfManaged,
        awsNode: { ...awsNode, env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: "true" } },
      };
      const { warnings } = planPodNetwork(facts, { ...request, routeTableIds: { "us-west-2b": "rtb-main" } });
      assert.match(warnings.join(), /^External SNAT is on and rtb-main/);
    });

    it("has the warm target of AWS's manifest where it is not known", () => {
      const cni = { env: { ENABLE_PREFIX_DELEGATION: "true" } };
      assert.equal(planPodNetwork(smallCluster, { ...request, cni }).cni.settings.prefixDelegation, true);
      const bare = { ...smallCluster, awsNode: { ...awsNode, env: {} } };
      assert.deepEqual(
        pathsOf(() => planPodNetwork(bare, { ...request, cni })),
        ["cni.env.WARM_PREFIX_TARGET"],
      );
    });
  });

  describe("zones", () => {
    it("are where groups of any kind, Karpenter or running instances have their nodes", () => {
      const facts: ClusterFacts = {
        ...smallCluster,
        subnets: ["a", "b", "c", "d", "e"].map((letter, index) => nodeSubnet(letter, index * 16)),
        nodeGroups: [nodeGroup("general", "a")],
        scalingGroups: [{ name: "old", subnetIds: ["subnet-node-b"], tags: {} }],
        nodeClasses: [{ name: "default", subnetIds: ["subnet-node-c"] }],
        instances: [instance("i-d", "d")],
      };
      assert.deepEqual(
        planPodNetwork(facts, request).podSubnets.map(({ availabilityZone }) => availabilityZone),
        ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d"],
      );
    });

    it("have to be given for a cluster without a node or a group", () => {
      const empty = { ...smallCluster, nodeGroups: [], instances: [] };
      assert.deepEqual(
        pathsOf(() => planPodNetwork(empty, request)),
        ["zones"],
      );
      const egress = "natPerZone" as const;
      const plan = planPodNetwork(empty, { ...request, zones: ["us-west-2b"], egress });
      assert.deepEqual(placesOf(plan), ["us-west-2b 100.64.32.0/19"]);
    });

    it("may be in any order", () => {
      const zones = ["us-west-2c", "us-west-2a", "us-west-2b"];
      assert.deepEqual(
        planPodNetwork(smallCluster, { ...request, zones }),
        planPodNetwork(smallCluster, request),
      );
    });

    it("are refused where the VPC has none of the name, or nobody whose routes to share", () => {
      const facts = { ...smallCluster, subnets: [...smallCluster.subnets, nodeSubnet("d", 48)] };
      const zones = ["us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-wset-2c", "us-west-2a"];
      assert.deepEqual(
        problemsOf(() => planPodNetwork(facts, { ...request, zones })).map(({ path, fix }) => [path, fix]),
        [
          [
            "zones[3]",
            'Give it one as routeTableIds["us-west-2d"], or leave the zone out until it has nodes.',
          ],
          ["zones[4]", "Did you mean us-west-2c? There is us-west-2a, us-west-2b, us-west-2c, us-west-2d."],
          ["zones[5]", "Name it once."],
        ],
      );
    });

    it("that are left out are warned of where groups may start nodes in them", () => {
      const facts = { ...smallCluster, instances: [] };
      const plan = planPodNetwork(facts, { ...request, zones: ["us-west-2a", "us-west-2b"] });
      assert.deepEqual(plan.warnings, [
        "us-west-2c has subnets for nodes but is not among zones: a node that is started there never becomes Ready.",
      ]);
    });
  });

  describe("named groups", () => {
    const podGroups = [
      { name: "batch", zones: ["us-west-2a"], securityGroupIds: ["sg-00000001"], subnetPrefixLength: 22 },
    ];

    it("have subnets and ENIConfigs of their own", () => {
      const plan = planPodNetwork(smallCluster, { ...request, podGroups });
      assert.deepEqual(plan.podSubnets[1], {
        availabilityZone: "us-west-2a",
        group: "batch",
        cidrBlock: "100.64.96.0/22",
        routeTableId: "rtb-a",
      });
      assert.deepEqual(plan.eniConfigs[1], {
        availabilityZone: "us-west-2a",
        group: "batch",
        name: "batch-us-west-2a",
        securityGroupIds: ["sg-00000001"],
        adopt: false,
      });
      assert.equal(plan.podSubnets.length, 4);
    });

    it("decide the zones of the workers that take them", () => {
      const [group] = planPodNetwork(smallCluster, {
        ...request,
        podGroups,
        workerGroups: [{ ...workers, eniConfig: "batch" }],
      }).workerGroups;
      assert.deepEqual(
        group?.zones.map(({ availabilityZone }) => availabilityZone),
        ["us-west-2a"],
      );
    });

    it("are refused with unknown zones, one name twice, or a worker group of a group that is none", () => {
      const bad = {
        ...request,
        podGroups: [...podGroups, { name: "batch", zones: ["us-west-2d"] }],
        workerGroups: [{ ...workers, eniConfig: "bacth" }],
      };
      assert.deepEqual(
        problemsOf(() => planPodNetwork(smallCluster, bad)).map(({ path, fix }) => `${path}: ${fix}`),
        [
          "podGroups[1].name: Give each its own name.",
          "podGroups[1].zones[0]: Did you mean us-west-2a? There is us-west-2a, us-west-2b, us-west-2c.",
          "workerGroups[0].eniConfig: Did you mean batch? There is batch.",
        ],
      );
    });

    it("are refused for a CNI that does not know their label", () => {
      const old = withConfiguration("", "v1.10.4-eksbuild.1");
      const [problem] = problemsOf(() => planPodNetwork(old, { ...request, podGroups }));
      assert.equal(problem?.path, "podGroups");
      assert.match(problem.reason, /1\.11\.0 is the first that does/);
    });
  });

  describe("security groups", () => {
    const mixed = [
      instance("i-a", "a", ["sg-old"]),
      instance("i-b", "b", ["sg-new"]),
      instance("i-c", "c", ["sg-new"]),
    ];
    const groupsIn = (facts: ClusterFacts, more: Partial<PodNetworkRequest> = {}) =>
      planPodNetwork(facts, { ...request, ...more }).eniConfigs.map(
        ({ securityGroupIds }) => securityGroupIds,
      );

    it("are those of the zone's nodes where zones differ", () => {
      assert.deepEqual(groupsIn({ ...smallCluster, instances: mixed }), [["sg-old"], ["sg-new"], ["sg-new"]]);
    });

    it("are those that are given, whatever the nodes carry", () => {
      assert.deepEqual(
        groupsIn({ ...smallCluster, instances: mixed }, { securityGroupIds: ["sg-00000001"] }),
        [["sg-00000001"], ["sg-00000001"], ["sg-00000001"]],
      );
    });

    it("are left to the CNI, and warned of, where nodes of one zone differ", () => {
      const instances = [...mixed, instance("i-a2", "a", ["sg-new"])];
      const plan = planPodNetwork({ ...smallCluster, instances }, request);
      assert.equal(plan.eniConfigs[0]?.securityGroupIds, undefined);
      assert.match(plan.warnings.join(), /^The nodes of us-west-2a carry different security groups/);
    });

    it("have to be given where nodes of one zone differ and the CNI does not take those of the node", () => {
      const instances = [...mixed, instance("i-a2", "a", ["sg-new"])];
      const old = { ...withConfiguration("", "v1.7.5-eksbuild.1"), instances };
      assert.deepEqual(
        pathsOf(() => planPodNetwork(old, request)),
        ["eniConfigs.us-west-2a.securityGroupIds"],
      );
    });
  });

  describe("refusals", () => {
    it("names every problem of the form at its path", () => {
      const bad = {
        podCidrs: [],
        force: ["everything"],
        podGroups: [{ name: "Batch" }],
        workerGroups: [{ name: "a b", replaces: "general" }],
        cni: { env: { WARM_IP_TARGET: 5 } },
      } as unknown as PodNetworkRequest;
      assert.deepEqual(
        pathsOf(() => planPodNetwork(smallCluster, bad)),
        [
          "podCidrs",
          "podGroups[0].name",
          "cni.env.WARM_IP_TARGET",
          "workerGroups[0].name",
          "workerGroups[0].replaces",
          "force[0]",
        ],
      );
    });

    it("tells problems of the range, of the CNI and of workers together", () => {
      const facts = withConfiguration('{"env":{"MAX_ENI":"1"}}');
      const workerGroups = [{ ...workers, replaces: ["genral"] }];
      assert.deepEqual(
        pathsOf(() => planPodNetwork(facts, { podCidrs: ["100.64.0.0/8"], workerGroups })),
        ["podCidrs[0]", "cni.env.MAX_ENI", "workerGroups[0].like", "workerGroups[0].replaces[0]"],
      );
    });

    it("refuses a block that a peered VPC has", () => {
      const peers = [
        { peeringId: "pcx-1", status: "active", requester: true, cidrBlocks: ["100.64.0.0/20"] },
      ];
      const [problem] = problemsOf(() => planPodNetwork({ ...smallCluster, peers }, request));
      assert.equal(problem?.path, "podCidrs[0]");
      assert.match(problem.reason, /overlaps 100\.64\.0\.0\/20 of a peered VPC/);
    });

    it("names the peering that is pending acceptance", () => {
      const peers = [{ peeringId: "pcx-1", status: "pending-acceptance", requester: true, cidrBlocks: [] }];
      const [problem] = problemsOf(() => planPodNetwork({ ...smallCluster, peers }, request));
      assert.equal(
        problem?.reason,
        "the VPC is the requester of the peering connection pcx-1 that is pending acceptance: AWS takes no block at all until then.",
      );
    });

    it("refuses the VPC's primary block", () => {
      const problems = problemsOf(() => planPodNetwork(smallCluster, { podCidrs: ["10.8.0.0/16"] }));
      assert.deepEqual(
        problems.map(({ path, reason }) => `${path}: ${reason}`),
        ["podCidrs[0]: 10.8.0.0/16 is the primary block of the VPC, in which the nodes are."],
      );
    });

    it("says which block is too small for zones that nobody named", () => {
      const [problem] = problemsOf(() => planPodNetwork(smallCluster, { podCidrs: ["100.64.0.0/20"] }));
      assert.equal(problem?.path, "podCidrs");
      assert.match(problem.reason, /no \/19 is left for us-west-2a in 100\.64\.0\.0\/20/);
    });

    it("refuses an add-on that makes ENIConfigs of the same names", () => {
      const eniConfig = { create: true, region: "us-west-2", subnets: { "us-west-2b": { id: "subnet-1" } } };
      const [problem] = problemsOf(() =>
        planPodNetwork(withConfiguration(JSON.stringify({ eniConfig })), request),
      );
      assert.equal(problem?.path, "vpcCni.configurationValues.eniConfig");
      assert.match(problem.reason, /us-west-2b/);
    });

    it("refuses another label for the zones' ENIConfigs", () => {
      const cni = { env: { ENI_CONFIG_LABEL_DEF: "team" } };
      assert.deepEqual(
        pathsOf(() => planPodNetwork(smallCluster, { ...request, cni })),
        ["cni.env.ENI_CONFIG_LABEL_DEF"],
      );
    });

    it("names the route table that is likely meant", () => {
      const routeTableIds = { "us-west-2a": "rtb-mian", "us-west-2f": "rtb-a" };
      assert.deepEqual(
        problemsOf(() => planPodNetwork(smallCluster, { ...request, routeTableIds })).map(
          ({ path, fix }) => `${path}: ${fix}`,
        ),
        [
          'routeTableIds["us-west-2a"]: Did you mean rtb-main? There is rtb-a, rtb-b, rtb-c, rtb-main.',
          'routeTableIds["us-west-2f"]: Did you mean us-west-2a? There is us-west-2a, us-west-2b, us-west-2c.',
        ],
      );
    });
  });
});
