import assert from "node:assert/strict";
import type { NodeGroupFacts } from "../../../planning/podNetwork/clusterFacts";
import { planWorkers } from "../../../planning/workers/planWorkers";
import type { WorkerRequest } from "../../../planning/workers/workerRequest";
import { generalGroup } from "../../support/nodeGroups";
import { without } from "../../support/without";

const request: WorkerRequest = {
  kind: "managed",
  instanceTypes: ["m5.large"],
  hasImage: false,
  hasNodeRole: true,
  hasInstanceProfile: false,
  hasSecurityGroups: false,
  maxSize: 4,
};
const autoScaling: WorkerRequest = {
  ...request,
  kind: "autoScaling",
  hasImage: true,
  osFamily: "al2023",
  hasNodeRole: false,
  hasInstanceProfile: true,
};
const zones = ["us-west-2a", "us-west-2b"];
const asGeneral: WorkerRequest = {
  ...without(request, "instanceTypes", "maxSize"),
  hasNodeRole: false,
  like: "general",
};

const plan = (more: Partial<WorkerRequest> = {}, base = request) => planWorkers({ ...base, ...more }, zones);
const copy = (group: NodeGroupFacts, more: Partial<WorkerRequest> = {}) =>
  planWorkers({ ...asGeneral, ...more }, zones, { group, isOwn: false });
const pathsOf = (planned: ReturnType<typeof planWorkers>) => planned.problems.map(({ path }) => path);

describe("the plan of workers", () => {
  it("takes the image of the architecture that the instance types have", () => {
    const imageOf = (...instanceTypes: string[]) => plan({ instanceTypes }).plan.amiType;
    assert.equal(imageOf("m5.large", "g4dn.xlarge"), "AL2023_x86_64_STANDARD");
    for (const type of [
      "m7g.large",
      "c6gn.large",
      "t4g.small",
      "a1.large",
      "x2gd.large",
      "p6e-gb200.36xlarge",
    ])
      assert.equal(imageOf(type), "AL2023_ARM_64_STANDARD", type);
  });

  it("refuses types that can't start the image", () => {
    const [problem] = plan({ instanceTypes: ["m5.large", "m7g.large"] }).problems;
    assert.deepEqual(problem, {
      path: "instanceTypes",
      reason: '"m7g.large" can\'t start the image of the group: AL2023_x86_64_STANDARD is x86_64.',
      fix: "Give types of one architecture, and amiType or imageId of the same.",
    });
    assert.deepEqual(pathsOf(copy(generalGroup, { instanceTypes: ["m5.large"] })), ["instanceTypes"]);
    assert.deepEqual(pathsOf(plan({ instanceTypes: ["m5.large", "m7g.large"] }, autoScaling)), [
      "instanceTypes",
    ]);
  });

  it("puts AL2023 of the same architecture and accelerator in the place of Amazon Linux 2", () => {
    const rows = [
      ["AL2_x86_64", "m5.large", "AL2023_x86_64_STANDARD"],
      ["AL2_ARM_64", "m7g.large", "AL2023_ARM_64_STANDARD"],
      ["AL2_x86_64_GPU", "g5.xlarge", "AL2023_x86_64_NVIDIA"],
      ["AL2_x86_64_GPU", "inf2.xlarge", "AL2023_x86_64_NEURON"],
      ["BOTTLEROCKET_ARM_64", "m7g.large", "BOTTLEROCKET_ARM_64"],
    ] as const;
    for (const [amiType, type, expected] of rows) {
      const { plan: planned, notes, problems } = copy({ ...generalGroup, amiType, instanceTypes: [type] });
      assert.deepEqual([planned.amiType, problems], [expected, []]);
      assert.equal(notes.length, amiType === expected ? 0 : 1, amiType);
    }
  });

  it("adds labels, taints and tags that are given to those that are copied", () => {
    const { plan: planned } = copy(generalGroup, {
      labels: { team: "data" },
      taints: [
        { key: "dedicated", value: "data", effect: "NoSchedule" },
        { key: "new", effect: "NoExecute" },
      ],
    });
    assert.deepEqual(planned.labels, { workload: "general", team: "data" });
    assert.deepEqual(planned.taints, [
      { key: "dedicated", value: "data", effect: "NoSchedule" },
      { key: "new", effect: "NoExecute" },
    ]);
    assert.deepEqual(copy(generalGroup, { taints: [{ key: "a", effect: "NoExecute" }] }).plan.taints, [
      { key: "a", effect: "NoExecute" },
      { key: "dedicated", value: "general", effect: "NoSchedule" },
    ]);
    assert.deepEqual(planned.tags, { team: "platform" });
  });

  it("does not copy which ENIConfig the old nodes take, and says so", () => {
    const old = {
      ...generalGroup,
      labels: { workload: "general", "vpc.amazonaws.com/externalEniConfig": "batch-us-west-2a" },
    };
    assert.deepEqual(copy(old).plan.labels, { workload: "general" });
    assert.deepEqual(copy(old).notes, [
      "general has the label vpc.amazonaws.com/externalEniConfig batch-us-west-2a, which is not copied: the new nodes take the ENIConfig of their zone unless eniConfig names another.",
    ]);
    assert.deepEqual(copy(old, { eniConfig: "batch" }).notes, []);
  });

  it("wants to be told what the launch template of the old group says, and what EKS does not tell of it", () => {
    const old = {
      ...generalGroup,
      amiType: "CUSTOM",
      instanceTypes: [],
      launchTemplate: { id: "lt-1", name: "old", version: "3" },
    };
    assert.match(
      copy(old).problems[0]?.fix ?? "",
      /^Give diskSize; instanceTypes; amiType, or imageId and osFamily: as the template has them, see aws ec2/,
    );
    const enough = { amiType: "AL2023_x86_64_STANDARD", instanceTypes: ["m5.large"], diskSize: 30 };
    assert.deepEqual(copy(old, enough).problems, []);
  });

  it("has no workers like Windows nodes", () => {
    assert.match(
      copy({ ...generalGroup, amiType: "WINDOWS_CORE_2022_x86_64" }).problems[0]?.reason ?? "",
      /^"general" has Windows nodes \(WINDOWS_CORE_2022_x86_64\), which custom networking does not support\.$/,
    );
  });

  it("says what is missing, where there is no group that has it", () => {
    assert.deepEqual(pathsOf(planWorkers({ ...asGeneral, like: undefined }, zones)), [
      "instanceTypes",
      "nodeRoleArn",
      "maxSize",
    ]);
  });

  it("leaves max pods to EKS where it chooses the image, and computes it elsewhere", () => {
    assert.equal(plan().plan.maxPods, undefined);
    assert.deepEqual(pathsOf(plan({ maxPods: 20 })), ["maxPods"]);
    assert.equal(plan({}, autoScaling).plan.maxPods, 20);
    assert.equal(
      plan({ prefixDelegation: true, instanceTypes: ["m7g.medium"] }, autoScaling).plan.maxPods,
      50,
    );
  });

  it("asks for max pods of types that nobody here knows, where nodeadm can't compute it", () => {
    const unknown = { instanceTypes: ["m99.large"] };
    assert.equal(
      plan(unknown, autoScaling).plan.maxPodsExpression,
      "((default_enis - 1) * (ips_per_eni - 1)) + 2",
    );
    for (const more of [{ osFamily: "bottlerocket" }, { prefixDelegation: true }, { maxEni: 3 }] as const) {
      assert.deepEqual(pathsOf(plan({ ...unknown, ...more }, autoScaling)), ["maxPods"]);
      assert.deepEqual(plan({ ...unknown, ...more, maxPods: 30 }, autoScaling).plan.maxPods, 30);
    }
  });

  it("refuses types that have no ENI left for pods, be they given or copied", () => {
    const [problem] = plan({ instanceTypes: ["m5.large"], maxEni: 1 }).problems;
    assert.equal(problem?.path, "instanceTypes[0]");
    assert.match(problem.reason, /^MAX_ENI 1 leaves only the primary ENI of m5\.large/);
    assert.deepEqual(pathsOf(copy(generalGroup, { maxEni: 1 })), ["instanceTypes[0]"]);
  });

  it("warns of types of which one could run twice the pods of another", () => {
    assert.deepEqual(plan({ instanceTypes: ["m5.large", "m5a.large"] }).notes, []);
    assert.deepEqual(plan({ instanceTypes: ["m5.xlarge", "m5.large"] }).notes, [
      "all nodes of a group run at most as many pods as its smallest type: 20 (m5.large), though m5.xlarge could run 44. Groups of their own would use it.",
    ]);
  });

  const rows: [string, Partial<WorkerRequest>, string[]][] = [
    ["an image type of Amazon Linux 2", { amiType: "AL2_x86_64" }, ["amiType"]],
    [
      "an image type beside an image",
      { amiType: "AL2023_x86_64_STANDARD", hasImage: true, osFamily: "al2023" },
      ["amiType"],
    ],
    ["an image without its operating system", { hasImage: true }, ["osFamily"]],
    ["an operating system without its image", { osFamily: "al2023" }, ["osFamily"]],
    ["an instance profile of a managed group", { hasInstanceProfile: true }, ["instanceProfileArn"]],
    ["an unknown capacity type", { capacityType: "spot" }, ["capacityType"]],
    ["no type at all", { instanceTypes: [] }, ["instanceTypes"]],
    ["sizes that are none", { minSize: -1, maxSize: 0, diskSize: 1.5 }, ["minSize", "maxSize", "diskSize"]],
    ["a minimum above the maximum", { minSize: 5 }, ["minSize"]],
    [
      "taints that Kubernetes refuses",
      {
        taints: [
          { key: "a b", effect: "NoSchedule" },
          { key: "a", effect: "Never" },
          { key: "b", effect: "NoExecute" },
          { key: "b", value: "x", effect: "NoExecute" },
        ],
      },
      ["taints[0]", "taints[1]", "taints[3]"],
    ],
    [
      "labels that Kubernetes or kubelet refuse",
      { labels: { "a b": "x", "k8s.io/mine": "x", team: "a b" } },
      ['labels["a b"]', 'labels["k8s.io/mine"]', 'labels["team"]'],
    ],
    ["a group of ENIConfigs that can't be one", { eniConfig: "Batch" }, ["eniConfig"]],
    [
      "a label that contradicts the group of ENIConfigs",
      { eniConfig: "batch", labels: { "vpc.amazonaws.com/externalEniConfig": "other" } },
      ['labels["vpc.amazonaws.com/externalEniConfig"]'],
    ],
  ];
  for (const [what, more, paths] of rows) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(pathsOf(plan(more)), paths);
    });
  }

  it("refuses of an Auto Scaling group what only EKS can do", () => {
    const wrong = {
      ...without(autoScaling, "osFamily"),
      hasImage: false,
      hasInstanceProfile: false,
      hasNodeRole: true,
      like: "general",
    };
    assert.deepEqual(pathsOf(planWorkers({ ...wrong, capacityType: "CAPACITY_BLOCK" }, zones)), [
      "imageId",
      "instanceProfileArn",
      "nodeRoleArn",
      "capacityType",
    ]);
  });
});
