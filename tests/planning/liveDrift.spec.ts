import assert from "node:assert/strict";
import { liveDrift, type LiveState } from "../../planning/liveDrift";
import type { ClusterNode } from "../../planning/rotation/observation";

const ZONE_LABEL = "topology.kubernetes.io/zone";
const node = (given: Partial<ClusterNode> = {}): ClusterNode => ({
  name: "ip-10-8-0-7",
  uid: "1",
  instanceId: "i-1",
  availabilityZone: "us-west-2a",
  instanceTypeName: "m5.large",
  instanceType: undefined,
  createdAtMs: 0,
  isReady: true,
  isUnschedulable: false,
  labels: { [ZONE_LABEL]: "us-west-2a" },
  annotations: {},
  taints: [],
  allocatable: { pods: 20, cpuMillis: 2_000, memoryBytes: 8e9 },
  owner: { kind: "managedNodeGroup", name: "pods-general-us-west-2a" },
  enis: [],
  ...given,
});
const live: LiveState = {
  name: "prod",
  observation: {
    nodes: [node()],
    pods: [],
    budgets: [],
    target: {
      podSubnets: [{ availabilityZone: "us-west-2a", subnetId: "subnet-1", cidrBlock: "100.64.0.0/19" }],
      prefixDelegation: false,
      maxEni: undefined,
    },
  },
  env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", ENI_CONFIG_LABEL_DEF: ZONE_LABEL, WARM_IP_TARGET: "2" },
  initEnv: {},
  askedEnv: { WARM_IP_TARGET: "2" },
  askedInitEnv: {},
  foreign: [],
  eniConfigs: ["us-west-2a"],
  workerGroups: ["pods-general-us-west-2a"],
};
const titles = (given: Partial<LiveState>) =>
  liveDrift({ ...live, ...given }).map(({ id, title }) => `${id} ${title}`);
const withNode = (given: Partial<ClusterNode>) =>
  titles({ observation: { ...live.observation, nodes: [node(given)] } });

describe("liveDrift", () => {
  it("finds nothing where all is as the stack says, however many nodes there are", () => {
    assert.deepEqual(titles({}), []);
    assert.deepEqual(titles({ observation: { ...live.observation, nodes: [] } }), []);
  });

  it("finds settings that aws-node does not run with", () => {
    assert.deepEqual(
      titles({
        env: { AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: "true", WARM_IP_TARGET: "5", WARM_ENI_TARGET: "1" },
        askedInitEnv: { DISABLE_TCP_EARLY_DEMUX: "true" },
      }),
      [
        `CNI-SETTING container aws-node of aws-node has no ENI_CONFIG_LABEL_DEF, its stack says ENI_CONFIG_LABEL_DEF=${ZONE_LABEL}`,
        "CNI-SETTING container aws-node of aws-node has WARM_IP_TARGET=5, its stack says WARM_IP_TARGET=2",
        "CNI-SETTING container aws-vpc-cni-init of aws-node has no DISABLE_TCP_EARLY_DEMUX, its stack says DISABLE_TCP_EARLY_DEMUX=true",
      ],
    );
  });

  it("sets back what is no plain word by one that shells take", () => {
    const askedEnv = { WARM_IP_TARGET: "2", ADDITIONAL_ENI_TAGS: '{"owner":"shop"}' };
    const [{ wayOut } = { wayOut: "" }] = liveDrift({ ...live, askedEnv });
    assert.match(wayOut, / -c aws-node 'ADDITIONAL_ENI_TAGS=\{"owner":"shop"\}'$/);
  });

  it("finds settings that somebody gave aws-node past its add-on, and sends nobody to what would be refused", () => {
    const kept = { container: "aws-node", name: "WARM_ENI_TARGET", value: "7", isRefused: false } as const;
    const refused = { ...kept, container: "aws-vpc-cni-init", value: undefined, isRefused: true } as const;
    const managers = ["kubectl-set", "helm"];
    const found = liveDrift({ ...live, foreign: [kept, refused].map((one) => ({ ...one, managers })) });
    const back = (container: string) =>
      `find out who set it, and take it back: kubectl set env daemonset/aws-node -n kube-system -c ${container} WARM_ENI_TARGET-; `;
    assert.deepEqual(found, [
      {
        id: "CNI-SETTING",
        title:
          "container aws-node of aws-node has WARM_ENI_TARGET=7, held by kubectl-set and helm and not by EKS",
        wayOut: `${back("aws-node")}where it is to stay, podnet up prod writes it into the add-on's configuration`,
      },
      {
        id: "CNI-SETTING",
        title:
          "container aws-vpc-cni-init of aws-node has WARM_ENI_TARGET from elsewhere (valueFrom), held by kubectl-set and helm and not by EKS",
        wayOut: `${back("aws-vpc-cni-init")}podnet up prod refuses until then`,
      },
    ]);
  });

  it("finds marks that beat the zone of a node", () => {
    assert.deepEqual(withNode({ annotations: { "k8s.amazonaws.com/eniConfig": "legacy" } }), [
      `ENI-ANNOTATION node ip-10-8-0-7 carries the annotation k8s.amazonaws.com/eniConfig=legacy, which beats ${ZONE_LABEL}`,
    ]);
  });

  it("finds no fault with the label by which the stack's own workers take the ENIConfigs of their group", () => {
    const label = "vpc.amazonaws.com/externalEniConfig";
    const carrying = { labels: { [ZONE_LABEL]: "us-west-2a", [label]: "batch-us-west-2a" } };
    const withGroup = (given: Partial<ClusterNode>) =>
      titles({
        eniConfigs: ["us-west-2a", "batch-us-west-2a"],
        observation: { ...live.observation, nodes: [node({ ...carrying, ...given })] },
      });
    const stray = `ENI-ANNOTATION node ip-10-8-0-7 carries the label ${label}=batch-us-west-2a, which beats ${ZONE_LABEL}`;
    assert.deepEqual(withGroup({}), []);
    assert.deepEqual(withNode(carrying), [stray]);
    assert.deepEqual(withGroup({ owner: { kind: "managedNodeGroup", name: "general" } }), [stray]);
  });

  it("finds new workers that are old, and leaves alone those that are to be rotated", () => {
    const primary = {
      eniId: "eni-1",
      subnetId: "subnet-9",
      isPrimary: true,
      networkCardIndex: 0,
      interfaceType: "interface",
      noManage: false,
      securityGroupIds: [],
      secondaryAddresses: ["10.8.0.9"],
      prefixes: [],
    };
    const [found] = withNode({ enis: [primary] });
    assert.match(
      found ?? "",
      /^NEW-WORKER-OLD node ip-10-8-0-7 of the new group pods-general-us-west-2a is old: /,
    );
    assert.deepEqual(withNode({ enis: [primary], owner: { kind: "managedNodeGroup", name: "general" } }), []);
  });
});
