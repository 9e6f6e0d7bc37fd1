import { strict as assert } from "node:assert";
import { barePods } from "../../../planning/preflight/barePods";
import type { Check } from "../../../planning/preflight/check";
import { CHECKS } from "../../../planning/preflight/checks";
import {
  budgetsThatNeverAllow,
  podsUnderTwoBudgets,
  unreadyPodsHeld,
} from "../../../planning/preflight/disruptionBudgets";
import { strayEniConfigMarks } from "../../../planning/preflight/eniConfigMarks";
import { maxPodsLoss } from "../../../planning/preflight/maxPodsLoss";
import {
  groupsAtMaximum,
  groupsOfOthers,
  nodesOfOtherOwners,
  nodesThatStay,
} from "../../../planning/preflight/owners";
import type { CniPlan, Picture } from "../../../planning/preflight/picture";
import { preflight } from "../../../planning/preflight/preflight";
import { singleReplicas } from "../../../planning/preflight/singleReplicas";
import { nodeGroup } from "../../support/clusterFacts";
import { clusterWith, daemonPod, oldNodeNamed, webBudget, webPod, webPods } from "../rotation/builders";
import { foundBy } from "./foundBy";

const cni: CniPlan = {
  prefixDelegation: false,
  maxEni: undefined,
  eniConfigLabel: "topology.kubernetes.io/zone",
  eniConfigAnnotation: "k8s.amazonaws.com/eniConfig",
  externalSnat: false,
  excludeSnatCidrs: [],
  warm: {},
  eniConfigs: ["us-west-2a", "us-west-2b"],
};

const found = (check: Check, picture: Partial<Picture>) => foundBy(check, { cni, ...picture });

describe("budgets", () => {
  const node = oldNodeNamed("old-1");

  it("that never allow an eviction are found with their pods, nodes and owners", () => {
    const never = { ...webBudget, desiredHealthy: 3, disruptionsAllowed: 0 };
    const cluster = clusterWith([node], webPods(3, "old-1"), [never]);
    assert.deepEqual(found(budgetsThatNeverAllow, { cluster }), [
      {
        id: "PDB-NEVER",
        level: "stop",
        title: "shop/web allows no eviction: it needs 3 of 3 pods healthy",
        evidence: [
          "3 pods on 1 node can never be moved: shop/web-old-1-0, shop/web-old-1-1, shop/web-old-1-2",
          "Owner: ReplicaSet shop/web.",
        ],
        wayOut: "Scale the workload to more than 3 pods, or set maxUnavailable: 1 in the budget.",
      },
    ]);
  });

  it("that allow one at a time, or cover no pod that moves, are well", () => {
    const daemons = { ...webBudget, selector: { matchLabels: { app: "log" } }, desiredHealthy: 3 };
    const pods = [...webPods(3, "old-1"), daemonPod("log", "old-1")];
    assert.deepEqual(
      found(budgetsThatNeverAllow, { cluster: clusterWith([node], pods, [webBudget, daemons]) }),
      [],
    );
  });

  it("of which two cover a pod are found once for all their pods", () => {
    const second = { ...webBudget, name: "web-too" };
    const cluster = clusterWith([node], webPods(2, "old-1"), [webBudget, second]);
    const [finding, ...others] = found(podsUnderTwoBudgets, { cluster });
    assert.equal(
      finding?.title,
      "shop/web and shop/web-too cover the same pods, which the eviction API refuses",
    );
    assert.deepEqual(finding.evidence, ["2 pods: shop/web-old-1-0, shop/web-old-1-1"]);
    assert.deepEqual(others, []);
    const elsewhere = { ...second, namespace: "other" };
    assert.deepEqual(
      found(podsUnderTwoBudgets, {
        cluster: clusterWith([node], webPods(2, "old-1"), [webBudget, elsewhere]),
      }),
      [],
    );
  });

  it("that hold pods which are not Ready are found, unless their policy lets such go", () => {
    const [first, ...well] = webPods(3, "old-1");
    assert.ok(first);
    const sick = { ...first, isReady: false };
    const pods = [sick, ...well];
    const short = { ...webBudget, currentHealthy: 1, disruptionsAllowed: 0 };
    const [finding] = found(unreadyPodsHeld, { cluster: clusterWith([node], pods, [short]) });
    assert.equal(finding?.title, "shop/web holds 3 pods because a pod of it is not Ready");
    assert.deepEqual(finding.evidence, [
      "Not Ready: shop/web-old-1-0; 1 of the 2 that it needs are healthy.",
      "Held: shop/web-old-1-0, shop/web-old-1-1, shop/web-old-1-2; unhealthyPodEvictionPolicy is IfHealthyBudget.",
    ]);
    assert.match(finding.wayOut, /set unhealthyPodEvictionPolicy: AlwaysAllow/);
    const lets = { ...short, unhealthyPodEvictionPolicy: "AlwaysAllow" };
    const [ofHealthy] = found(unreadyPodsHeld, { cluster: clusterWith([node], pods, [lets]) });
    assert.match(ofHealthy?.evidence[1] ?? "", /^Held: shop\/web-old-1-1, shop\/web-old-1-2; /);
    assert.match(ofHealthy?.wayOut ?? "", /narrow the budget's selector/);
    assert.deepEqual(found(unreadyPodsHeld, { cluster: clusterWith([node], [sick], [lets]) }), []);
    assert.deepEqual(found(unreadyPodsHeld, { cluster: clusterWith([node], pods, [webBudget]) }), []);
  });
});

describe("pods", () => {
  it("without a controller are found", () => {
    const cluster = clusterWith([], [{ ...webPod, controller: undefined }, webPod]);
    assert.deepEqual(
      found(barePods, { cluster }).map(({ title, level }) => ({ title, level })),
      [{ level: "warn", title: "shop/web-1 is a pod without a controller: nobody would make it again" }],
    );
  });

  it("that are the only one of their controller are found, those that end by themselves are not", () => {
    const alone = { ...webPod, controller: { ...(webPod.controller ?? assert.fail()), uid: "uid-alone" } };
    const job = { ...alone, endsByItself: true };
    assert.deepEqual(
      found(singleReplicas, { cluster: clusterWith([], [alone]) }).map(({ title }) => title),
      ["shop/web-1 is the only pod of its ReplicaSet: it is away while it moves"],
    );
    assert.deepEqual(found(singleReplicas, { cluster: clusterWith([], [job]) }), []);
    assert.deepEqual(found(singleReplicas, { cluster: clusterWith([], webPods(2, "old-1")) }), []);
  });
});

describe("nodes", () => {
  const node = { ...oldNodeNamed("old-1"), labels: { "topology.kubernetes.io/zone": "us-west-2a" } };
  const marked = (marks: { labels?: Record<string, string>; annotations?: Record<string, string> }) =>
    found(strayEniConfigMarks, {
      cluster: clusterWith(
        [{ ...node, labels: { ...node.labels, ...marks.labels }, annotations: marks.annotations ?? {} }],
        [],
      ),
      wanted: { podCidrs: ["100.64.0.0/16"], podGroups: [{ name: "batch" }] },
    });

  it("whose annotation beats the zone label are found, with the command that takes it away", () => {
    assert.deepEqual(marked({ annotations: { "k8s.amazonaws.com/eniConfig": "legacy" } }), [
      {
        id: "ENI-ANNOTATION",
        level: "stop",
        title:
          "node old-1 carries the annotation k8s.amazonaws.com/eniConfig=legacy, which beats topology.kubernetes.io/zone",
        evidence: ["New ENIs on it would ask for ENIConfig legacy; none of that name exists or is planned."],
        wayOut: "kubectl annotate node old-1 k8s.amazonaws.com/eniConfig-",
      },
    ]);
  });

  it("whose external label beats the annotation are found by that", () => {
    const [finding] = marked({
      labels: { "vpc.amazonaws.com/externalEniConfig": "us-west-2b" },
      annotations: { "k8s.amazonaws.com/eniConfig": "us-west-2a" },
    });
    assert.match(
      finding?.title ?? "",
      /carries the label vpc\.amazonaws\.com\/externalEniConfig=us-west-2b,/,
    );
    assert.deepEqual(finding?.evidence, ["New ENIs on it would ask for ENIConfig us-west-2b."]);
  });

  it("whose external label names that of a group of podGroups in their zone are well, as its own workers are", () => {
    const external = (eniConfig: string) =>
      marked({ labels: { "vpc.amazonaws.com/externalEniConfig": eniConfig } }).map(
        ({ evidence }) => evidence,
      );
    assert.deepEqual(external("batch-us-west-2a"), []);
    const elsewhere = "New ENIs on it would ask for ENIConfig batch-us-west-2b";
    assert.deepEqual(external("batch-us-west-2b"), [
      [`${elsewhere}; none of that name exists or is planned.`],
    ]);
  });

  it("whose mark names what the label names, or nothing, are well", () => {
    assert.deepEqual(marked({ annotations: { "k8s.amazonaws.com/eniConfig": "us-west-2a" } }), []);
    assert.deepEqual(marked({ annotations: { "k8s.amazonaws.com/eniConfig": "" } }), []);
    assert.deepEqual(marked({}), []);
  });

  it("with more pods than they carry tomorrow are told by type, with the nodes that are needed", () => {
    const cluster = clusterWith(
      [oldNodeNamed("old-1"), oldNodeNamed("old-2")],
      [...webPods(25, "old-1"), ...webPods(18, "old-2")],
    );
    assert.deepEqual(found(maxPodsLoss, { cluster }), [
      {
        id: "MAXPODS-LOSS",
        level: "warn",
        title: "m5.large goes from 29 to 20 pods a node: 5 of 43 pods will not fit where they are",
        evidence: ["2 nodes of the type run 43 pods; 3 are needed for as many."],
        wayOut:
          "Let the new groups have more nodes, or set ENABLE_PREFIX_DELEGATION: podnet max-pods tells what a type carries then.",
      },
    ]);
    assert.deepEqual(found(maxPodsLoss, { cluster, cni: { ...cni, prefixDelegation: true } }), []);
  });

  it("of Windows and of Fargate carry as many pods as ever", () => {
    const windows = { ...oldNodeNamed("w-1"), labels: { "kubernetes.io/os": "windows" } };
    const fargate = { ...oldNodeNamed("f-1"), owner: { kind: "fargate" } as const };
    const cluster = clusterWith([windows, fargate], [...webPods(25, "w-1"), ...webPods(25, "f-1")]);
    assert.deepEqual(found(maxPodsLoss, { cluster }), []);
  });

  it("that would have no ENI for pods stop the migration", () => {
    const [finding] = found(maxPodsLoss, {
      cluster: clusterWith([oldNodeNamed("old-1")], []),
      cni: { ...cni, maxEni: 1 },
    });
    assert.equal(finding?.level, "stop");
    assert.deepEqual(finding.evidence, ["3 ENIs on its network card, MAX_ENI is 1; 1 node of the type."]);
  });

  it("of other owners, of Fargate and of Windows are told", () => {
    const karpenter = { ...node, name: "k-1", owner: { kind: "karpenter", nodePool: "default" } as const };
    const fargate = { ...node, name: "f-1", owner: { kind: "fargate" } as const };
    const windows = { ...node, name: "w-1", labels: { "kubernetes.io/os": "windows" } };
    const cluster = clusterWith([node, karpenter, fargate, windows], []);
    assert.deepEqual(
      found(nodesOfOtherOwners, { cluster }).map(({ title, evidence }) => ({ title, evidence })),
      [{ title: "1 node belongs to Karpenter node pool default", evidence: ["k-1"] }],
    );
    assert.deepEqual(
      found(nodesThatStay, { cluster }).map(({ title }) => title),
      ["1 Fargate node keeps addresses of today's range", "1 Windows node keeps addresses of today's range"],
    );
  });
});

describe("node groups", () => {
  const general = nodeGroup("general", "abc", { desiredSize: 6, maxSize: 9 });

  it("at their maximum size are found", () => {
    const [finding, ...others] = found(groupsAtMaximum, {
      nodeGroups: [general, { ...general, nodeGroupName: "full", maxSize: 6 }],
    });
    assert.equal(finding?.title, "node group full is at its maximum size, 6");
    assert.equal(
      finding.wayOut,
      "Raise the maximum: aws eks update-nodegroup-config --nodegroup-name full --scaling-config maxSize=7",
    );
    assert.deepEqual(others, []);
  });

  it("of another tool are found by its tags, managed or not", () => {
    const workers = (tags: Record<string, string>) => [{ name: "workers", subnetIds: [], tags }];
    const titles = (picture: Partial<Picture>) =>
      found(groupsOfOthers, { nodeGroups: [general], scalingGroups: [], ...picture }).map(
        ({ title }) => title,
      );
    const tags = { "aws:cloudformation:stack-name": "platform-nodes" };
    assert.deepEqual(titles({ nodeGroups: [general, { ...general, nodeGroupName: "theirs", tags }] }), [
      "node group theirs belongs to the CloudFormation stack platform-nodes",
    ]);
    assert.deepEqual(
      titles({ scalingGroups: workers({ ...tags, "alpha.eksctl.io/nodegroup-name": "batch" }) }),
      ["Auto Scaling group workers belongs to the eksctl node group batch"],
    );
    const owners: readonly (readonly [Record<string, string>, string | undefined])[] = [
      [{ "pulumi:stack": "prod" }, "the Pulumi stack prod"],
      [{ ManagedBy: "Terraform" }, "Terraform"],
      [{ "managed-by": "pulumi" }, "Pulumi"],
      [{ TerraformWorkspace: "prod" }, "Terraform"],
      [{ "sigs.k8s.io/cluster-api-provider-aws/cluster/shop": "owned" }, "Cluster API"],
      [{ ManagedBy: "Pulumi", "eks-pod-network.io/cluster": "shop" }, undefined],
      [{ ManagedBy: "platform-team", team: "terraform" }, undefined],
    ];
    for (const [given, owner] of owners) {
      assert.deepEqual(
        titles({ scalingGroups: workers(given) }),
        owner === undefined ? [] : [`Auto Scaling group workers belongs to ${owner}`],
      );
    }
  });
});

describe("a preflight", () => {
  const one = (id: string, level: "stop" | "warn", ...titles: string[]): Check => ({
    id,
    about: "",
    looksAt: [],
    run: () => titles.map((title) => ({ id, level, title, evidence: [], wayOut: "" })),
  });
  const unseen: Check = { id: "UNSEEN", about: "", looksAt: [], run: () => ({ notSeen: "no leave" }) };
  const checks = [one("A", "warn", "a1"), one("B", "stop", "b1", "b2"), one("C", "stop"), unseen];

  it("tells what stops first, what passed, and what it could not look at", () => {
    const { findings, passed, notRun } = preflight({} as Picture, [], checks);
    assert.deepEqual(
      findings.map(({ title }) => title),
      ["b1", "b2", "a1"],
    );
    assert.deepEqual(passed, ["C"]);
    assert.deepEqual(notRun, [{ id: "UNSEEN", why: "no leave" }]);
  });

  it("sets accepted findings apart, and names what was accepted in vain", () => {
    const { findings, accepted, acceptedInVain } = preflight({} as Picture, ["B", "C", "UNSEEN"], checks);
    assert.deepEqual(
      findings.map(({ title }) => title),
      ["a1"],
    );
    assert.deepEqual(
      accepted.map(({ title }) => title),
      ["b1", "b2"],
    );
    assert.deepEqual(acceptedInVain, ["C"]);
  });

  it("has a name of its own for each check", () => {
    const ids = CHECKS.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[A-Z]+(-[A-Z]+)*$/);
  });
});
