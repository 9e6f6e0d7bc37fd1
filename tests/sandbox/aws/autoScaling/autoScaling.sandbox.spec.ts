import assert from "node:assert/strict";
import {
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeAutoScalingInstancesCommand,
  DescribeScalingActivitiesCommand,
  ResumeProcessesCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingGroup,
} from "@aws-sdk/client-auto-scaling";
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { eventually } from "../support/eventually";
import { fastClock } from "../support/fastClock";
import { frontFixture } from "../support/frontFixture";
import { makeLaunchTemplate } from "../support/launchTemplate";
import { freeAddresses, makeNetwork } from "../support/network";

describe("Auto Scaling", function () {
  this.timeout(120_000);
  const aws = frontFixture({ clock: fastClock(20) });
  let made = 0;

  async function makeGroup(
    sizes: { MinSize: number; MaxSize: number; DesiredCapacity?: number },
    subnetBlocks = ["10.8.0.0/28", "10.8.1.0/28", "10.8.2.0/28"],
  ) {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", subnetBlocks);
    const name = `group-${++made}`;
    const LaunchTemplateId = await makeLaunchTemplate(ec2, name);
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        ...sizes,
        LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
        VPCZoneIdentifier: subnetIds.join(","),
        Tags: [
          { Key: "goes", Value: "along", PropagateAtLaunch: true },
          { Key: "stays", Value: "here", PropagateAtLaunch: false },
        ],
      }),
    );
    return { name, subnetIds };
  }
  const read = async (name: string): Promise<Partial<AutoScalingGroup>> => {
    const { AutoScalingGroups } = await aws().autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    return AutoScalingGroups?.[0] ?? {};
  };
  const zonesOf = ({ Instances = [] }: Partial<AutoScalingGroup>) =>
    Instances.map(({ AvailabilityZone = "" }) => AvailabilityZone.at(-1))
      .sort()
      .join("");
  const idsOf = ({ Instances = [] }: Partial<AutoScalingGroup>) =>
    Instances.map(({ InstanceId = "" }) => InstanceId);
  const withZones = (name: string, zones: string) =>
    eventually(
      () => read(name),
      (one) => zonesOf(one) === zones,
    );
  const resize = (name: string, DesiredCapacity: number) =>
    aws().autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: name, DesiredCapacity }));
  const terminate = (InstanceId: string, ShouldDecrementDesiredCapacity: boolean) =>
    aws().autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }),
    );

  it("launches one instance in each zone, from the template, with the tags that go along", async () => {
    const { name } = await makeGroup({ MinSize: 3, MaxSize: 6 });
    const group = await withZones(name, "abc");
    assert.equal(group.DesiredCapacity, 3);
    const [instanceId = ""] = idsOf(group);
    const { Reservations } = await aws().ec2.send(
      new DescribeInstancesCommand({ InstanceIds: [instanceId] }),
    );
    const instance = Reservations?.[0]?.Instances?.[0];
    assert.equal(instance?.InstanceType, "m5.large");
    const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]));
    assert.equal(tags.goes, "along");
    assert.equal(tags.stays, undefined);
    assert.equal(tags["of-template"], name);
    assert.equal(tags["aws:autoscaling:groupName"], name);
    const { UserData } = await aws().ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: "userData" }),
    );
    assert.equal(Buffer.from(UserData?.Value ?? "", "base64").toString(), `user data of ${name}`);
  });

  it("makes one group of a name, also when two are asked for at once, and none of a refused call's", async () => {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const LaunchTemplateId = await makeLaunchTemplate(ec2, "twins");
    const create = (VPCZoneIdentifier: string | undefined) =>
      autoScaling.send(
        new CreateAutoScalingGroupCommand({
          ...{ AutoScalingGroupName: "twins", MinSize: 1, MaxSize: 2, VPCZoneIdentifier },
          LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
        }),
      );
    await assert.rejects(create(undefined), { name: "ValidationError" });
    const both = await Promise.allSettled([create(subnetIds[0]), create(subnetIds[0])]);
    assert.deepEqual(
      both.map((one) => (one.status === "rejected" ? (one.reason as Error).name : one.status)).sort(),
      ["AlreadyExistsFault", "fulfilled"],
    );
    await withZones("twins", "a");
    assert.equal(await freeAddresses(ec2, subnetIds[0] ?? ""), 10);
  });

  it("refuses a launch template that is not there", async () => {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const create = (LaunchTemplate: { LaunchTemplateId: string } | { LaunchTemplateName: string }) =>
      autoScaling.send(
        new CreateAutoScalingGroupCommand({
          ...{ AutoScalingGroupName: "lost", MinSize: 1, MaxSize: 1, LaunchTemplate },
          VPCZoneIdentifier: subnetIds.join(),
        }),
      );
    const refused = (named: string) => ({
      name: "ValidationError",
      message:
        "You must use a valid fully-formed launch template. The specified launch template, with " +
        `${named}, does not exist.`,
    });
    const LaunchTemplateId = "lt-0123456789abcdef0";
    await assert.rejects(create({ LaunchTemplateId }), refused(`launch-template-id ${LaunchTemplateId}`));
    await assert.rejects(create({ LaunchTemplateName: "lost" }), refused("launch-template-name lost"));
  });

  it("refuses sizes outside the bounds, and says which", async () => {
    const { name } = await makeGroup({ MinSize: 1, MaxSize: 3 });
    await assert.rejects(resize(name, 4), {
      name: "ValidationError",
      message: "New SetDesiredCapacity value 4 is above max value 3 for the AutoScalingGroup.",
    });
    await assert.rejects(resize(name, 0), { name: "ValidationError", message: /is below min value 1/ });
    await assert.rejects(
      aws().autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: 4 })),
      { name: "ValidationError", message: "Max bound, 3, must be greater than or equal to min bound, 4" },
    );
    await assert.rejects(makeGroup({ MinSize: 1, MaxSize: 2, DesiredCapacity: 5 }), {
      name: "ValidationError",
      message: "Desired capacity:5 must be between the specified min size:1 and max size:2",
    });
  });

  it("terminates exactly the named instance, in its place or for good, and not below the minimum", async () => {
    const { name } = await makeGroup({ MinSize: 2, MaxSize: 6, DesiredCapacity: 3 });
    const [first = "", second = "", third = ""] = idsOf(await withZones(name, "abc"));
    const { Activity } = await terminate(first, true);
    assert.match(Activity?.Description ?? "", new RegExp(first));
    const smaller = await read(name);
    assert.equal(smaller.DesiredCapacity, 2);
    assert.deepEqual(idsOf(smaller), [second, third]);

    await assert.rejects(terminate(second, true), {
      name: "ValidationError",
      message: /Currently, desiredSize equals minSize \(2\)/,
    });
    await terminate(second, false);
    const replaced = await eventually(
      () => read(name),
      (group) => idsOf(group).length === 2,
    );
    assert.equal(replaced.DesiredCapacity, 2);
    assert.ok(!idsOf(replaced).includes(second));
    await assert.rejects(terminate(first, true), {
      name: "ValidationError",
      message: /Instance Id not found/,
    });
  });

  it("returns the addresses of what it terminates", async () => {
    const { name, subnetIds } = await makeGroup({ MinSize: 0, MaxSize: 3, DesiredCapacity: 3 }, [
      "10.8.0.0/28",
    ]);
    await withZones(name, "aaa");
    assert.equal(await freeAddresses(aws().ec2, subnetIds[0] ?? ""), 8);
    await resize(name, 0);
    await withZones(name, "");
    assert.equal(await freeAddresses(aws().ec2, subnetIds[0] ?? ""), 11);
  });

  it("replaces an instance that somebody terminated in EC2", async () => {
    const { name } = await makeGroup({ MinSize: 1, MaxSize: 1 });
    const [before = ""] = idsOf(await withZones(name, "a"));
    await aws().ec2.send(new TerminateInstancesCommand({ InstanceIds: [before] }));
    await eventually(
      () => read(name),
      (group) => idsOf(group).length === 1 && !idsOf(group).includes(before),
    );
  });

  it("launches elsewhere when a zone's subnet is full, and tells when all are", async () => {
    const { name } = await makeGroup({ MinSize: 0, MaxSize: 30, DesiredCapacity: 22 }, [
      "10.8.0.0/28",
      "10.8.1.0/28",
    ]);
    await withZones(name, "a".repeat(11) + "b".repeat(11));
    await resize(name, 23);
    const { Activities = [] } = await eventually(
      () => aws().autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name })),
      (answer) => answer.Activities?.[0]?.StatusCode === "Failed",
    );
    assert.match(Activities[0]?.StatusMessage ?? "", /InsufficientFreeAddressesInSubnet/);
    assert.equal((await read(name)).DesiredCapacity, 23);
  });

  it("keeps which processes are suspended", async () => {
    const { name } = await makeGroup({ MinSize: 0, MaxSize: 1 });
    const { autoScaling } = aws();
    const suspended = async () => (await read(name)).SuspendedProcesses?.map((one) => one.ProcessName) ?? [];
    await autoScaling.send(
      new SuspendProcessesCommand({
        AutoScalingGroupName: name,
        ScalingProcesses: ["AZRebalance", "AlarmNotification"],
      }),
    );
    assert.deepEqual(await suspended(), ["AZRebalance", "AlarmNotification"]);
    await autoScaling.send(
      new ResumeProcessesCommand({ AutoScalingGroupName: name, ScalingProcesses: ["AZRebalance"] }),
    );
    assert.deepEqual(await suspended(), ["AlarmNotification"]);
    await assert.rejects(
      autoScaling.send(
        new SuspendProcessesCommand({ AutoScalingGroupName: name, ScalingProcesses: ["Rebalance"] }),
      ),
      { name: "ValidationError" },
    );
  });

  it("brings zones back into balance, undrained, unless AZRebalance is suspended", async () => {
    const { name } = await makeGroup({ MinSize: 0, MaxSize: 6, DesiredCapacity: 4 }, [
      "10.8.0.0/28",
      "10.8.1.0/28",
    ]);
    const group = await withZones(name, "aabb");
    for (const { InstanceId = "", AvailabilityZone } of group.Instances ?? []) {
      if (AvailabilityZone === "us-west-2b") await terminate(InstanceId, true);
    }
    await withZones(name, "ab");
    // Not at once, and one more before there is one less.
    const { Activities = [] } = await aws().autoScaling.send(
      new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name }),
    );
    const [terminated, launched, before] = Activities;
    assert.match(terminated?.Description ?? "", /^Terminating/);
    assert.equal(terminated?.Cause, "availability zones out of balance");
    assert.match(launched?.Description ?? "", /^Launching/);
    assert.match(before?.Cause ?? "", /in response to a user request, shrinking the capacity$/);
    const waited = (launched?.StartTime?.getTime() ?? NaN) - (before?.StartTime?.getTime() ?? NaN);
    assert.ok(waited > 9_000, `${waited} ms`);
  });

  it("describes groups by tags, in pages, and instances by their group", async () => {
    const { name } = await makeGroup({ MinSize: 1, MaxSize: 1 });
    const { autoScaling } = aws();
    await autoScaling.send(
      new CreateOrUpdateTagsCommand({
        Tags: [
          {
            ResourceId: name,
            ResourceType: "auto-scaling-group",
            Key: "only",
            Value: "this",
            PropagateAtLaunch: false,
          },
        ],
      }),
    );
    const byTag = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: "tag:only", Values: ["this"] }] }),
    );
    assert.deepEqual(
      byTag.AutoScalingGroups?.map((group) => group.AutoScalingGroupName),
      [name],
    );
    const first = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 1 }));
    assert.equal(first.AutoScalingGroups?.length, 1);
    const second = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ MaxRecords: 1, NextToken: first.NextToken }),
    );
    assert.notEqual(
      second.AutoScalingGroups?.[0]?.AutoScalingGroupName,
      first.AutoScalingGroups[0]?.AutoScalingGroupName,
    );
    const InstanceIds = idsOf(await withZones(name, "a"));
    const { AutoScalingInstances } = await autoScaling.send(
      new DescribeAutoScalingInstancesCommand({ InstanceIds }),
    );
    assert.deepEqual(
      AutoScalingInstances?.map((one) => one.AutoScalingGroupName),
      [name],
    );
  });

  it("deletes a group with its instances only by force", async () => {
    const { name } = await makeGroup({ MinSize: 1, MaxSize: 1 });
    await withZones(name, "a");
    const { autoScaling } = aws();
    const AutoScalingGroupName = name;
    await assert.rejects(autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName })), {
      name: /^ResourceInUse/,
    });
    await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName, ForceDelete: true }));
    await eventually(
      () => read(name),
      (group) => group.AutoScalingGroupName === undefined,
    );
  });

  it("refuses by name what it doesn't do", async () => {
    await assert.rejects(
      aws().autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: "any" })),
      { name: "InvalidAction", message: /StartInstanceRefresh is not part of this sandbox/ },
    );
  });
});
