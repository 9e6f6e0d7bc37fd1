import assert from "node:assert/strict";
import type { KubeletSettings } from "../../../../sandbox/dataPlane/kubelet/kubeletSettings";
import { nodeName, nodeOf } from "../../../../sandbox/dataPlane/kubelet/registration";
import { limitsOf } from "../../../../sandbox/dataPlane/limitsOfInstanceType";

const instance = {
  instanceId: "i-0123456789abcdef0",
  clusterName: "small",
  instanceType: "m5.large",
  availabilityZone: "us-west-2a",
  region: "us-west-2",
  privateIpAddress: "10.8.0.4",
  securityGroups: [],
  launchedAtMs: 0,
  isRunning: true,
};
const kubelet = { version: "v1.36.1", now: new Date(0) };
const none: KubeletSettings = {
  clusterName: "small",
  maxPods: undefined,
  labels: {},
  taints: [],
  operatingSystem: "al2023",
  warnings: [],
};

describe("the Node as which an instance registers", () => {
  it("says where the instance is and what it is", () => {
    const { metadata, spec, status } = nodeOf(instance, limitsOf("m5.large"), none, kubelet);
    assert.equal(metadata?.name, "ip-10-8-0-4.us-west-2.compute.internal");
    assert.equal(spec?.providerID, "aws:///us-west-2a/i-0123456789abcdef0");
    assert.equal(metadata.labels?.["topology.kubernetes.io/zone"], "us-west-2a");
    assert.equal(metadata.labels["topology.kubernetes.io/region"], "us-west-2");
    assert.equal(metadata.labels["node.kubernetes.io/instance-type"], "m5.large");
    assert.equal(metadata.labels["kubernetes.io/arch"], "amd64");
    assert.deepEqual(status?.addresses, [
      { type: "InternalIP", address: "10.8.0.4" },
      { type: "InternalDNS", address: "ip-10-8-0-4.us-west-2.compute.internal" },
      { type: "Hostname", address: "ip-10-8-0-4.us-west-2.compute.internal" },
    ]);
    assert.equal(status.nodeInfo?.kubeletVersion, "v1.36.1");
  });

  it("is NotReady from the first moment on, so that nothing is scheduled before aws-node", () => {
    const { status } = nodeOf(instance, limitsOf("m5.large"), none, kubelet);
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    assert.equal(ready?.status, "False");
    assert.equal(ready.reason, "KubeletNotReady");
  });

  it("carries the pods, labels and taints of its user data", () => {
    const settings: KubeletSettings = {
      ...none,
      maxPods: 20,
      labels: { "eks.amazonaws.com/nodegroup": "general" },
      taints: [{ key: "dedicated", value: "batch", effect: "NoSchedule" }],
    };
    const { metadata, spec, status } = nodeOf(instance, limitsOf("m5.large"), settings, kubelet);
    assert.equal(status?.capacity?.pods, "20");
    assert.equal(status.allocatable?.pods, "20");
    assert.equal(metadata?.labels?.["eks.amazonaws.com/nodegroup"], "general");
    assert.deepEqual(spec?.taints, settings.taints);
  });

  it("carries what the AMI computes when user data has no max pods: 29 on an m5.large, whatever the CNI does", () => {
    const pods = (type: string) => nodeOf(instance, limitsOf(type), none, kubelet).status?.capacity?.pods;
    assert.deepEqual(["m5.large", "t3.medium", "m5.xlarge", "c5.4xlarge", "p5.48xlarge"].map(pods), [
      "29",
      "17",
      "58",
      "234",
      "100",
    ]);
  });

  it("reserves what the kubelet of the AMI reserves", () => {
    const { capacity, allocatable } = nodeOf(instance, limitsOf("m5.large"), none, kubelet).status ?? {};
    assert.deepEqual([capacity?.cpu, capacity?.memory], ["2", "8192Mi"]);
    assert.deepEqual([allocatable?.cpu, allocatable?.memory], ["1930m", `${8192 - 11 * 29 - 255 - 100}Mi`]);
  });

  it("says which operating system it is", () => {
    const image = (operatingSystem: KubeletSettings["operatingSystem"]) =>
      nodeOf(instance, limitsOf("m5.large"), { ...none, operatingSystem }, kubelet).status?.nodeInfo?.osImage;
    assert.equal(image("al2023"), "Amazon Linux 2023");
    assert.equal(image("bottlerocket"), "Bottlerocket OS 1.44.0 (aws-k8s-1.36)");
  });

  it("says of Windows which build it is, and how many addresses its one ENI has for pods", () => {
    const settings: KubeletSettings = { ...none, operatingSystem: "windows" };
    const { metadata, status } = nodeOf(instance, limitsOf("m5.large"), settings, kubelet);
    assert.equal(metadata?.labels?.["kubernetes.io/os"], "windows");
    assert.equal(metadata.labels["node.kubernetes.io/windows-build"], "10.0.20348");
    assert.equal(status?.nodeInfo?.operatingSystem, "windows");
    assert.equal(status.allocatable?.["vpc.amazonaws.com/PrivateIPv4Address"], "9");
  });

  it("has another domain in us-east-1", () => {
    assert.equal(nodeName({ privateIpAddress: "10.0.1.4", region: "us-east-1" }), "ip-10-0-1-4.ec2.internal");
  });

  it("is not made for a type that is not in the table", () => {
    assert.throws(() => limitsOf("x9.mega"), /does not know the instance type x9\.mega; add its row/);
  });
});
