import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { PodNetwork } from "../../components";
import { smallCluster, smallClusterAfter } from "../support/clusterFacts";
import { record, valueOf, type Registered } from "../support/pulumiMocks";

const args = {
  cluster: smallCluster,
  podCidrs: ["100.64.0.0/16"],
  workerGroups: [
    {
      name: "workers",
      replaces: ["general", "batch"],
      instanceTypes: ["m5.large"],
      nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
      maxSize: 4,
    },
  ],
};

const own = (name: string) => `eks-pod-network:index:${name}`;
const find = (resources: readonly Registered[], type: string) =>
  resources.filter((resource) => resource.type === type);

describe("PodNetwork", () => {
  it("makes a range, three subnets with routes and ENIConfigs, the CNI's settings and three groups", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args));
    assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
      "aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2a",
      "aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2b",
      "aws:ec2/routeTableAssociation:RouteTableAssociation pods-us-west-2c",
      "aws:ec2/subnet:Subnet pods-us-west-2a",
      "aws:ec2/subnet:Subnet pods-us-west-2b",
      "aws:ec2/subnet:Subnet pods-us-west-2c",
      "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation pods-100.64.0.0-16",
      "aws:eks/addon:Addon pods",
      "aws:eks/nodeGroup:NodeGroup pods-workers-us-west-2a",
      "aws:eks/nodeGroup:NodeGroup pods-workers-us-west-2b",
      "aws:eks/nodeGroup:NodeGroup pods-workers-us-west-2c",
      `${own("EniConfigs")} pods`,
      `${own("PodNetwork")} pods`,
      `${own("PodSubnets")} pods`,
      `${own("SecondaryCidr")} pods`,
      `${own("VpcCni")} pods`,
      `${own("WorkerGroup")} pods-workers`,
      "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2a",
      "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2b",
      "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig pods-us-west-2c",
    ]);
  });

  it("makes each step after the whole of the one before", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args));
    const steps = ["SecondaryCidr", "PodSubnets", "EniConfigs", "VpcCni", "WorkerGroup"].map(own);
    const placeOf = (test: (resource: Registered) => boolean) =>
      resources.flatMap((resource, index) => (test(resource) ? [index] : []));
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (before === undefined) continue;
      const isChildOf = ({ parent }: Registered) => parent?.startsWith(`${before} `) === true;
      const [component] = find(resources, step);
      assert.deepEqual(
        component?.dependsOn.filter((on) => !on.startsWith(own(""))),
        resources
          .filter(isChildOf)
          .map(({ type, name }) => `${type} ${name}`)
          .sort(),
        step,
      );
      const [at = -1] = placeOf((resource) => resource === component);
      assert.ok(at > Math.max(...placeOf(isChildOf)), `${step} is registered after all of ${before}`);
    }
  });

  it("hangs every part below itself and protects it", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args));
    assert.deepEqual(
      resources.filter(({ parent }) => parent === undefined).map(({ type }) => type),
      [own("PodNetwork")],
    );
    assert.deepEqual(
      resources.filter(({ protect }) => !protect),
      [],
    );
  });

  it("protects nothing when told so", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args, { protect: false }));
    assert.deepEqual(
      resources.filter(({ protect }) => protect),
      [],
    );
  });

  it("points each ENIConfig at its zone's subnet, with the cluster's security group", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args));
    assert.deepEqual(
      find(resources, "kubernetes:crd.k8s.amazonaws.com/v1alpha1:ENIConfig").map(({ inputs }) => [
        inputs.metadata,
        inputs.spec,
      ]),
      ["a", "b", "c"].map((letter) => [
        { name: `us-west-2${letter}` },
        { subnet: `id-pods-us-west-2${letter}`, securityGroups: ["sg-cluster"] },
      ]),
    );
  });

  it("leaves the add-on all that it has", async () => {
    const { resources } = await record(() => new PodNetwork("pods", args));
    const [addOn] = find(resources, "aws:eks/addon:Addon");
    const { configurationValues, podIdentityAssociations, tags } = addOn?.inputs ?? {};
    assert.equal(configurationValues, smallClusterAfter.vpcCni.configurationValues);
    assert.deepEqual(podIdentityAssociations, smallCluster.vpcCni.podIdentityAssociations);
    assert.deepEqual(tags, { team: "platform" });
  });

  it("asks for the same once everything is there, but by the ids that it has", async () => {
    const first = await record(() => new PodNetwork("pods", args));
    const second = await record(() => new PodNetwork("pods", { ...args, cluster: smallClusterAfter }));
    const wanted = ({ resources }: typeof first) =>
      resources
        .map(({ type, name, inputs }) => ({ type, name, inputs }))
        // Mocks give a subnet that is new another id than one that exists.
        .filter(({ type }) => !/RouteTableAssociation|ENIConfig/.test(type));
    assert.deepEqual(wanted(second), wanted(first));
    assert.deepEqual(second.resources.flatMap(({ importId }) => importId ?? []).sort(), [
      "small:vpc-cni",
      "subnet-pods-a",
      "subnet-pods-b",
      "subnet-pods-c",
      "vpc-cidr-assoc-pods",
    ]);
  });

  it("says what rotation and verification need", async () => {
    const { result } = await record(() => new PodNetwork("pods", args));
    assert.deepEqual(await valueOf(result.podCidrs), ["100.64.0.0/16"]);
    assert.deepEqual((await valueOf(result.podSubnets))?.[1], {
      availabilityZone: "us-west-2b",
      subnetId: "id-pods-us-west-2b",
      cidrBlock: "100.64.32.0/19",
    });
    assert.deepEqual(await valueOf(result.eniConfigs), ["us-west-2a", "us-west-2b", "us-west-2c"]);
    assert.deepEqual((await valueOf(result.workerGroups))?.[2], {
      name: "workers",
      nodeGroupName: "workers-us-west-2c",
      availabilityZone: "us-west-2c",
      replaces: ["general", "batch"],
      maxSize: 4,
    });
  });

  it("says what forbids it without a trace of calls, and makes nothing", async () => {
    let registered = 0;
    await assert.rejects(
      record(() => {
        try {
          return new PodNetwork("pods", { ...args, podCidrs: ["100.64.0.0/10"] });
        } finally {
          registered += 1;
        }
      }),
      (error) => {
        assert.ok(pulumi.ResourceError.isInstance(error));
        assert.equal(error.hideStack, true);
        assert.match(error.message, /^podCidrs\[0\]: .*\/16/s);
        return true;
      },
    );
    assert.equal(registered, 1);
  });
});
