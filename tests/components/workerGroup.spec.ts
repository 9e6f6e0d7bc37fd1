import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parse as parseToml } from "smol-toml";
import { WorkerGroup, type WorkerGroupArgs } from "../../components";
import type { NodeGroupFacts } from "../../planning/podNetwork/clusterFacts";
import type { Invokes } from "../support/mockedAws";
import { asDataSource, generalGroup } from "../support/nodeGroups";
import { record, valueOf } from "../support/pulumiMocks";
import { without } from "../support/without";

const given = {
  clusterName: "small",
  groupName: "workers",
  zones: [
    { availabilityZone: "us-west-2a", subnetIds: ["subnet-node-a"] },
    { availabilityZone: "us-west-2b", subnetIds: ["subnet-node-b"] },
  ],
  instanceTypes: ["m5.large"],
  nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
  maxSize: 4,
} satisfies WorkerGroupArgs;
const oneZone = { ...given, zones: given.zones.slice(0, 1) };
const ownImage = { imageId: "ami-0123456789abcdef0", osFamily: "al2023" } as const;

/** An AWS with a cluster of these managed node groups, whose subnets tell their zone by their last letter. */
function clusterWith(...groups: readonly NodeGroupFacts[]): Invokes {
  return {
    "aws:index/getDefaultTags:getDefaultTags": () => ({ tags: { owner: "network" } }),
    "aws:eks/getNodeGroups:getNodeGroups": () => ({
      names: groups.map(({ nodeGroupName }) => nodeGroupName),
    }),
    "aws:eks/getNodeGroup:getNodeGroup": ({ nodeGroupName }) => {
      const group = groups.find((one) => one.nodeGroupName === nodeGroupName);
      assert.ok(group, `${String(nodeGroupName)} is asked for only where it exists`);
      return asDataSource(group);
    },
    "aws:ec2/getSubnet:getSubnet": ({ id }) => ({ availabilityZone: `us-west-2${String(id).slice(-1)}` }),
    "aws:ec2/getLaunchTemplate:getLaunchTemplate": ({ id }) => ({
      blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: [{ volumeSize: id === "lt-own" ? 80 : 20 }] }],
    }),
    "aws:eks/getCluster:getCluster": () => ({
      endpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
      certificateAuthorities: [{ data: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==" }],
      kubernetesNetworkConfigs: [{ serviceIpv4Cidr: "172.20.0.0/16" }],
      vpcConfig: { clusterSecurityGroupId: "sg-cluster" },
    }),
  };
}

/** An AWS whose Auto Scaling groups are this one, as it and its launch template were registered. */
function scalingGroupsOf(
  made?: Readonly<Record<"group" | "template", Readonly<Record<string, unknown>>>>,
): Invokes {
  const { group = {}, template = {} } = made ?? {};
  const listOf = (one: unknown) => (one === undefined ? [] : [one]);
  return {
    "aws:autoscaling/getAmiIds:getAmiIds": () => ({ names: listOf(group.name) }),
    "aws:autoscaling/getGroup:getGroup": () => ({
      ...group,
      mixedInstancesPolicies: [],
      launchTemplates: [{ id: "lt-own" }],
      vpcZoneIdentifier: "subnet-node-a",
    }),
    "aws:ec2/getLaunchTemplate:getLaunchTemplate": () => ({
      ...template,
      instanceMarketOptions: listOf(template.instanceMarketOptions),
      blockDeviceMappings: [{ ebs: [{ volumeSize: 80 }] }],
    }),
  };
}

/** The group that a worker group made from `generalGroup` once, and that others changed since. */
const madeBefore: NodeGroupFacts = {
  ...generalGroup,
  nodeGroupName: "workers-us-west-2a",
  subnetIds: ["subnet-node-a"],
  labels: { workload: "general", since: "then" },
  tags: { team: "platform", "eks-pod-network.io/cluster": "small" },
  minSize: 0,
  desiredSize: 2,
};

const make = (args: WorkerGroupArgs, invokes: Invokes = {}) =>
  record(() => new WorkerGroup("workers", args), { invokes });

/** What is registered for the first zone. */
async function firstOf(args: WorkerGroupArgs, invokes: Invokes = {}) {
  const { resources } = await make(args, invokes);
  const of = (type: string) => resources.find((resource) => resource.type === type);
  return {
    template: of("aws:ec2/launchTemplate:LaunchTemplate")?.inputs ?? {},
    nodeGroup: of("aws:eks/nodeGroup:NodeGroup")?.inputs ?? {},
    scalingGroup: of("aws:autoscaling/group:Group")?.inputs ?? {},
  };
}

/** User data as the node reads it; its NodeConfig parsed. */
function userDataOf({ userData }: Readonly<Record<string, unknown>>) {
  const text = Buffer.from(String(userData), "base64").toString();
  const [, config = ""] = /application\/node\.eks\.aws\n\n([^]*?)\n--==/.exec(text) ?? [];
  return { text, config: parse(config) as { spec: Record<string, unknown> } };
}

/** With what a worker group is refused, at once or after the cluster was read. */
async function refusalOf(args: WorkerGroupArgs, invokes: Invokes = {}): Promise<string> {
  const error = await record(async () => valueOf(new WorkerGroup("workers", args).nodeGroups), {
    invokes,
  }).then(
    () => assert.fail("the arguments were not refused"),
    (reason: unknown) => reason,
  );
  assert.ok(pulumi.ResourceError.isInstance(error), String(error));
  return error.message;
}

describe("WorkerGroup", () => {
  it("makes an empty AL2023 group per zone, of which it leaves the size and the subnets alone", async () => {
    const { resources, result } = await record(() => new WorkerGroup("pods-workers", given));
    const inZone = (letter: string) => ({
      type: "aws:eks/nodeGroup:NodeGroup",
      name: `pods-workers-us-west-2${letter}`,
      inputs: {
        clusterName: "small",
        nodeGroupName: `workers-us-west-2${letter}`,
        nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
        subnetIds: [`subnet-node-${letter}`],
        instanceTypes: ["m5.large"],
        amiType: "AL2023_x86_64_STANDARD",
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 4 },
        tags: { "eks-pod-network.io/cluster": "small" },
      },
      parent: "eks-pod-network:index:WorkerGroup pods-workers",
      dependsOn: [],
      protect: true,
      importId: undefined,
      ignoreChanges: ["scalingConfig.desiredSize", "subnetIds"],
    });
    assert.deepEqual(resources.slice(1), [inZone("a"), inZone("b")]);
    assert.deepEqual(resources[0]?.inputs, {});
    assert.deepEqual(await valueOf(result.nodeGroups), [
      { nodeGroupName: "workers-us-west-2a", kind: "managed", availabilityZone: "us-west-2a", maxSize: 4 },
      { nodeGroupName: "workers-us-west-2b", kind: "managed", availabilityZone: "us-west-2b", maxSize: 4 },
    ]);
  });

  it("takes over the groups that the arguments name, with all that is not given", async () => {
    const zones = given.zones.map((zone, index) => ({ ...zone, adopt: index === 0 }));
    const rest = without(given, "instanceTypes", "nodeRoleArn", "maxSize");
    const { resources } = await make({ ...rest, zones }, clusterWith({ ...madeBefore, tags: { team: "a" } }));
    assert.deepEqual(
      resources.slice(1).map(({ importId }) => importId),
      ["small:workers-us-west-2a", undefined],
    );
    assert.deepEqual(resources[1]?.inputs, {
      clusterName: "small",
      nodeGroupName: "workers-us-west-2a",
      nodeRoleArn: "arn:aws:iam::123456789012:role/general",
      subnetIds: ["subnet-node-a"],
      instanceTypes: ["m7g.large"],
      amiType: "AL2023_ARM_64_STANDARD",
      capacityType: "SPOT",
      diskSize: 80,
      scalingConfig: { minSize: 0, desiredSize: 2, maxSize: 9 },
      labels: { workload: "general", since: "then" },
      taints: [{ key: "dedicated", value: "general", effect: "NO_SCHEDULE" }],
      tags: { team: "a", "eks-pod-network.io/cluster": "small" },
    });
  });

  it("raises a group that is smaller than its minimum, and leaves the size of a larger one alone", async () => {
    const sized = (letter: string, desiredSize: number) => ({
      ...madeBefore,
      nodeGroupName: `workers-us-west-2${letter}`,
      desiredSize,
    });
    const { resources } = await make({ ...given, minSize: 2 }, clusterWith(sized("a", 0), sized("b", 3)));
    assert.deepEqual(
      resources.slice(1).map(({ inputs, ignoreChanges }) => [inputs.scalingConfig, ignoreChanges]),
      [
        [{ minSize: 2, desiredSize: 2, maxSize: 4 }, ["subnetIds"]],
        [{ minSize: 2, desiredSize: 3, maxSize: 4 }, ["scalingConfig.desiredSize", "subnetIds"]],
      ],
    );
  });

  it("writes taints in the words of EKS, and gives labels, tags, a size, a disk and an image on", async () => {
    const { nodeGroup } = await firstOf({
      ...oneZone,
      labels: { team: "data" },
      taints: [
        { key: "dedicated", value: "data", effect: "NoSchedule" },
        { key: "soft", effect: "PreferNoSchedule" },
      ],
      tags: { owner: pulumi.output("data") },
      amiType: "BOTTLEROCKET_x86_64",
      capacityType: "SPOT",
      diskSize: 50,
    });
    const { labels, taints, tags, amiType, capacityType, diskSize } = nodeGroup;
    assert.deepEqual(
      { labels, taints, tags, amiType, capacityType, diskSize },
      {
        labels: { team: "data" },
        taints: [
          { key: "dedicated", value: "data", effect: "NO_SCHEDULE" },
          { key: "soft", effect: "PREFER_NO_SCHEDULE" },
        ],
        tags: { owner: "data", "eks-pod-network.io/cluster": "small" },
        amiType: "BOTTLEROCKET_x86_64",
        capacityType: "SPOT",
        diskSize: 50,
      },
    );
  });

  it("labels the nodes of a named group with the ENIConfig of their zone", async () => {
    const { resources } = await make({ ...given, eniConfig: "batch" });
    assert.deepEqual(
      resources.slice(1).map(({ inputs }) => inputs.labels),
      [
        { "vpc.amazonaws.com/externalEniConfig": "batch-us-west-2a" },
        { "vpc.amazonaws.com/externalEniConfig": "batch-us-west-2b" },
      ],
    );
  });

  it("registers its groups in a preview that does not know the role yet", async () => {
    const unknown = pulumi.unknown as unknown as pulumi.Output<string>;
    const { resources } = await record(
      () => new WorkerGroup("workers", { ...oneZone, nodeRoleArn: pulumi.output(unknown) }),
      { isPreview: true },
    );
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["workers", "workers-us-west-2a"],
    );
  });

  describe("like another group", () => {
    const like = {
      ...without(given, "instanceTypes", "nodeRoleArn", "maxSize", "zones"),
      like: "general",
    };

    it("copies all of it, with its zones, and none of what AWS, EKS and eksctl know it by", async () => {
      const { resources } = await make(like, clusterWith(generalGroup));
      const inZone = (letter: string) => ({
        clusterName: "small",
        nodeGroupName: `workers-us-west-2${letter}`,
        nodeRoleArn: "arn:aws:iam::123456789012:role/general",
        subnetIds: [`subnet-node-${letter}`],
        instanceTypes: ["m7g.large"],
        amiType: "AL2023_ARM_64_STANDARD",
        capacityType: "SPOT",
        diskSize: 80,
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 9 },
        labels: { workload: "general" },
        taints: [{ key: "dedicated", value: "general", effect: "NO_SCHEDULE" }],
        tags: { team: "platform", "eks-pod-network.io/cluster": "small" },
      });
      assert.deepEqual(
        resources.slice(1).map(({ inputs }) => inputs),
        [inZone("a"), inZone("b")],
      );
    });

    it("lets what is given win", async () => {
      const { nodeGroup } = await firstOf(
        {
          ...like,
          zones: oneZone.zones,
          instanceTypes: ["m5.large"],
          amiType: "AL2023_x86_64_STANDARD",
          capacityType: "ON_DEMAND",
          diskSize: 20,
          nodeRoleArn: "arn:aws:iam::123456789012:role/other",
          maxSize: 2,
          labels: { workload: "other" },
          taints: [{ key: "dedicated", value: "other", effect: "NoSchedule" }],
          tags: { team: "other" },
        },
        clusterWith(generalGroup),
      );
      assert.deepEqual(nodeGroup, {
        clusterName: "small",
        nodeGroupName: "workers-us-west-2a",
        nodeRoleArn: "arn:aws:iam::123456789012:role/other",
        subnetIds: ["subnet-node-a"],
        instanceTypes: ["m5.large"],
        amiType: "AL2023_x86_64_STANDARD",
        capacityType: "ON_DEMAND",
        diskSize: 20,
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 2 },
        labels: { workload: "other" },
        taints: [{ key: "dedicated", value: "other", effect: "NO_SCHEDULE" }],
        tags: { team: "other", "eks-pod-network.io/cluster": "small" },
      });
    });

    it("goes on from its own groups once they are there, whatever becomes of the old one", async () => {
      const changed = { ...generalGroup, labels: { workload: "retired" }, amiType: "AL2023_x86_64_STANDARD" };
      for (const cluster of [clusterWith(madeBefore), clusterWith(changed, madeBefore)]) {
        const { nodeGroup } = await firstOf({ ...like, zones: oneZone.zones }, cluster);
        assert.deepEqual(
          [nodeGroup.labels, nodeGroup.amiType, nodeGroup.diskSize],
          [{ workload: "general", since: "then" }, "AL2023_ARM_64_STANDARD", 80],
        );
      }
    });

    it("leaves the provider's default tags, which its groups have by then, to the provider", async () => {
      const tags = { ...madeBefore.tags, owner: "network" };
      const { nodeGroup } = await firstOf(like, clusterWith(generalGroup, { ...madeBefore, tags }));
      assert.deepEqual(nodeGroup.tags, madeBefore.tags);
    });

    it("finds its zones by its own groups when the old one is gone, and a new zone is as those", async () => {
      const namesake = {
        ...madeBefore,
        nodeGroupName: "workers-batch-us-west-2b",
        subnetIds: ["subnet-node-b"],
      };
      const { resources } = await make(like, clusterWith(madeBefore, namesake));
      assert.deepEqual(
        resources.slice(1).map(({ name, inputs }) => [name, inputs.subnetIds]),
        [["workers-us-west-2a", ["subnet-node-a"]]],
      );
      const more = await make({ ...like, zones: given.zones }, clusterWith(madeBefore));
      assert.deepEqual(more.resources[2]?.inputs.labels, { workload: "general", since: "then" });
    });

    it("keeps the disk that its launch template has, when the old group is gone", async () => {
      const own = {
        ...madeBefore,
        amiType: "CUSTOM",
        launchTemplate: { id: "lt-own", name: "own", version: "1" },
      };
      const { template, nodeGroup } = await firstOf(
        { ...like, ...ownImage, zones: oneZone.zones },
        clusterWith(without(own, "diskSize")),
      );
      assert.deepEqual(template.blockDeviceMappings, [
        { deviceName: "/dev/xvda", ebs: { volumeSize: 80, volumeType: "gp3" } },
      ]);
      assert.equal(nodeGroup.diskSize, undefined);
      assert.equal(nodeGroup.amiType, undefined);
    });

    it("is refused where there is no such group and never was", async () => {
      assert.equal(
        await refusalOf({ ...like, like: "genral" }, clusterWith(generalGroup)),
        'like: small has no managed node group "genral". Did you mean general? It has general.',
      );
    });

    it("is refused of a group with a launch template that says what is not given", async () => {
      const old = { ...generalGroup, launchTemplate: { id: "lt-1", name: "old", version: "3" } };
      assert.match(
        await refusalOf(like, clusterWith(old)),
        /^like: "general" is made from the launch template lt-1.*Give diskSize: as the template has them, see aws ec2 describe-launch-template-versions --launch-template-id lt-1 --versions 3\.$/,
      );
      assert.equal((await firstOf({ ...like, diskSize: 30 }, clusterWith(old))).nodeGroup.diskSize, 30);
    });
  });

  describe("of an image of one's own", () => {
    it("tells the nodes of a managed group how to join, and how many pods they run", async () => {
      const { template, nodeGroup } = await firstOf(
        {
          ...oneZone,
          ...ownImage,
          eniConfig: "batch",
          diskSize: 40,
          taints: [{ key: "dedicated", value: "data", effect: "NoSchedule" }],
        },
        clusterWith(),
      );
      assert.deepEqual(without(template, "userData"), {
        imageId: "ami-0123456789abcdef0",
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
        tags: { "eks-pod-network.io/cluster": "small" },
        blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volumeSize: 40, volumeType: "gp3" } }],
      });
      assert.deepEqual(userDataOf(template).config.spec, {
        cluster: {
          name: "small",
          apiServerEndpoint: "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
          certificateAuthority: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
          cidr: "172.20.0.0/16",
        },
        kubelet: {
          config: { maxPods: 20 },
          flags: [
            "--node-labels=eks.amazonaws.com/nodegroup=workers-us-west-2a,vpc.amazonaws.com/externalEniConfig=batch-us-west-2a",
            "--register-with-taints=dedicated=data:NoSchedule",
          ],
        },
      });
      const { launchTemplate, ...group } = nodeGroup;
      // Mocks answer no version, of which they would have to know how AWS counts.
      assert.deepEqual(launchTemplate, { id: "id-workers-us-west-2a", version: "undefined" });
      assert.deepEqual(group, {
        clusterName: "small",
        nodeGroupName: "workers-us-west-2a",
        nodeRoleArn: "arn:aws:iam::123456789012:role/nodes",
        subnetIds: ["subnet-node-a"],
        instanceTypes: ["m5.large"],
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 4 },
        labels: { "vpc.amazonaws.com/externalEniConfig": "batch-us-west-2a" },
        taints: [{ key: "dedicated", value: "data", effect: "NO_SCHEDULE" }],
        tags: { "eks-pod-network.io/cluster": "small" },
      });
    });

    it("computes max pods with prefixes, takes a number that is given, and asks nodeadm about unknown types", async () => {
      const kubeletOf = async (more: Partial<WorkerGroupArgs>) => {
        const { template } = await firstOf({ ...oneZone, ...ownImage, ...more }, clusterWith());
        const { config, maxPodsExpression } = userDataOf(template).config.spec.kubelet as Record<
          string,
          unknown
        >;
        return config ?? maxPodsExpression;
      };
      assert.deepEqual(await kubeletOf({ prefixDelegation: true }), { maxPods: 110 });
      assert.deepEqual(await kubeletOf({ maxEni: 2 }), { maxPods: 11 });
      assert.deepEqual(await kubeletOf({ instanceTypes: ["m5.xlarge", "m5.large"] }), { maxPods: 20 });
      assert.deepEqual(await kubeletOf({ maxPods: 17 }), { maxPods: 17 });
      assert.equal(
        await kubeletOf({ instanceTypes: ["m99.large"] }),
        "((default_enis - 1) * (ips_per_eni - 1)) + 2",
      );
    });

    it("tells Bottlerocket in its own words, and gives it its second disk", async () => {
      const { template } = await firstOf(
        { ...oneZone, ...ownImage, osFamily: "bottlerocket", diskSize: 40 },
        clusterWith(),
      );
      // The parser's objects have no prototype.
      assert.deepEqual(structuredClone(parseToml(userDataOf(template).text)), {
        settings: {
          kubernetes: {
            "cluster-name": "small",
            "api-server": "https://0A1B2C.gr7.us-west-2.eks.amazonaws.com",
            "cluster-certificate": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==",
            "cluster-dns-ip": "172.20.0.10",
            "max-pods": 20,
            "node-labels": { "eks.amazonaws.com/nodegroup": "workers-us-west-2a" },
          },
        },
      });
      assert.deepEqual(template.blockDeviceMappings, [
        { deviceName: "/dev/xvdb", ebs: { volumeSize: 40, volumeType: "gp3" } },
      ]);
    });

    it("leaves user data to EKS where the launch template is there for security groups alone", async () => {
      const { template, nodeGroup } = await firstOf({ ...oneZone, securityGroupIds: ["sg-1"] });
      assert.deepEqual(template, {
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
        tags: { "eks-pod-network.io/cluster": "small" },
        vpcSecurityGroupIds: ["sg-1"],
      });
      assert.equal(nodeGroup.amiType, "AL2023_x86_64_STANDARD");
    });
  });

  describe("of Auto Scaling groups", () => {
    const args = {
      ...without(oneZone, "nodeRoleArn"),
      ...ownImage,
      kind: "autoScaling",
      instanceProfileArn: "arn:aws:iam::123456789012:instance-profile/nodes",
      labels: { team: "data" },
    } satisfies WorkerGroupArgs;

    it("makes one per zone, whose instances are the cluster's, and leaves its size alone", async () => {
      const { resources, result } = await make(
        { ...args, minSize: 1, tags: { owner: "data" } },
        clusterWith(),
      );
      const group = resources.find(({ type }) => type === "aws:autoscaling/group:Group");
      assert.deepEqual(without(group?.inputs ?? {}, "launchTemplate"), {
        name: "workers-us-west-2a",
        minSize: 1,
        maxSize: 4,
        vpcZoneIdentifiers: ["subnet-node-a"],
        tags: [
          { key: "Name", value: "workers-us-west-2a", propagateAtLaunch: true },
          { key: "eks-pod-network.io/cluster", value: "small", propagateAtLaunch: true },
          { key: "kubernetes.io/cluster/small", value: "owned", propagateAtLaunch: true },
          { key: "owner", value: "data", propagateAtLaunch: true },
        ],
      });
      assert.deepEqual(group?.ignoreChanges, ["desiredCapacity", "suspendedProcesses", "vpcZoneIdentifiers"]);
      assert.deepEqual([group.name, group.protect], ["workers-us-west-2a", true]);
      assert.deepEqual(await valueOf(result.nodeGroups), [
        {
          nodeGroupName: "workers-us-west-2a",
          kind: "autoScaling",
          availabilityZone: "us-west-2a",
          maxSize: 4,
        },
      ]);
    });

    it("starts instances with their profile, the cluster's security group and all that a node must know", async () => {
      const { template } = await firstOf({ ...args, capacityType: "SPOT" }, clusterWith());
      assert.deepEqual(without(template, "userData", "metadataOptions"), {
        imageId: "ami-0123456789abcdef0",
        tags: { "eks-pod-network.io/cluster": "small" },
        instanceType: "m5.large",
        iamInstanceProfile: { arn: "arn:aws:iam::123456789012:instance-profile/nodes" },
        vpcSecurityGroupIds: ["sg-cluster"],
        instanceMarketOptions: { marketType: "spot" },
      });
      assert.deepEqual(userDataOf(template).config.spec.kubelet, {
        config: { maxPods: 20 },
        flags: ["--node-labels=team=data"],
      });
    });

    it("chooses among several types by itself", async () => {
      const { template, scalingGroup } = await firstOf(
        {
          ...args,
          instanceTypes: ["m5.large", "m5a.large"],
          capacityType: "SPOT",
          securityGroupIds: ["sg-1"],
        },
        clusterWith(),
      );
      assert.equal(template.instanceType, undefined);
      assert.deepEqual(template.vpcSecurityGroupIds, ["sg-1"]);
      const { instancesDistribution, launchTemplate } = scalingGroup.mixedInstancesPolicy as {
        instancesDistribution: unknown;
        launchTemplate: { overrides: unknown };
      };
      assert.deepEqual(instancesDistribution, { onDemandPercentageAboveBaseCapacity: 0 });
      assert.deepEqual(launchTemplate.overrides, [
        { instanceType: "m5.large" },
        { instanceType: "m5a.large" },
      ]);
    });

    it("copies a managed group, and goes on from its own when that is gone", async () => {
      const like = {
        ...without(args, "instanceTypes", "maxSize", "labels"),
        like: "general",
        osFamily: "bottlerocket",
      } as const;
      const first = await firstOf(like, { ...clusterWith(generalGroup), ...scalingGroupsOf() });
      assert.deepEqual(first.template.instanceMarketOptions, { marketType: "spot" });
      assert.deepEqual([first.template.instanceType, first.scalingGroup.maxSize], ["m7g.large", 9]);
      const made = scalingGroupsOf({ group: first.scalingGroup, template: first.template });
      assert.deepEqual(await firstOf(like, { ...clusterWith(), ...made }), first);
    });

    it("takes over one that the arguments name", async () => {
      const zones = args.zones.map((zone) => ({ ...zone, adopt: true }));
      const { resources } = await make({ ...args, zones }, clusterWith());
      assert.deepEqual(
        resources.map(({ type, importId }) => [type.split(":").at(-1), importId]),
        [
          ["WorkerGroup", undefined],
          ["LaunchTemplate", undefined],
          ["Group", "workers-us-west-2a"],
        ],
      );
    });
  });

  it("says everything at once that is wrong with its arguments, and makes nothing", async () => {
    const message = await refusalOf({
      ...without(given, "nodeRoleArn"),
      groupName: "my workers",
      zones: [...given.zones, ...given.zones.slice(0, 1)],
      instanceTypes: ["m5.large", "m7g.large"],
      minSize: 5,
      labels: { "kubernetes.io/role": "x" },
      eniConfig: "Batch",
    });
    assert.deepEqual(
      message.split("\n").map((line) => line.split(": ")[0]),
      [
        "groupName",
        "zones[2].availabilityZone",
        "minSize",
        'labels["kubernetes.io/role"]',
        "eniConfig",
        "nodeRoleArn",
        "instanceTypes",
      ],
    );
  });

  it("warns of Amazon Linux 2 and of a launch template that are left behind, and of types that are unlike", async () => {
    const { warnings } = await make(
      {
        clusterName: "small",
        groupName: "workers",
        like: "general",
        instanceTypes: ["m5.large", "m5.4xlarge"],
        diskSize: 20,
      },
      clusterWith({
        ...generalGroup,
        subnetIds: ["subnet-node-a"],
        amiType: "AL2_x86_64",
        launchTemplate: { id: "lt-1", name: "old", version: "3" },
      }),
    );
    assert.deepEqual(warnings, [
      "workers: general is made from the launch template lt-1, of which nothing is copied: security groups, user data, further volumes of it are not those of the new nodes.",
      "workers: general has images of Amazon Linux 2 (AL2_x86_64), which AWS no longer supports; the new nodes have AL2023_x86_64_STANDARD.",
      "workers: all nodes of a group run at most as many pods as its smallest type: 20 (m5.large), though m5.4xlarge could run 110. Groups of their own would use it.",
    ]);
  });

  it("does not take a group for its own that merely has the name of one", async () => {
    assert.equal(
      await refusalOf({ ...oneZone, minSize: 1 }, clusterWith({ ...madeBefore, tags: {} })),
      'groupName: small has a group "workers-us-west-2a" that is not of this pod network. ' +
        "Give another name, or adopt: true for its zone to take it over.",
    );
  });
});
