import type { V1Pod } from "@kubernetes/client-node";
import type { NodeView, PodView } from "../../../sandbox/dataPlane/cluster/view";
import type { ClusterInstance } from "../../../sandbox/dataPlane/ec2/instances";
import { patienceOfIpamd } from "../../../sandbox/dataPlane/ipamd/nextStep";
import { limitsOf } from "../../../sandbox/dataPlane/limitsOfInstanceType";
import { NodeAgent, type AgentOutside } from "../../../sandbox/dataPlane/nodeAgent";
import { eventually } from "../aws/support/eventually";
import { MemoryInterfaces } from "./ipamd/memoryInterfaces";

const instance: ClusterInstance = {
  instanceId: "i-1",
  clusterName: "small",
  instanceType: "m5.large",
  availabilityZone: "us-west-2a",
  region: "us-west-2",
  privateIpAddress: "10.8.0.4",
  securityGroups: ["sg-node"],
  launchedAtMs: 0,
  isRunning: true,
};
const nodeName = "ip-10-8-0-4.us-west-2.compute.internal";
const node: NodeView = {
  name: nodeName,
  uid: "uid of the node",
  providerId: "aws:///us-west-2a/i-1",
  labels: {},
  annotations: { "sandbox/cni": "ok" },
  isSchedulable: true,
  isTerminating: false,
  maxPods: 29,
};

function podNamed(name: string, more: Partial<PodView> = {}): PodView {
  return {
    ...{ uid: name, namespace: "shop", name, nodeName, createdAtMs: 0, podIp: undefined, labels: {} },
    ...{ isOnHostNetwork: false, isTerminating: false, isFinished: false, namedPorts: {}, claims: [] },
    ...{ needing: undefined, plain: undefined, mirrorOf: undefined, awsNode: undefined, crashing: undefined },
    ...more,
  };
}

/** One that is Ready, and whose ipamd wants more addresses than one ENI of an m5.large has. */
const awsNode: V1Pod = {
  metadata: { name: "aws-node-1", namespace: "kube-system", uid: "aws-node-1" },
  spec: {
    containers: [
      {
        name: "aws-node",
        image: "amazon-k8s-cni:v1.23.1",
        env: [
          { name: "MINIMUM_IP_TARGET", value: "12" },
          { name: "WARM_IP_TARGET", value: "1" },
        ],
      },
    ],
  },
  status: { conditions: [{ type: "Ready", status: "True" }] },
};

describe("the agent of a node", () => {
  it("gives new pods what its pool has while EC2 takes its time over another ENI", async () => {
    const interfaces = new MemoryInterfaces(new Map([["subnet-nodes", 100]]));
    interfaces.place("subnet-nodes", 0);
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const attach = interfaces.attach.bind(interfaces);
    let asked = false;
    interfaces.attach = async (wanted) => {
      asked = true;
      await answered;
      return await attach(wanted);
    };
    const pods = [podNamed("aws-node-1", { isOnHostNetwork: true, awsNode })];
    const patched: string[] = [];
    const agent = new NodeAgent(instance, limitsOf("m5.large"), {
      api: {
        patch: (path: string) => {
          patched.push(path);
          return Promise.resolve({});
        },
      },
      view: {
        nodes: new Map([[nodeName, node]]),
        staticPods: new Map(),
        eniConfigs: new Map(),
        podsOn: () => pods,
        pod: (_: string, uid: string) => pods.find((pod) => pod.uid === uid),
      },
      ...{ interfaces, subnets: { of: () => Promise.resolve([]) }, hasVolumes: () => true },
      ...{ patience: patienceOfIpamd, pace: 1, now: () => 1_000_000, log: () => undefined },
    } as unknown as AgentOutside);
    try {
      agent.wake();
      await eventually(
        () => Promise.resolve(asked),
        (isAsked) => isAsked,
      );

      pods.push(podNamed("web-1"));
      agent.wake();
      await eventually(
        () => Promise.resolve(patched),
        (paths) => paths.includes("/api/v1/namespaces/shop/pods/web-1/status"),
        2_000,
      );
    } finally {
      answer();
      await agent.stop();
    }
  });
});
