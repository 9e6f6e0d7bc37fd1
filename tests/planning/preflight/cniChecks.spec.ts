import { strict as assert } from "node:assert";
import type { ClusterFacts } from "../../../planning/podNetwork/clusterFacts";
import type { Check } from "../../../planning/preflight/check";
import { changedSettings, cniVersion, heldSettings, selfManagedCni } from "../../../planning/preflight/cni";
import type { CniPlan, Picture } from "../../../planning/preflight/picture";
import { nodeSecurityGroups } from "../../../planning/preflight/podSecurityGroups";
import { prefixBlocks } from "../../../planning/preflight/prefixBlocks";
import { trunkEnis } from "../../../planning/preflight/trunkEnis";
import type { ClusterNode } from "../../../planning/rotation/observation";
import { awsNodeDaemonSet, entries } from "../../support/awsNodeDaemonSet";
import { instance, smallCluster } from "../../support/clusterFacts";
import { cleanPrimary, clusterWith, oldNodeNamed, podEni } from "../rotation/builders";
import { foundBy } from "./foundBy";

const addOn = smallCluster.vpcCni ?? assert.fail("the small cluster has the add-on");
const wanted = { podCidrs: ["100.64.0.0/16"] };

const found = (check: Check, parts: Partial<Picture>) =>
  foundBy(check, {
    facts: smallCluster,
    vpcCni: { addOn, newestVersion: "v1.23.1-eksbuild.1" },
    wanted,
    ...parts,
  });

describe("the version of the CNI", () => {
  const at = (version: string) => ({ ...smallCluster, vpcCni: { ...addOn, version } });

  it("is well where nothing is missing", () => {
    assert.deepEqual(found(cniVersion, {}), []);
  });

  it("is told where nodes become Ready without their ENIConfig, with the steps to the newest", () => {
    assert.deepEqual(
      found(cniVersion, {
        facts: at("v1.12.6-eksbuild.2"),
        vpcCni: { addOn, newestVersion: "v1.15.1-eksbuild.1" },
      }),
      [
        {
          id: "CNI-VERSION",
          level: "warn",
          title: "CNI v1.12.6-eksbuild.2 is older than what a pod network is made for",
          evidence: [
            "CNI 1.12.6: a node without its ENIConfig still becomes Ready, and its pods hang in ContainerCreating; from 1.13.0 on, it stays NotReady.",
          ],
          wayOut:
            "Update the CNI first, by one minor version at a time: 1.13, then 1.14, then 1.15 (aws eks update-addon --addon-name vpc-cni).",
        },
      ],
    );
  });

  it("stops the migration where it does not know a setting that is asked for", () => {
    const [finding] = found(cniVersion, {
      facts: at("v1.8.0-eksbuild.1"),
      wanted: { ...wanted, cni: { env: { ENABLE_PREFIX_DELEGATION: "true" } } },
    });
    assert.equal(finding?.level, "stop");
    assert.match(finding.evidence[0] ?? "", /CNI 1\.8\.0 does not know ENABLE_PREFIX_DELEGATION; 1\.9\.0 is/);
  });

  it("goes by one minor version at a time", () => {
    const [finding] = found(cniVersion, {
      facts: at("v1.20.1-eksbuild.1"),
      wanted: { ...wanted, cni: { addOnVersion: "v1.23.1-eksbuild.1" } },
    });
    assert.equal(finding?.level, "stop");
    assert.equal(
      finding.wayOut,
      "Go by one at a time: 1.21, then 1.22, then 1.23, each rolled out before the next.",
    );
  });

  it("that nobody knows is told", () => {
    const selfManaged = { ...smallCluster, vpcCni: undefined } as unknown as ClusterFacts;
    assert.deepEqual(
      found(cniVersion, { facts: selfManaged }).map(({ title }) => title),
      ["the version of the CNI is not known"],
    );
  });
});

describe("the settings of the CNI", () => {
  it("that no add-on manages are told", () => {
    const vpcCni = { addOn: undefined, newestVersion: undefined };
    assert.equal(found(selfManagedCni, { vpcCni }).length, 1);
    assert.deepEqual(found(selfManagedCni, {}), []);
    const awsNode = awsNodeDaemonSet({
      env: entries({ WARM_IP_TARGET: "4" }),
      heldBy: { "kubectl-set": ["WARM_IP_TARGET"] },
    });
    assert.deepEqual(found(heldSettings, { awsNode, vpcCni }), []);
  });

  it("that others hold are told by who does, with what the configuration says", () => {
    const awsNode = awsNodeDaemonSet({
      env: entries({ WARM_ENI_TARGET: "2", MAX_ENI: "4", ENABLE_POD_ENI: "false" }),
      initEnv: entries({ DISABLE_TCP_EARLY_DEMUX: "true" }),
      heldBy: {
        "kubectl-set": ["WARM_ENI_TARGET", "init:DISABLE_TCP_EARLY_DEMUX"],
        terraform: ["MAX_ENI"],
        eks: ["ENABLE_POD_ENI"],
      },
    });
    assert.deepEqual(
      found(heldSettings, { awsNode }).map(({ title, evidence }) => [title, ...evidence]),
      [
        [
          "kubectl-set holds WARM_ENI_TARGET, DISABLE_TCP_EARLY_DEMUX on aws-node, and EKS does not",
          'WARM_ENI_TARGET is "2"; the add-on\'s configuration says "1".',
          'DISABLE_TCP_EARLY_DEMUX of aws-vpc-cni-init is "true"; the add-on\'s configuration does not name it.',
        ],
        [
          "terraform holds MAX_ENI on aws-node, and EKS does not",
          'MAX_ENI is "4"; the add-on\'s configuration does not name it.',
        ],
      ],
    );
  });

  it("that somebody has chosen and that change are told, and stop a migration of custom networking in use", () => {
    const live = { ENI_CONFIG_LABEL_DEF: "team/eniConfig", AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "false" };
    const heldBy = { "kubectl-set": ["ENI_CONFIG_LABEL_DEF"] };
    const [finding, ...others] = found(changedSettings, {
      awsNode: awsNodeDaemonSet({ env: entries(live), heldBy }),
    });
    assert.equal(finding?.level, "warn");
    assert.equal(
      finding.title,
      'ENI_CONFIG_LABEL_DEF goes from "team/eniConfig" to "topology.kubernetes.io/zone"',
    );
    assert.deepEqual(finding.evidence, ["The field manager kubectl-set holds it; CNI v1.23.1-eksbuild.1."]);
    assert.deepEqual(others, []);
    const inUse = { ...live, AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true" };
    assert.deepEqual(
      found(changedSettings, { awsNode: awsNodeDaemonSet({ env: entries(inUse), heldBy }) }).map(
        ({ level }) => level,
      ),
      ["stop"],
    );
  });

  it("that are the same, or that nobody has set, do not change", () => {
    const same = { ENI_CONFIG_LABEL_DEF: "topology.kubernetes.io/zone" };
    assert.deepEqual(found(changedSettings, { awsNode: awsNodeDaemonSet({ env: entries(same) }) }), []);
    assert.deepEqual(found(changedSettings, { awsNode: awsNodeDaemonSet({}) }), []);
  });

  it("give whole prefixes only with reservations", () => {
    const cni = { prefixDelegation: true } as CniPlan;
    assert.equal(found(prefixBlocks, { cni }).length, 1);
    assert.deepEqual(found(prefixBlocks, { cni, wanted: { ...wanted, prefixReservations: true } }), []);
    assert.deepEqual(found(prefixBlocks, { cni: { ...cni, prefixDelegation: false } }), []);
  });
});

describe("a trunk ENI", () => {
  const trunk = { ...podEni, interfaceType: "trunk" };
  const node = { ...oldNodeNamed("old-1"), enis: [cleanPrimary, trunk] };
  const cni = { prefixDelegation: false, maxEni: undefined } as CniPlan;
  const told = (given: CniPlan, nodes: readonly ClusterNode[] = [node]) =>
    found(trunkEnis, { cluster: clusterWith(nodes, []), cni: given }).map(
      ({ level, title }) => `${level}: ${title}`,
    );

  it("takes the place of one for pods, which max pods does not count", () => {
    assert.deepEqual(told(cni), ["warn: m5.large has addresses for 9 pods beside its trunk, and may run 20"]);
    assert.deepEqual(told({ ...cni, maxEni: 2 }), [
      "stop: m5.large has no ENI for pods tomorrow: one is the node's, one is the trunk",
    ]);
  });

  it("is no matter with prefixes, nor where no node has one", () => {
    assert.deepEqual(told({ ...cni, prefixDelegation: true }), []);
    assert.deepEqual(told(cni, [oldNodeNamed("old-2")]), []);
  });
});

describe("the security groups of nodes", () => {
  const attachment = {
    from: [],
    to: [],
    ranges: [],
    groupsToday: ["sg-cluster", "sg-apps"],
    groupsTomorrow: ["sg-cluster"],
  };
  const securityGroups = [{ groupId: "sg-apps", name: "apps", rules: [] }];

  it("that pods would not have tomorrow are told by their names", () => {
    assert.deepEqual(
      found(nodeSecurityGroups, { attachment, securityGroups }).map(({ title }) => title),
      ["pods have sg-apps (apps) today, and not tomorrow"],
    );
    const both = { ...attachment, groupsTomorrow: ["sg-apps", "sg-cluster"] };
    assert.deepEqual(found(nodeSecurityGroups, { attachment: both, securityGroups }), []);
  });

  it("that other groups name are told with their rules", () => {
    const rule = {
      ...{ ruleId: "sgr-1", direction: "ingress" as const, blocks: [], groupId: "sg-apps" },
      traffic: { protocol: "tcp", from: 5432, to: 5432 },
    };
    const database = { groupId: "sg-db", name: "db", rules: [rule] };
    const [finding] = found(nodeSecurityGroups, {
      attachment,
      securityGroups: [...securityGroups, database],
    });
    assert.deepEqual(finding?.evidence, [
      "Tomorrow they have sg-cluster.",
      "sg-db (db) admits 5432/tcp from sg-apps (apps).",
    ]);
  });

  it("that differ within a zone are told, those that differ between zones are not", () => {
    const instances = [
      instance("i-1", "a", ["sg-cluster", "sg-apps"]),
      instance("i-2", "a", ["sg-apps", "sg-cluster"]),
      instance("i-3", "a"),
      instance("i-4", "b"),
    ];
    const same = { ...attachment, groupsToday: ["sg-cluster"] };
    assert.deepEqual(
      found(nodeSecurityGroups, {
        facts: { ...smallCluster, instances },
        attachment: same,
        securityGroups,
      }).map(({ title, evidence }) => [title, ...evidence]),
      [
        [
          "the nodes of us-west-2a have different security groups",
          "sg-apps (apps), sg-cluster: 2 nodes (i-1, i-2)",
          "sg-cluster: 1 node (i-3)",
        ],
      ],
    );
  });
});
