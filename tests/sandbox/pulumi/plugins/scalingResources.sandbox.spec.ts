import assert from "node:assert/strict";
import { DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplateVersionsCommand,
} from "@aws-sdk/client-ec2";
import type { GetLaunchTemplateResult } from "@pulumi/aws/ec2/getLaunchTemplate";
import { makeNetwork, makeSecurityGroup } from "../../aws/support/network";
import { awsFixture } from "./awsFixture";
import { text, type Json, type PluginProcess } from "./pluginProcess";

const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";
const group = "aws:autoscaling/group:Group";
const userData = Buffer.from("user data").toString("base64");

describe("launch templates and Auto Scaling groups of the aws plugin's stand-in", function () {
  this.timeout(120_000);
  const aws = awsFixture({
    region: "us-west-2",
    defaultTags: JSON.stringify({ tags: { team: "platform" } }),
  });
  let plugin: PluginProcess;
  let subnetIds: string[];
  let groupId: string;

  before(async () => {
    plugin = aws().plugin;
    const network = await makeNetwork(aws().ec2, "10.8.0.0/16", ["10.8.0.0/24", "10.8.1.0/24"]);
    subnetIds = network.subnetIds;
    groupId = await makeSecurityGroup(aws().ec2, network.vpcId);
  });

  const made = async (type: string, given: Json) => {
    const { inputs, failures } = await plugin.check(type, "it", given);
    assert.deepEqual(failures, []);
    return { inputs, ...(await plugin.create(type, "it", inputs)) };
  };
  const template = () => ({
    name: "workers",
    instanceType: "m5.large",
    vpcSecurityGroupIds: [groupId],
    userData,
    iamInstanceProfile: { name: "nodes" },
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
    blockDeviceMappings: [
      { deviceName: "/dev/xvda", ebs: { volumeSize: 40, volumeType: "gp3", deleteOnTermination: "true" } },
    ],
    tagSpecifications: [
      { resourceType: "instance", tags: { "kubernetes.io/cluster/small": "owned", Name: "worker" } },
    ],
    tags: { Name: "workers" },
  });

  it("a launch template is told as it was given, and another setting makes another version", async () => {
    const { id, state, inputs } = await made(launchTemplate, { ...template(), name: "one" });
    assert.match(id, /^lt-/);
    assert.equal(state["latestVersion"], 1);
    assert.equal(state["defaultVersion"], 1);
    assert.equal(state["arn"], `arn:aws:ec2:us-west-2:123456789012:launch-template/${id}`);
    assert.deepEqual(state["tagsAll"], { Name: "workers", team: "platform" });
    assert.deepEqual(state["tagSpecifications"], template().tagSpecifications);
    assert.equal((await plugin.diff(launchTemplate, id, state, inputs, inputs)).changes, false);
    assert.deepEqual(await plugin.read(launchTemplate, id, state, inputs), { id, state, inputs });

    const news = { ...inputs, instanceType: "m5.xlarge", updateDefaultVersion: true };
    const diff = await plugin.diff(launchTemplate, id, state, inputs, news);
    assert.equal(diff.detailed["instanceType"], "update");
    assert.deepEqual(diff.replaces, []);
    const updated = await plugin.update(launchTemplate, id, state, news);
    assert.equal(updated["latestVersion"], 2);
    assert.equal(updated["defaultVersion"], 2);
    assert.equal(updated["instanceType"], "m5.xlarge");
    const { LaunchTemplateVersions = [] } = await aws().ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id }),
    );
    assert.deepEqual(
      LaunchTemplateVersions.map(({ LaunchTemplateData }) => LaunchTemplateData?.InstanceType),
      ["m5.large", "m5.xlarge"],
    );
    assert.equal(LaunchTemplateVersions[1]?.LaunchTemplateData?.UserData, userData);
    const tagged = await plugin.update(launchTemplate, id, updated, { ...news, tagsAll: { Name: "two" } });
    assert.equal(tagged["latestVersion"], 2);

    await plugin.delete(launchTemplate, id, updated);
    await plugin.delete(launchTemplate, id, updated);
    assert.equal((await plugin.read(launchTemplate, id, updated, news)).id, "");
    const { failures } = await plugin.check(launchTemplate, "it", { placement: {}, ebsOptimized: "perhaps" });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["ebsOptimized", "placement"],
    );
  });

  it("getLaunchTemplate tells the newest version", async () => {
    const { id } = await made(launchTemplate, { ...template(), name: "told" });
    const found = await plugin.invoke("aws:ec2/getLaunchTemplate:getLaunchTemplate", { name: "told" });
    const keys = <Result>(all: { readonly [Key in keyof Required<Result>]: true }) => Object.keys(all);
    assert.deepEqual(
      [...Object.keys(found), "filters"].sort(),
      keys<GetLaunchTemplateResult>({
        arn: true,
        blockDeviceMappings: true,
        capacityReservationSpecifications: true,
        cpuOptions: true,
        creditSpecifications: true,
        defaultVersion: true,
        description: true,
        disableApiStop: true,
        disableApiTermination: true,
        ebsOptimized: true,
        enclaveOptions: true,
        filters: true,
        hibernationOptions: true,
        iamInstanceProfiles: true,
        id: true,
        imageId: true,
        instanceInitiatedShutdownBehavior: true,
        instanceMarketOptions: true,
        instanceRequirements: true,
        instanceType: true,
        kernelId: true,
        keyName: true,
        latestVersion: true,
        licenseSpecifications: true,
        maintenanceOptions: true,
        metadataOptions: true,
        monitorings: true,
        name: true,
        networkInterfaces: true,
        networkPerformanceOptions: true,
        placements: true,
        privateDnsNameOptions: true,
        ramDiskId: true,
        region: true,
        secondaryInterfaces: true,
        securityGroupNames: true,
        tagSpecifications: true,
        tags: true,
        userData: true,
        vpcSecurityGroupIds: true,
      }).sort(),
    );
    assert.equal(found["id"], id);
    assert.equal(found["userData"], userData);
    assert.deepEqual(found["iamInstanceProfiles"], [{ name: "nodes" }]);
    await assert.rejects(
      plugin.invoke("aws:ec2/getLaunchTemplate:getLaunchTemplate", { id: "lt-0" }),
      /api error InvalidLaunchTemplateId\.NotFound/,
    );
  });

  it("a group launches what its template says, and its tags and sizes are changed in place", async () => {
    const { id: templateId } = await made(launchTemplate, template());
    const tag = { key: "kubernetes.io/cluster/small", propagateAtLaunch: true, value: "owned" };
    const { id, state, inputs } = await made(group, {
      launchTemplate: { id: templateId, version: "$Latest" },
      vpcZoneIdentifiers: subnetIds,
      minSize: 2,
      maxSize: 4,
      tags: [tag],
      suspendedProcesses: ["AZRebalance"],
    });
    assert.match(id, /^it-[0-9a-f]{7}$/);
    assert.deepEqual([state["name"], state["desiredCapacity"]], [id, 2]);
    assert.deepEqual(state["suspendedProcesses"], ["AZRebalance"]);
    assert.equal((await plugin.diff(group, id, state, inputs, inputs)).changes, false);
    const read = await plugin.read(group, id, state, inputs);
    assert.deepEqual(read.state, state);

    // Made only once the instances are in service: user data and tags are those that nodes are made of.
    const instances = await instancesOf(id);
    assert.equal(instances.length, 2);
    for (const { InstanceId = "", Tags = [] } of instances) {
      assert.ok(Tags.some(({ Key, Value }) => Key === tag.key && Value === "owned"));
      const { UserData } = await aws().ec2.send(
        new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }),
      );
      assert.equal(UserData?.Value, userData);
    }

    const others = [{ key: "of", propagateAtLaunch: false, value: "batch" }];
    const news = { ...inputs, minSize: 0, desiredCapacity: 1, tags: others, suspendedProcesses: ["Launch"] };
    assert.deepEqual((await plugin.diff(group, id, state, inputs, news)).replaces, []);
    const updated = await plugin.update(group, id, state, news);
    assert.deepEqual([updated["minSize"], updated["desiredCapacity"]], [0, 1]);
    assert.deepEqual(updated["tags"], others);
    assert.deepEqual(updated["suspendedProcesses"], ["Launch"]);

    await plugin.delete(group, id, updated);
    await plugin.delete(group, id, updated);
    assert.equal((await plugin.read(group, id, updated, news)).id, "");
    assert.deepEqual(await instancesOf(id), []);
  });

  it("a group of several types has a mixed instances policy; what the sandbox can't do is refused by name", async () => {
    const { id: templateId } = await made(launchTemplate, { ...template(), name: "mixed" });
    const { id, state, inputs } = await made(group, {
      name: "mixed",
      mixedInstancesPolicy: {
        instancesDistribution: { onDemandPercentageAboveBaseCapacity: 0 },
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: templateId, version: "1" },
          overrides: [{ instanceType: "m5.xlarge" }, { instanceType: "m5.large" }],
        },
      },
      vpcZoneIdentifiers: subnetIds,
      minSize: 0,
      maxSize: 4,
    });
    assert.equal((await plugin.diff(group, id, state, inputs, inputs)).changes, false);
    const { AutoScalingGroups: [found] = [] } = await aws().autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["mixed"] }),
    );
    const policy = found?.MixedInstancesPolicy;
    assert.equal(policy?.InstancesDistribution?.OnDemandPercentageAboveBaseCapacity, 0);
    assert.deepEqual(
      policy.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType),
      ["m5.xlarge", "m5.large"],
    );
    await plugin.delete(group, id, state);
    const { failures } = await plugin.check(group, "it", {
      vpcZoneIdentifiers: subnetIds,
      minSize: 0,
      maxSize: 1,
      warmPool: {},
    });
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["warmPool", "launchTemplate"],
    );
    assert.match(text(failures[0] as unknown as Json, "reason"), /there are no warm pools in the sandbox/);
  });

  const instancesOf = async (name: string) => {
    const { Reservations = [] } = await aws().ec2.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: "tag:aws:autoscaling:groupName", Values: [name] },
          { Name: "instance-state-name", Values: ["running"] },
        ],
      }),
    );
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  };
});
