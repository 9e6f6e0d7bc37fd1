import assert from "node:assert/strict";
import {
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateLaunchTemplateCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateAddonCommand,
  CreateNodegroupCommand,
  DeleteNodegroupCommand,
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListNodegroupsCommand,
  UpdateAddonCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type CreateNodegroupCommandInput,
  type Nodegroup,
} from "@aws-sdk/client-eks";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { parse as parseToml } from "smol-toml";
import { parse } from "yaml";
import { controlPlaneFixture } from "../../../support/sandbox";
import { eventually } from "../support/eventually";
import { frontFixture } from "../support/frontFixture";
import { freeAddresses } from "../support/network";
import { makeSmallCluster } from "../support/smallCluster";

describe("managed node groups of the emulated EKS", function () {
  this.timeout(120_000);
  const { controlPlane } = controlPlaneFixture();
  // Nothing here makes nodes of instances.
  const aws = frontFixture({ pace: { nodeCreationMs: 2_000, healthMs: 100 } }, controlPlane);
  const clusterName = "small";
  const nodeRole = "arn:aws:iam::123456789012:role/small-node";
  let subnetIds: string[] = [];
  before(async () => {
    ({ subnetIds } = await makeSmallCluster(aws()));
  });

  const create = (nodegroupName: string, more: Partial<CreateNodegroupCommandInput> = {}) =>
    aws().eks.send(
      new CreateNodegroupCommand({
        clusterName,
        nodegroupName,
        nodeRole,
        subnets: subnetIds,
        instanceTypes: ["m5.large"],
        scalingConfig: { minSize: 0, maxSize: 6, desiredSize: 0 },
        ...more,
      }),
    );
  const describeGroup = async (nodegroupName: string): Promise<Nodegroup> =>
    (await aws().eks.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup ?? {};
  const inStatus = (name: string, status: string) =>
    eventually(
      () => describeGroup(name),
      (group) => group.status === status,
    );
  const scalingGroupOf = async (group: Nodegroup) => {
    const AutoScalingGroupNames = [group.resources?.autoScalingGroups?.[0]?.name ?? ""];
    const answer = await aws().autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }),
    );
    return answer.AutoScalingGroups?.[0];
  };
  /** The kubelet's part of the NodeConfig of one of the group's instances. */
  const kubeletOf = async (name: string) => {
    const group = await eventually(
      async () => scalingGroupOf(await describeGroup(name)),
      (one) => (one?.Instances ?? []).length > 0,
    );
    const { UserData } = await aws().ec2.send(
      new DescribeInstanceAttributeCommand({
        InstanceId: group?.Instances?.at(-1)?.InstanceId,
        Attribute: "userData",
      }),
    );
    const message = Buffer.from(UserData?.Value ?? "", "base64").toString();
    const [, config = ""] = /application\/node\.eks\.aws\n\n---\n(.*)\n--\/\/--/s.exec(message) ?? [];
    const { spec } = parse(config) as {
      spec: { kubelet: { config: { maxPods: number }; flags: string[] } };
    };
    return { maxPods: spec.kubelet.config.maxPods, flags: spec.kubelet.flags, message };
  };
  const settled = () =>
    eventually(
      () => aws().eks.send(new DescribeAddonCommand({ clusterName, addonName: "vpc-cni" })),
      ({ addon }) => addon?.status === "ACTIVE",
    );

  it("are active without nodes when they want none", async () => {
    const { nodegroup } = await create("empty");
    assert.equal(nodegroup?.status, "CREATING");
    const group = await inStatus("empty", "ACTIVE");
    assert.equal(group.amiType, "AL2023_x86_64_STANDARD");
    assert.equal(group.capacityType, "ON_DEMAND");
    assert.deepEqual(group.scalingConfig, { minSize: 0, maxSize: 6, desiredSize: 0 });
    const scaling = await scalingGroupOf(group);
    assert.equal(scaling?.VPCZoneIdentifier, subnetIds.join(","));
    assert.equal(scaling.MaxSize, 6);
    const tags = Object.fromEntries((scaling.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
    assert.equal(tags["eks:nodegroup-name"], "empty");
    assert.equal(tags["kubernetes.io/cluster/small"], "owned");
  });

  it("are made once when two of a name are asked for at once, and leave a name free that was refused", async () => {
    await assert.rejects(create("twins", { subnets: ["subnet-00000000"] }), {
      name: "InvalidParameterException",
    });
    const both = await Promise.allSettled([create("twins"), create("twins")]);
    assert.deepEqual(
      both.map((one) => (one.status === "rejected" ? (one.reason as Error).name : one.status)).sort(),
      ["ResourceInUseException", "fulfilled"],
    );
    const { AutoScalingGroups = [] } = await aws().autoScaling.send(new DescribeAutoScalingGroupsCommand({}));
    const ofTwins = AutoScalingGroups.filter((one) => one.AutoScalingGroupName?.startsWith("eks-twins-"));
    assert.equal(ofTwins.length, 1);
    await inStatus("twins", "ACTIVE");
    await aws().eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: "twins" }));
    await eventually(
      () => aws().eks.send(new ListNodegroupsCommand({ clusterName })),
      ({ nodegroups = [] }) => !nodegroups.includes("twins"),
    );
  });

  it("fail when their nodes don't join, and name the instances", async () => {
    await create("lonely", { scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } });
    const group = await inStatus("lonely", "CREATE_FAILED");
    const [issue] = group.health?.issues ?? [];
    assert.equal(issue?.code, "NodeCreationFailure");
    assert.equal(issue.message, "Instances failed to join the kubernetes cluster");
    const scaling = await scalingGroupOf(group);
    assert.deepEqual(
      issue.resourceIds,
      scaling?.Instances?.map((one) => one.InstanceId),
    );
  });

  it("give their instances the cluster's security group, its tags, and what nodes are to be called", async () => {
    await create("labelled", {
      scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
      labels: { tier: "web" },
      taints: [{ key: "only", value: "web", effect: "NO_EXECUTE" }],
    });
    const { flags } = await kubeletOf("labelled");
    const [labels = "", taints] = flags;
    assert.match(labels, /^--node-labels=/);
    const pairs = labels.slice("--node-labels=".length).split(",");
    assert.ok(pairs.includes("eks.amazonaws.com/nodegroup=labelled"), labels);
    assert.ok(pairs.includes("eks.amazonaws.com/capacityType=ON_DEMAND"), labels);
    assert.ok(pairs.includes("tier=web"), labels);
    assert.equal(taints, "--register-with-taints=only=web:NoExecute");
    const { Reservations = [] } = await aws().ec2.send(
      new DescribeInstancesCommand({ Filters: [{ Name: "tag:eks:nodegroup-name", Values: ["labelled"] }] }),
    );
    const instance = Reservations[0]?.Instances?.[0];
    assert.match(instance?.SecurityGroups?.[0]?.GroupName ?? "", /^eks-cluster-sg-small-/);
    assert.equal(instance?.Architecture, "x86_64");
    const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
    assert.equal(tags["kubernetes.io/cluster/small"], "owned");
  });

  it("get the max pods of the CNI as it is when they are made", async () => {
    const { eks } = aws();
    const one = { scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } };
    await eks.send(new CreateAddonCommand({ clusterName, addonName: "vpc-cni" }));
    await settled();
    await create("plain", one);
    assert.equal((await kubeletOf("plain")).maxPods, 29);
    await eks.send(
      new UpdateAddonCommand({
        clusterName,
        addonName: "vpc-cni",
        configurationValues: '{"env":{"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":"true"}}',
      }),
    );
    await settled();
    await create("custom", one);
    assert.equal((await kubeletOf("custom")).maxPods, 20);
    assert.equal((await kubeletOf("plain")).maxPods, 29);
  });

  it("merge a launch template of the user's own that names no AMI", async () => {
    const { ec2 } = aws();
    const userData =
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="OWN"\n\n--OWN\nContent-Type: text/x-shellscript\n\necho own\n--OWN--\n';
    const makeTemplate = async (name: string, data: object) => {
      const { LaunchTemplate } = await ec2.send(
        new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: data }),
      );
      return { id: LaunchTemplate?.LaunchTemplateId ?? "", version: "1" };
    };
    const launchTemplate = await makeTemplate("own", {
      InstanceType: "m5.xlarge",
      UserData: Buffer.from(userData).toString("base64"),
    });
    const scalingConfig = { minSize: 1, maxSize: 1, desiredSize: 1 };
    await assert.rejects(create("both", { launchTemplate, scalingConfig }), {
      name: "InvalidParameterException",
      message: /both the launch template and the API request/,
    });
    const { nodegroup } = await create("merged", { launchTemplate, scalingConfig, instanceTypes: undefined });
    assert.equal(nodegroup?.launchTemplate?.name, "own");
    const { message, maxPods } = await kubeletOf("merged");
    assert.match(message, /echo own/);
    assert.equal(maxPods, 44);
    await assert.rejects(create("disk", { launchTemplate, instanceTypes: undefined, diskSize: 40 }), {
      name: "InvalidParameterException",
      message: "Disk size must be specified within the launch template.",
    });
  });

  it("leave a template's own AMI its user data, and give its nodes labels and taints as they join", async () => {
    const { ec2 } = aws();
    const ImageId = "ami-0123456789abcdef0";
    const UserData = Buffer.from("own user data").toString("base64");
    const { LaunchTemplate } = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "with-image",
        LaunchTemplateData: { ImageId, UserData },
      }),
    );
    const launchTemplate = { id: LaunchTemplate?.LaunchTemplateId ?? "", version: "1" };
    await assert.rejects(create("typed", { launchTemplate, amiType: "AL2023_x86_64_STANDARD" }), {
      name: "InvalidParameterException",
      message: "You cannot specify amiType with an AMI ID in the launch template.",
    });
    await create("own-ami", {
      launchTemplate,
      scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
      labels: { pool: "own" },
      taints: [{ key: "only", value: "gpu", effect: "NO_SCHEDULE" }],
    });
    const group = await describeGroup("own-ami");
    assert.equal(group.amiType, "CUSTOM");
    assert.equal(group.releaseVersion, ImageId);
    const scaling = await eventually(
      () => scalingGroupOf(group),
      (found) => found?.Instances?.length === 1,
    );
    const InstanceId = scaling?.Instances?.[0]?.InstanceId ?? "";
    const told = await ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }));
    assert.equal(told.UserData?.Value, UserData);

    const config = new KubeConfig();
    config.loadFromFile(controlPlane().kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    await core.createNode({
      body: { metadata: { name: "own-node" }, spec: { providerID: `aws:///us-west-2a/${InstanceId}` } },
    });
    const node = await eventually(
      () => core.readNode({ name: "own-node" }),
      ({ metadata }) => metadata?.labels?.["eks.amazonaws.com/nodegroup"] === "own-ami",
    );
    assert.equal(node.metadata?.labels?.pool, "own");
    assert.equal(node.metadata.labels["eks.amazonaws.com/nodegroup-image"], ImageId);
    assert.ok(
      node.spec?.taints?.some(({ key, effect }) => key === "only" && effect === "NoSchedule") === true,
    );
    await core.deleteNode({ name: "own-node" });
  });

  it("of Bottlerocket have its AMI, and its settings with those of the user's own template", async () => {
    const { ec2 } = aws();
    const own = "[settings.kubernetes]\nmax-pods = 12\n[settings.ntp]\ntime-servers = ['10.0.0.1']\n";
    const { LaunchTemplate } = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "bottlerocket",
        LaunchTemplateData: { UserData: Buffer.from(own).toString("base64") },
      }),
    );
    await create("bottlerocket", {
      amiType: "BOTTLEROCKET_x86_64",
      launchTemplate: { id: LaunchTemplate?.LaunchTemplateId ?? "", version: "1" },
      scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 },
      labels: { pool: "rocket" },
    });
    const group = await describeGroup("bottlerocket");
    assert.equal(group.amiType, "BOTTLEROCKET_x86_64");
    const scaling = await eventually(
      () => scalingGroupOf(group),
      (found) => found?.Instances?.length === 1,
    );
    const InstanceId = scaling?.Instances?.[0]?.InstanceId ?? "";
    const { UserData } = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }),
    );
    const { settings } = parseToml(Buffer.from(UserData?.Value ?? "", "base64").toString()) as {
      settings: { kubernetes: Record<string, unknown>; ntp: Record<string, unknown> };
    };
    assert.deepEqual(settings.ntp["time-servers"], ["10.0.0.1"]);
    assert.equal(settings.kubernetes["cluster-name"], "small");
    assert.equal(settings.kubernetes["max-pods"], 12);
    const labels = settings.kubernetes["node-labels"] as Record<string, string>;
    assert.equal(labels["pool"], "rocket");
    assert.equal(labels["eks.amazonaws.com/nodegroup"], "bottlerocket");
    await assert.rejects(create("arm", { amiType: "BOTTLEROCKET_ARM_64", instanceTypes: ["m5.large"] }), {
      name: "InvalidParameterException",
      message: /not a valid instance type for requested amiType/,
    });
  });

  it("change their sizes with their Auto Scaling group, and see what it changes", async () => {
    const { eks, autoScaling } = aws();
    const { update } = await eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName: "empty",
        scalingConfig: { minSize: 0, maxSize: 4, desiredSize: 2 },
      }),
    );
    const described = await eks.send(
      new DescribeUpdateCommand({ name: clusterName, nodegroupName: "empty", updateId: update?.id }),
    );
    assert.equal(described.update?.status, "Successful");
    const group = await describeGroup("empty");
    assert.equal(group.status, "ACTIVE");
    assert.deepEqual(group.scalingConfig, { minSize: 0, maxSize: 4, desiredSize: 2 });
    const scaling = await scalingGroupOf(group);
    assert.deepEqual([scaling?.MinSize, scaling?.MaxSize, scaling?.DesiredCapacity], [0, 4, 2]);
    await autoScaling.send(
      new SetDesiredCapacityCommand({
        AutoScalingGroupName: scaling?.AutoScalingGroupName,
        DesiredCapacity: 1,
      }),
    );
    assert.equal((await describeGroup("empty")).scalingConfig?.desiredSize, 1);
    await assert.rejects(
      eks.send(
        new UpdateNodegroupConfigCommand({
          clusterName,
          nodegroupName: "empty",
          scalingConfig: { desiredSize: 9 },
        }),
      ),
      { name: "InvalidParameterException", message: "Desired capacity 9 can't be greater than max size 4" },
    );
  });

  it("give new labels and taints to the instances that come after them", async () => {
    const { eks } = aws();
    await eks.send(
      new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName: "empty",
        labels: { addOrUpdateLabels: { tier: "late" } },
        taints: { addOrUpdateTaints: [{ key: "late", value: "yes", effect: "NO_SCHEDULE" }] },
        scalingConfig: { desiredSize: 4 },
      }),
    );
    assert.deepEqual((await describeGroup("empty")).labels, { tier: "late" });
    const { flags } = await eventually(
      () => kubeletOf("empty"),
      (kubelet) => kubelet.flags.length === 2,
    );
    assert.match(flags[0] ?? "", /,tier=late$/);
    assert.equal(flags[1], "--register-with-taints=late=yes:NoSchedule");
  });

  it("are refused with what can't be, in EKS's words", async () => {
    await assert.rejects(create("empty"), {
      name: "ResourceInUseException",
      message: "NodeGroup already exists with name empty and cluster name small",
      nodegroupName: "empty",
    });
    await assert.rejects(create("one", { instanceTypes: ["m5.huge"] }), {
      name: "InvalidParameterException",
      message: "The following supplied instance types do not exist: [m5.huge]",
    });
    await assert.rejects(create("one", { instanceTypes: ["m7g.large"], amiType: "AL2023_x86_64_STANDARD" }), {
      name: "InvalidParameterException",
      message: /m7g\.large.* is not a valid instance type for requested amiType AL2023_x86_64_STANDARD/,
    });
    await assert.rejects(create("one", { scalingConfig: { minSize: 3, maxSize: 2, desiredSize: 2 } }), {
      name: "InvalidParameterException",
    });
    await assert.rejects(describeGroup("none"), {
      name: "ResourceNotFoundException",
      message: "No node group found for name: none.",
    });
    // While EKS still waits for its node it is refused for that.
    await inStatus("own-ami", "CREATE_FAILED");
    await assert.rejects(
      aws().eks.send(
        new UpdateNodegroupVersionCommand({
          clusterName,
          nodegroupName: "own-ami",
          releaseVersion: "1.36.1",
        }),
      ),
      {
        name: "InvalidParameterException",
        message: "You cannot specify releaseVersion with an AMI ID in the launch template.",
      },
    );
    await assert.rejects(
      create("one", { updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 5 } }),
      {
        name: "InvalidParameterException",
        message: /needs either maxUnavailable or maxUnavailablePercentage, and not both/,
      },
    );
  });

  it("are degraded while their Auto Scaling group launches something else than EKS's, or is gone", async () => {
    const { autoScaling } = aws();
    await create("tampered");
    const group = await inStatus("tampered", "ACTIVE");
    const AutoScalingGroupName = group.resources?.autoScalingGroups?.[0]?.name ?? "";
    const scaling = await scalingGroupOf(group);
    const mixed = scaling?.MixedInstancesPolicy?.LaunchTemplate;
    const launchFrom = (Version: string) =>
      autoScaling.send(
        new UpdateAutoScalingGroupCommand({
          AutoScalingGroupName,
          MixedInstancesPolicy: {
            LaunchTemplate: {
              Overrides: mixed?.Overrides,
              LaunchTemplateSpecification: {
                LaunchTemplateId: mixed?.LaunchTemplateSpecification?.LaunchTemplateId,
                Version,
              },
            },
          },
        }),
      );
    await launchFrom("$Latest");
    const degraded = await inStatus("tampered", "DEGRADED");
    assert.equal(degraded.health?.issues?.[0]?.code, "Ec2LaunchTemplateVersionMismatch");
    assert.match(degraded.health.issues[0].message ?? "", /Expected Launch Template version: 1$/);
    await launchFrom("1");
    await inStatus("tampered", "ACTIVE");
    await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }));
    const orphan = await inStatus("tampered", "DEGRADED");
    assert.deepEqual(
      orphan.health?.issues?.map(({ code, resourceIds }) => [code, resourceIds]),
      [["AutoScalingGroupNotFound", [AutoScalingGroupName]]],
    );
  });

  it("leave nothing behind when they are deleted", async () => {
    const { ec2, eks } = aws();
    const { nodegroups = [] } = await eks.send(new ListNodegroupsCommand({ clusterName }));
    for (const nodegroupName of nodegroups) {
      const { nodegroup } = await eks.send(new DeleteNodegroupCommand({ clusterName, nodegroupName }));
      assert.equal(nodegroup?.status, "DELETING");
    }
    await eventually(
      () => eks.send(new ListNodegroupsCommand({ clusterName })),
      (answer) => answer.nodegroups?.length === 0,
    );
    // Two of the zones have an ENI of the control plane.
    for (const [index, left] of [250, 250, 251].entries()) {
      assert.equal(await freeAddresses(ec2, subnetIds[index] ?? ""), left);
    }
    const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    assert.deepEqual(LaunchTemplates.map((one) => one.LaunchTemplateName).sort(), [
      "bottlerocket",
      "own",
      "with-image",
    ]);
  });
});
