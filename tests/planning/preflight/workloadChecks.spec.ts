import { strict as assert } from "node:assert";
import { clusterAutoscaler, karpenterReservesEni } from "../../../planning/preflight/autoscalers";
import { callerOf } from "../../../planning/preflight/caller";
import { podsWithFinalizers } from "../../../planning/preflight/finalizers";
import { needsBeyondPreflight, ownersIn } from "../../../planning/preflight/permissionNeeds";
import { awsPermissions, kubernetesPermissions } from "../../../planning/preflight/permissions";
import type { PodDemands, WebhookFacts } from "../../../planning/preflight/podFacts";
import { podsWithoutNode, volumesLeftBehind } from "../../../planning/preflight/podPlaces";
import type { Picture } from "../../../planning/preflight/picture";
import { webhooksAnswer } from "../../../planning/preflight/webhooks";
import { groupsNotReplaced, roomOnNewWorkers } from "../../../planning/preflight/workerRoom";
import type { NodeGroupFacts } from "../../../planning/podNetwork/clusterFacts";
import type { ClusterNode, ClusterPod } from "../../../planning/rotation/observation";
import { clusterWith, daemonPod, oldNodeNamed, webPod, webPods } from "../rotation/builders";
import { without } from "../../support/without";
import { foundBy } from "./foundBy";

const general: NodeGroupFacts = {
  nodeGroupName: "general",
  subnetIds: ["subnet-a", "subnet-b"],
  instanceTypes: ["m5.large"],
  amiType: "AL2023_x86_64_STANDARD",
  capacityType: "ON_DEMAND",
  labels: { tier: "web" },
  taints: [],
  nodeRoleArn: "arn:aws:iam::123456789012:role/node",
  tags: {},
  minSize: 0,
  maxSize: 3,
  desiredSize: 2,
};

const subnet = (zone: string) => ({
  subnetId: `subnet-${zone}`,
  availabilityZone: `us-west-2${zone}`,
  cidrBlock: "10.8.0.0/25",
  routeTableId: "rtb-1",
  hasNatRoute: true,
  hasInternetGatewayRoute: false,
  freeAddresses: 100,
  tags: {},
});

/** As a node of the group has them. */
function nodeOf(name: string, zone: string, labels: Record<string, string> = {}): ClusterNode {
  const node = oldNodeNamed(name, `us-west-2${zone}`);
  return {
    ...node,
    labels: { tier: "web", "topology.kubernetes.io/zone": `us-west-2${zone}`, ...labels },
  };
}

const free = (pod: ClusterPod, demands: Partial<PodDemands> = {}): PodDemands => ({
  namespace: pod.namespace,
  name: pod.name,
  nodeTerms: undefined,
  tolerations: [],
  claims: [],
  finalizers: [],
  ...demands,
});

/** A cluster of one group in two zones, whose pods demand nothing unless it is said. */
function picture(
  nodes: ClusterNode[],
  pods: ClusterPod[],
  others: Partial<Picture> & { readonly groups?: readonly NodeGroupFacts[] } = {},
): Partial<Picture> {
  const { groups = [general], ...parts } = others;
  return {
    cluster: clusterWith(nodes, pods),
    controlPlane: { clusterName: "shop" } as Picture["controlPlane"],
    subnets: [subnet("a"), subnet("b")],
    nodeGroups: groups,
    scalingGroups: [],
    instances: [],
    wanted: { podCidrs: ["100.64.0.0/16"] },
    podDemands: pods.map((pod) => free(pod)),
    volumes: [],
    cni: { prefixDelegation: false, maxEni: undefined } as Picture["cni"],
    ...parts,
  };
}

describe("pods that move", () => {
  const nodes = [nodeOf("old-1", "a"), nodeOf("old-2", "b")];
  const demanding = (demands: Partial<PodDemands>, pod: Partial<ClusterPod> = {}) => {
    const pods = webPods(2, "old-1").map((one) => ({ ...one, ...pod }));
    return picture(nodes, pods, { podDemands: pods.map((one) => free(one, demands)) });
  };
  const titles = (seen: Partial<Picture>) => foundBy(podsWithoutNode, seen).map(({ title }) => title);

  it("find a node by labels that their group gives, and by those of every node", () => {
    const nodeSelector = {
      tier: "web",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
      "node.kubernetes.io/instance-type": "m5.large",
      "topology.kubernetes.io/zone": "us-west-2b",
    };
    assert.deepEqual(titles(demanding({}, { nodeSelector })), []);
  });

  it("are told once for their owner where a label is not the group's, and that copies of groups are taken", () => {
    assert.deepEqual(foundBy(podsWithoutNode, demanding({}, { nodeSelector: { disk: "ssd" } })), [
      {
        id: "POD-NO-NODE",
        level: "stop",
        title: "ReplicaSet shop/web would find no node: it needs label disk=ssd",
        evidence: [
          "2 pods on nodes that go: shop/web-old-1-0, shop/web-old-1-1",
          "New workers are taken to be copies of today's managed node groups.",
        ],
        wayOut:
          "Give it to a worker group (labels of workerGroups in the stack's configuration), or let the pods go without.",
      },
    ]);
  });

  it("can't ask for the name of a group that goes", () => {
    const [finding] = foundBy(
      podsWithoutNode,
      demanding({}, { nodeSelector: { "eks.amazonaws.com/nodegroup": "general" } }),
    );
    assert.match(finding?.title ?? "", /needs label eks\.amazonaws\.com\/nodegroup=general$/);
    assert.match(finding?.wayOut ?? "", /^Let it ask for a label of its own/);
  });

  const operators: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ["In", ["web", "batch"], undefined],
    ["In", ["db"], "label tier=db"],
    ["In", ["db", "batch"], "label tier of db, batch"],
    ["NotIn", ["db"], undefined],
    ["NotIn", ["web"], "no label tier=web"],
    ["Exists", [], undefined],
    ["DoesNotExist", [], "no label tier"],
    ["Gt", ["3"], "label tier above 3"],
  ];
  for (const [operator, values, needs] of operators) {
    it(`are held to their affinity: tier ${operator} ${values.join(",")}`, () => {
      const nodeTerms = [{ labels: [{ key: "tier", operator, values }], fields: [] }];
      assert.deepEqual(
        titles(demanding({ nodeTerms })),
        needs === undefined ? [] : [`ReplicaSet shop/web would find no node: it needs ${needs}`],
      );
    });
  }

  it("need one of their terms alone, and all of its conditions", () => {
    const wants = (key: string, value: string) => ({ key, operator: "In", values: [value] });
    const nodeTerms = [
      { labels: [wants("tier", "web"), wants("disk", "ssd")], fields: [] },
      { labels: [wants("tier", "web")], fields: [] },
    ];
    assert.deepEqual(titles(demanding({ nodeTerms })), []);
    assert.deepEqual(titles(demanding({ nodeTerms: nodeTerms.slice(0, 1) })), [
      "ReplicaSet shop/web would find no node: it needs label tier=web and label disk=ssd",
    ]);
  });

  it("are told where new workers have a taint that they don't tolerate, and not where they do", () => {
    const taints = [{ key: "team", value: "payments", effect: "NoSchedule" }];
    const workerGroups = [{ name: "pods", replaces: ["general"], like: "general", taints }];
    const tainted = (tolerations: PodDemands["tolerations"]) =>
      titles({ ...demanding({ tolerations }), wanted: { podCidrs: [], workerGroups } });
    assert.deepEqual(tainted([]), [
      "ReplicaSet shop/web would find no node: it does not tolerate team=payments:NoSchedule",
    ]);
    assert.deepEqual(tainted([{ key: "team", operator: "Equal", value: "payments" }]), []);
    assert.deepEqual(tainted([{ key: "team", operator: "Exists", effect: "NoSchedule" }]), []);
    assert.deepEqual(tainted([{ operator: "Exists" }]), []);
    assert.equal(tainted([{ key: "team", value: "shop" }]).length, 1);
    assert.equal(tainted([{ key: "team", operator: "Exists", effect: "NoExecute" }]).length, 1);
  });

  it("find nodes that stay, and those that stay don't move", () => {
    const staying = {
      ...nodeOf("batch-1", "a", { disk: "ssd" }),
      owner: { kind: "karpenter", nodePool: "x" } as const,
    };
    const pods = webPods(1, "old-1").map((pod) => ({ ...pod, nodeSelector: { disk: "ssd" } }));
    assert.deepEqual(titles(picture([...nodes, staying], pods)), []);
    const onStaying = pods.map((pod) => ({ ...pod, nodeName: "batch-1", nodeSelector: { disk: "none" } }));
    assert.deepEqual(titles(picture([...nodes, staying], onStaying)), []);
  });

  it("find labels again that software gives to nodes, and none that people gave by hand", () => {
    const label = "feature.node.kubernetes.io/cpu-cpuid.AVX512F";
    const labelled = [nodeOf("old-1", "a", { [label]: "true", "example.com/by-hand": "true" })];
    const wants = (key: string) =>
      titles(
        picture(
          labelled,
          webPods(1, "old-1").map((pod) => ({ ...pod, nodeSelector: { [key]: "true" } })),
        ),
      );
    assert.deepEqual(wants(label), []);
    assert.equal(wants("example.com/by-hand").length, 1);
  });

  describe("with volumes", () => {
    const pod = { ...webPod, nodeName: "old-2" };
    const volumeIn = (zone: string) => ({
      name: "pv-1",
      claim: "shop/data",
      nodeTerms: [
        { labels: [{ key: "topology.ebs.csi.aws.com/zone", operator: "In", values: [zone] }], fields: [] },
      ],
    });
    const withVolume = (zone: string, wanted: Picture["wanted"] = { podCidrs: [] }) =>
      picture(nodes, [pod], {
        podDemands: [free(pod, { claims: ["data"] })],
        volumes: [volumeIn(zone)],
        wanted,
      });

    it("go to the zone of the volume where new workers are there", () => {
      assert.deepEqual(foundBy(volumesLeftBehind, withVolume("us-west-2b")), []);
    });

    it("are told where the zone gets no new workers", () => {
      const [finding, ...others] = foundBy(
        volumesLeftBehind,
        withVolume("us-west-2b", { podCidrs: [], zones: ["us-west-2a"] }),
      );
      assert.equal(finding?.title, "shop/web-1 would find no node that reaches its volumes");
      assert.deepEqual(finding.evidence, [
        "PersistentVolume pv-1 of claim shop/data asks for a node with label topology.ebs.csi.aws.com/zone=us-west-2b.",
        "New workers are taken to be copies of today's managed node groups.",
      ]);
      assert.deepEqual(others, []);
    });

    it("are told where the volume is a disk of the node itself", () => {
      const nodeTerms = [
        { labels: [{ key: "kubernetes.io/hostname", operator: "In", values: ["old-2"] }], fields: [] },
      ];
      const seen = withVolume("us-west-2b");
      assert.equal(
        foundBy(volumesLeftBehind, { ...seen, volumes: [{ ...volumeIn("us-west-2b"), nodeTerms }] }).length,
        1,
      );
      assert.deepEqual(
        foundBy(volumesLeftBehind, {
          ...seen,
          volumes: [{ ...volumeIn("us-west-2b"), nodeTerms: undefined }],
        }),
        [],
      );
    });
  });
});

describe("new workers", () => {
  const nodes = [nodeOf("old-1", "a"), nodeOf("old-2", "a")];

  it("that may be as many as are needed are well", () => {
    const pods = [...webPods(19, "old-1"), ...webPods(19, "old-2")];
    assert.deepEqual(foundBy(roomOnNewWorkers, picture(nodes, pods)), []);
  });

  it("that may not are told by group and zone, with the number that would do", () => {
    const pods = [...webPods(25, "old-1"), ...webPods(25, "old-2"), daemonPod("log", "old-1")];
    const workerGroups = [{ name: "pods", replaces: ["general"], like: "general", maxSize: 2 }];
    const [finding, ...others] = foundBy(
      roomOnNewWorkers,
      picture(nodes, pods, { wanted: { podCidrs: [], workerGroups } }),
    );
    // An m5.large carries 20 with custom networking, one of which is the DaemonSet's; CPU is enough for 18.
    assert.equal(
      finding?.title,
      "pods-us-west-2a would need 3 workers for the pods that come to it; its maximum is 2",
    );
    assert.equal(finding.wayOut, "Give worker group pods a maxSize of 3 or more; it counts for each zone.");
    assert.deepEqual(others, []);
  });

  it("on which a pod never fits are told", () => {
    const pods = webPods(1, "old-1").map((pod) => ({
      ...pod,
      requests: { cpuMillis: 3000, memoryBytes: 0 },
    }));
    const [finding] = foundBy(roomOnNewWorkers, picture(nodes, pods));
    assert.equal(
      finding?.title,
      "shop/web-old-1-0 would fit on no worker of pods-general-us-west-2a, not even an empty one",
    );
  });

  it("are missed where a group has none in its zone, but for groups of our own", () => {
    const batch = { ...general, nodeGroupName: "batch", subnetIds: ["subnet-b"] };
    const ours = {
      ...general,
      nodeGroupName: "pods-us-west-2a",
      tags: { "eks-pod-network.io/cluster": "shop" },
    };
    const owned = (name: string, group: string, zone: string) => ({
      ...nodeOf(name, zone),
      owner: { kind: "managedNodeGroup", name: group } as const,
    });
    const all = [
      owned("old-1", "general", "a"),
      owned("old-2", "general", "b"),
      owned("batch-1", "batch", "b"),
      owned("new-1", "pods-us-west-2a", "a"),
    ];
    const workerGroups = [{ name: "pods", replaces: ["general"], like: "general" }];
    const groups = [general, batch, ours];
    const wanted = { podCidrs: [], workerGroups, zones: ["us-west-2a"] };
    assert.deepEqual(
      foundBy(groupsNotReplaced, picture(all, [], { groups, wanted })).map(({ title, evidence }) => [
        title,
        evidence[0],
      ]),
      [
        ["no worker group takes the place of 1 node of managed node group general", "old-2 (us-west-2b)"],
        ["no worker group takes the place of 1 node of managed node group batch", "batch-1 (us-west-2b)"],
      ],
    );
    assert.deepEqual(foundBy(groupsNotReplaced, picture(all, [], { groups })), []);
  });
});

describe("webhooks", () => {
  const dead: WebhookFacts = {
    kind: "MutatingWebhookConfiguration",
    configuration: "injector",
    name: "inject.example.com",
    occasions: ["evict", "create"],
    namespaceSelector: {},
    objectSelector: {},
    service: { namespace: "mesh", name: "injector", readyEndpoints: 0 },
  };
  const cluster = clusterWith([nodeOf("old-1", "a")], webPods(2, "old-1"));
  const namespaces = new Map([["shop", { team: "web" }]]);
  const titles = (webhook: WebhookFacts) =>
    foundBy(webhooksAnswer, { cluster, admission: { webhooks: [webhook], elsewhere: [], namespaces } }).map(
      ({ title }) => title,
    );

  it("that nobody answers are told with what they refuse", () => {
    assert.deepEqual(titles(dead), [
      "webhook inject.example.com refuses evictions and new pods: nobody answers it",
    ]);
  });

  it("that somebody answers, or that mean no pod that moves, are well", () => {
    assert.deepEqual(titles({ ...dead, service: { ...dead.service, readyEndpoints: 1 } }), []);
    assert.deepEqual(titles({ ...dead, namespaceSelector: { matchLabels: { team: "batch" } } }), []);
    assert.deepEqual(titles({ ...dead, objectSelector: { matchLabels: { app: "other" } } }), []);
  });

  it("behind a URL are named as not seen, where they mean a pod that moves and nothing else was found", () => {
    const asked = without(dead, "service");
    const run = (webhooks: WebhookFacts[], change: Partial<WebhookFacts> = {}) => {
      const elsewhere = [{ ...asked, ...change, url: "https://guard.example.com/pods" }];
      return webhooksAnswer.run({
        cluster,
        admission: { webhooks, elsewhere, namespaces },
      } as unknown as Picture);
    };
    assert.deepEqual(run([]), {
      notSeen:
        "whether anybody answers inject.example.com (https://guard.example.com/pods) can't be seen from here",
    });
    assert.deepEqual(
      run([], { objectSelector: { matchLabels: { app: "other" } }, occasions: ["create"] }),
      [],
    );
    assert.deepEqual(
      run([dead]),
      foundBy(webhooksAnswer, { cluster, admission: { webhooks: [dead], elsewhere: [], namespaces } }),
    );
  });

  it("that go by the labels of pods are not asked about evictions, which have none", () => {
    assert.deepEqual(titles({ ...dead, objectSelector: { matchLabels: { app: "web" } } }), [
      "webhook inject.example.com refuses new pods: nobody answers it",
    ]);
  });
});

describe("what makes and ends nodes", () => {
  const karpenter = {
    deployment: "kube-system/karpenter",
    reservedEnis: 0,
    reckoningNodeClasses: ["default"],
  };
  const cni = { prefixDelegation: false } as Picture["cni"];
  const enis = (change: Partial<typeof karpenter>, settings = cni) =>
    foundBy(karpenterReservesEni, {
      autoscalers: { clusterAutoscalers: [], karpenter: { ...karpenter, ...change } },
      cni: settings,
    }).length;

  it("is told where Karpenter reckons with the primary ENI, unless that does no harm", () => {
    assert.equal(enis({}), 1);
    assert.equal(enis({ reservedEnis: 1 }), 0);
    assert.equal(enis({ reckoningNodeClasses: [] }), 0);
    assert.equal(enis({}, { prefixDelegation: true } as Picture["cni"]), 0);
  });

  it("is told where a cluster autoscaler runs, and that it knows listed groups alone", () => {
    const [finding] = foundBy(clusterAutoscaler, {
      autoscalers: {
        clusterAutoscalers: [{ deployment: "kube-system/cluster-autoscaler", listsGroups: true }],
        karpenter: undefined,
      },
    });
    assert.equal(
      finding?.title,
      "the cluster autoscaler (kube-system/cluster-autoscaler) changes groups on its own",
    );
    assert.match(finding.evidence[1] ?? "", /listed by --nodes/);
    assert.match(
      finding.wayOut,
      /kubectl scale --namespace kube-system deployment\/cluster-autoscaler --replicas 0; /,
    );
  });
});

describe("finalizers of pods", () => {
  it("are told together, and those of Kubernetes itself are not", () => {
    const pods = webPods(2, "old-1");
    const podDemands = pods.map((pod) =>
      free(pod, { finalizers: ["mesh.example.com/deregister", "batch.kubernetes.io/job-tracking"] }),
    );
    assert.deepEqual(
      foundBy(podsWithFinalizers, { cluster: clusterWith([], pods), podDemands }).map(({ title }) => title),
      ["2 pods have the finalizer mesh.example.com/deregister"],
    );
  });
});

describe("permissions", () => {
  it("that are missing are told by step; those that may hold in part are no reason to stop", () => {
    const denials = [
      { what: "ec2:CreateSubnet", steps: ["up"], how: "denied" },
      { what: "eks:DescribeNodegroup", steps: ["preview", "up", "rotate"], how: "denied" },
      { what: "ec2:CreateTags", steps: ["up"], how: "notAllowed" },
    ] as const;
    const permissions = { who: "arn:aws:iam::1:user/ann", foundBy: "iam:SimulatePrincipalPolicy", denials };
    assert.deepEqual(foundBy(awsPermissions, { awsPermissions: permissions }), [
      {
        id: "IAM-MISSING",
        level: "stop",
        title: "arn:aws:iam::1:user/ann may not do 2 things that are needed",
        evidence: [
          "podnet preview needs eks:DescribeNodegroup",
          "podnet up needs ec2:CreateSubnet, eks:DescribeNodegroup",
          "podnet rotate needs eks:DescribeNodegroup",
          "Found out by iam:SimulatePrincipalPolicy.",
        ],
        wayOut:
          "Add it to a policy of the caller, or use other credentials; podnet permissions prints the least policy.",
      },
      {
        id: "IAM-MISSING",
        level: "warn",
        title: "arn:aws:iam::1:user/ann is not allowed for every resource to do ec2:CreateTags",
        evidence: [
          "podnet up needs ec2:CreateTags",
          "A policy that names resources or conditions may allow it all the same. Found out by iam:SimulatePrincipalPolicy.",
        ],
        wayOut:
          "Add it to a policy of the caller, or use other credentials; podnet permissions prints the least policy.",
      },
    ]);
    assert.deepEqual(
      foundBy(kubernetesPermissions, { kubernetesPermissions: { ...permissions, denials: [] } }),
      [],
    );
  });

  it("that only the way back takes are no reason to stop", () => {
    const denials = [{ what: "ec2:DeleteSubnet", steps: ["rollback"], how: "denied" }] as const;
    const permissions = { who: "user ann", foundBy: "iam:SimulatePrincipalPolicy", denials };
    const [finding, ...more] = foundBy(awsPermissions, { awsPermissions: permissions });
    assert.deepEqual(more, []);
    assert.equal(finding?.level, "warn");
    assert.equal(finding.title, "user ann may go forward, and for the way back not do ec2:DeleteSubnet");
    assert.deepEqual(finding.evidence, [
      "podnet rollback needs ec2:DeleteSubnet",
      "Found out by iam:SimulatePrincipalPolicy.",
    ]);
  });

  it("are those of the owners that there are; who looks alone is not asked for what it looks at", () => {
    assert.equal(ownersIn({ notSeen: "the cluster's API does not answer" }), undefined);
    const owned = (name: string, owner: ClusterNode["owner"]) => ({ ...oldNodeNamed(name), owner });
    const nodes = [
      owned("a", { kind: "managedNodeGroup", name: "general" }),
      owned("b", { kind: "standalone" }),
      owned("c", { kind: "fargate" }),
      owned("d", { kind: "managedNodeGroup", name: "batch" }),
    ];
    assert.deepEqual(ownersIn({ nodes }), ["managed", "standalone"]);
    assert.deepEqual(
      needsBeyondPreflight([
        { action: "ec2:DescribeNetworkAcls", steps: ["preflight"] },
        { action: "ec2:DescribeVpcs", steps: ["preflight", "up"] },
      ]),
      [{ action: "ec2:DescribeVpcs", steps: ["up"] }],
    );
  });

  it("are those of a user or a role, of a session those of its role, and of root all", () => {
    const user = "arn:aws:iam::123456789012:user/teams/ann";
    assert.deepEqual(callerOf(user), { kind: "principal", arn: user });
    assert.deepEqual(callerOf("arn:aws-cn:sts::123456789012:assumed-role/deploy/run-7"), {
      kind: "session",
      roleName: "deploy",
      arn: "arn:aws-cn:iam::123456789012:role/deploy",
    });
    assert.deepEqual(callerOf("arn:aws:iam::123456789012:root"), { kind: "root" });
    assert.deepEqual(callerOf("arn:aws:sts::123456789012:federated-user/ann"), { kind: "other" });
  });
});
