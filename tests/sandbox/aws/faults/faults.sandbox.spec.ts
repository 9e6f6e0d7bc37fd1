import assert from "node:assert/strict";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  AssociateVpcCidrBlockCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DescribeInstanceTypesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DisassociateVpcCidrBlockCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { EKSClient, ListClustersCommand } from "@aws-sdk/client-eks";
import type { FaultRuleInput } from "../../../../sandbox/aws/faults/faultRule";
import type { Fault } from "../../../../sandbox/aws/faults/faults";
import { eventually } from "../support/eventually";
import { frontFixture, REGION } from "../support/frontFixture";
import { makeLaunchTemplate } from "../support/launchTemplate";
import { freeAddresses, makeNetwork } from "../support/network";
import { standingClock } from "../support/standingClock";

describe("faults of the emulated AWS", function () {
  this.timeout(120_000);
  const clock = standingClock();
  const aws = frontFixture({ clock });
  const path = () => `${aws().front.endpoint}/_sandbox/faults`;
  const add = async (rule: FaultRuleInput) => {
    const answer = await fetch(path(), { method: "POST", body: JSON.stringify(rule) });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Fault;
  };
  const list = async () => ((await (await fetch(path())).json()) as { faults: Fault[] }).faults;
  afterEach(async () => {
    await fetch(path(), { method: "DELETE" });
  });

  const look = () => aws().ec2.send(new DescribeVpcsCommand({}));

  it("are added, listed and removed, and refused with all that is wrong", async () => {
    const { id } = await add({ kind: "throttle", action: "iam:*", times: 3 });
    await add({ kind: "throttle", action: "sts:*" });
    const listed = (await list()).map(({ action, times, hits, isOver }) => ({ action, times, hits, isOver }));
    assert.deepEqual(listed, [
      { action: "iam:*", times: 3, hits: 0, isOver: false },
      { action: "sts:*", times: undefined, hits: 0, isOver: false },
    ]);
    const removed = await fetch(`${path()}?id=${id}`, { method: "DELETE" });
    assert.deepEqual(await removed.json(), { removed: 1 });
    assert.deepEqual(
      (await list()).map(({ action }) => action),
      ["sts:*"],
    );
    const refused = await fetch(path(), {
      method: "POST",
      body: JSON.stringify({ kind: "stale", action: "vpcs", zone: "a" }),
    });
    assert.equal(refused.status, 400);
    const { problems } = (await refused.json()) as { problems: { path: string }[] };
    assert.deepEqual(
      problems.map((problem) => problem.path),
      ["action", "zone"],
    );
    const noJson = await fetch(path(), { method: "POST", body: "{" });
    assert.deepEqual(await noJson.json(), {
      message: "(body): is not JSON",
      problems: [{ path: "(body)", reason: "is not JSON" }],
    });
  });

  const refusals: [FaultRuleInput["kind"], [string, number], [string, number], [string, number]][] = [
    ["throttle", ["RequestLimitExceeded", 503], ["Throttling", 400], ["TooManyRequestsException", 429]],
    ["error", ["InternalError", 500], ["InternalFailure", 500], ["ServerException", 500]],
    ["unavailable", ["Unavailable", 503], ["ServiceUnavailable", 503], ["ServiceUnavailableException", 503]],
    ["expired-credentials", ["RequestExpired", 400], ["ExpiredToken", 403], ["ExpiredTokenException", 403]],
    ["access-denied", ["UnauthorizedOperation", 403], ["AccessDenied", 403], ["AccessDeniedException", 403]],
  ];
  for (const [kind, ofEc2, ofAutoScaling, ofEks] of refusals) {
    it(`say ${kind} in each service's own words, once where they are for one call`, async () => {
      const { ec2, autoScaling, eks } = aws();
      const outcome = async (ask: () => Promise<unknown>): Promise<[string, number | undefined]> => {
        try {
          await ask();
          return ["none", 200];
        } catch (error) {
          const { name, $metadata } = error as Error & { $metadata: { httpStatusCode?: number } };
          return [name, $metadata.httpStatusCode];
        }
      };
      for (const service of ["ec2", "autoscaling", "eks"])
        await add({ kind, action: `${service}:*`, times: 1 });
      assert.deepEqual(await outcome(() => ec2.send(new DescribeVpcsCommand({}))), ofEc2);
      assert.deepEqual(
        await outcome(() => autoScaling.send(new DescribeAutoScalingGroupsCommand({}))),
        ofAutoScaling,
      );
      assert.deepEqual(await outcome(() => eks.send(new ListClustersCommand({}))), ofEks);
      assert.deepEqual(await outcome(look), ["none", 200]);
    });
  }

  it("are waited for by the SDKs, whose retries come through", async () => {
    const client = {
      endpoint: aws().front.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    for (const service of ["ec2", "autoscaling", "eks"]) {
      await add({ kind: "throttle", action: `${service}:*`, times: 1 });
    }
    const [ec2, autoScaling, eks] = [
      new EC2Client(client),
      new AutoScalingClient(client),
      new EKSClient(client),
    ];
    const answers = [
      await ec2.send(new DescribeVpcsCommand({})),
      await autoScaling.send(new DescribeAutoScalingGroupsCommand({})),
      await eks.send(new ListClustersCommand({})),
    ];
    assert.deepEqual(
      answers.map(({ $metadata }) => $metadata.attempts),
      [2, 2, 2],
    );
    for (const one of [ec2, autoScaling, eks]) one.destroy();
  });

  it("leave callers without an answer, whether their call is carried out or not", async () => {
    const { ec2 } = aws();
    const vpcs = async () => (await look()).Vpcs?.map(({ CidrBlock }) => CidrBlock) ?? [];
    const tryToMake = (CidrBlock: string) =>
      ec2.send(new CreateVpcCommand({ CidrBlock }), { abortSignal: AbortSignal.timeout(1_500) });
    await add({ kind: "timeout", action: "ec2:CreateVpc", times: 1 });
    await assert.rejects(tryToMake("10.31.0.0/16"), { name: "AbortError" });
    await add({ kind: "lost-answer", action: "ec2:CreateVpc", times: 1 });
    await assert.rejects(tryToMake("10.32.0.0/16"), { name: "AbortError" });
    const there = await eventually(vpcs, (blocks) => blocks.includes("10.32.0.0/16"));
    assert.equal(there.includes("10.31.0.0/16"), false);
    await ec2.send(new CreateVpcCommand({ CidrBlock: "10.31.0.0/16" }));
  });

  it("let a block go from associating to failed, which gives the VPC nothing and is removed again", async () => {
    const { ec2 } = aws();
    const { vpcId } = await makeNetwork(ec2, "10.8.0.0/16", []);
    await add({ kind: "associate-failed", times: 1, message: "no room in the zone" });
    const associate = async () =>
      (await ec2.send(new AssociateVpcCidrBlockCommand({ VpcId: vpcId, CidrBlock: "100.64.0.0/16" })))
        .CidrBlockAssociation;
    const stateOf = async (id: string | undefined) => {
      const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpcId] }));
      return Vpcs?.[0]?.CidrBlockAssociationSet?.find((one) => one.AssociationId === id)?.CidrBlockState;
    };
    const made = await clock.standWhile(async () => {
      const begun = await associate();
      assert.equal(begun?.CidrBlockState?.State, "associating");
      assert.equal((await stateOf(begun.AssociationId))?.State, "associating");
      return begun;
    });
    const ended = await eventually(
      () => stateOf(made.AssociationId),
      (state) => state?.State !== "associating",
    );
    assert.deepEqual(ended, { State: "failed", StatusMessage: "no room in the zone" });
    await assert.rejects(ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "100.64.0.0/19" })), {
      name: "InvalidSubnet.Range",
    });
    await ec2.send(new DisassociateVpcCidrBlockCommand({ AssociationId: made.AssociationId }));
    const again = await associate();
    await eventually(
      () => stateOf(again?.AssociationId),
      (state) => state?.State === "associated",
    );
  });

  it("show a change to whoever asked before only when reads have caught up", async () => {
    const { ec2 } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const [subnetId = ""] = subnetIds;
    const tags = async () => {
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
      return Subnets?.[0]?.Tags?.map(({ Key }) => Key) ?? [];
    };
    await add({ kind: "stale", action: "ec2:Describe*", seconds: 3 });
    assert.deepEqual(await tags(), []);
    await clock.standWhile(async () => {
      await ec2.send(new CreateTagsCommand({ Resources: [subnetId], Tags: [{ Key: "new", Value: "" }] }));
      assert.deepEqual(await tags(), []);
    });
    await eventually(tags, (keys) => keys.includes("new"));
  });

  it("hide what has just come into being: from lists, and as not found by its id", async () => {
    const { ec2 } = aws();
    const { vpcId, subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const { id } = await add({ kind: "stale", action: "ec2:DescribeSubnets", seconds: 600 });
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.8.1.0/28" }));
    const inVpc = async () => {
      const { Subnets = [] } = await ec2.send(
        new DescribeSubnetsCommand({ Filters: [{ Name: "vpc-id", Values: [vpcId] }] }),
      );
      return Subnets.map(({ SubnetId }) => SubnetId);
    };
    assert.deepEqual(await inVpc(), subnetIds);
    await assert.rejects(ec2.send(new DescribeSubnetsCommand({ SubnetIds: [Subnet?.SubnetId ?? ""] })), {
      name: "InvalidSubnetID.NotFound",
    });
    await fetch(`${path()}?id=${id}`, { method: "DELETE" });
    assert.deepEqual((await inVpc()).sort(), [...subnetIds, Subnet?.SubnetId].sort());
  });

  it("keep a zone without instances of a type: groups launch elsewhere, and tell what failed", async () => {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28", "10.8.1.0/28"]);
    await add({ kind: "insufficient-capacity", instanceType: "m5.large", zone: "us-west-2a" });
    const run = (InstanceType: "m5.large" | "c5.large", SubnetId: string | undefined) =>
      ec2.send(new RunInstancesCommand({ InstanceType, SubnetId, MinCount: 1, MaxCount: 1 }));
    await assert.rejects(run("m5.large", subnetIds[0]), {
      name: "InsufficientInstanceCapacity",
      message: /sufficient m5\.large capacity in the Availability Zone you requested \(us-west-2a\)/,
    });
    await run("c5.large", subnetIds[0]);

    const LaunchTemplateId = await makeLaunchTemplate(ec2, "short");
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        ...{ AutoScalingGroupName: "short", MinSize: 2, MaxSize: 2 },
        LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
        VPCZoneIdentifier: subnetIds.join(","),
      }),
    );
    const group = await eventually(
      async () =>
        (await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["short"] })))
          .AutoScalingGroups?.[0],
      (one) => one?.Instances?.length === 2,
    );
    assert.deepEqual(
      group?.Instances?.map(({ AvailabilityZone }) => AvailabilityZone),
      ["us-west-2b", "us-west-2b"],
    );

    await add({ kind: "insufficient-capacity" });
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        ...{ AutoScalingGroupName: "none", MinSize: 1, MaxSize: 1 },
        LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
        VPCZoneIdentifier: subnetIds.join(","),
      }),
    );
    const failed = await eventually(
      () => autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: "none" })),
      ({ Activities }) => Activities?.[0]?.StatusCode === "Failed",
    );
    assert.match(failed.Activities?.[0]?.StatusMessage ?? "", /InsufficientInstanceCapacity/);
  });

  it("leave the CNI's ENIs behind when their instance is terminated, as available", async () => {
    const { ec2 } = aws();
    const {
      subnetIds: [subnetId = ""],
    } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    const { Instances: [instance] = [] } = await ec2.send(
      new RunInstancesCommand({ InstanceType: "m5.large", SubnetId: subnetId, MinCount: 1, MaxCount: 1 }),
    );
    const InstanceId = instance?.InstanceId ?? "";
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: subnetId,
        SecondaryPrivateIpAddressCount: 3,
        TagSpecifications: [
          {
            ResourceType: "network-interface",
            Tags: [{ Key: "node.k8s.amazonaws.com/instance_id", Value: InstanceId }],
          },
        ],
      }),
    );
    const NetworkInterfaceId = NetworkInterface?.NetworkInterfaceId ?? "";
    await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 1 }));
    await add({ kind: "leak-eni", times: 1 });
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    const left = await eventually(
      async () =>
        (
          await ec2.send(
            new DescribeNetworkInterfacesCommand({ Filters: [{ Name: "subnet-id", Values: [subnetId] }] }),
          )
        ).NetworkInterfaces ?? [],
      (found) => found.length === 1 && found[0]?.Status === "available",
    );
    assert.equal(left[0]?.NetworkInterfaceId, NetworkInterfaceId);
    assert.equal(await freeAddresses(ec2, subnetId), 27 - 4);
  });

  it("are not met by the sandbox's own parts, unless they are meant", async () => {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/28"]);
    const LaunchTemplateId = await makeLaunchTemplate(ec2, "own");
    const make = (AutoScalingGroupName: string) =>
      autoScaling.send(
        new CreateAutoScalingGroupCommand({
          ...{ AutoScalingGroupName, MinSize: 1, MaxSize: 1 },
          LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
          VPCZoneIdentifier: subnetIds.join(","),
        }),
      );
    const activityOf = async (AutoScalingGroupName: string) => {
      const { Activities } = await eventually(
        () => autoScaling.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName })),
        (answer) => (answer.Activities?.length ?? 0) > 0,
      );
      return [Activities?.[0]?.StatusCode, Activities?.[0]?.StatusMessage];
    };
    await add({ kind: "throttle", action: "ec2:*" });
    await make("unharmed");
    assert.deepEqual(await activityOf("unharmed"), ["Successful", undefined]);
    await assert.rejects(ec2.send(new DescribeInstanceTypesCommand({})), { name: "RequestLimitExceeded" });

    await add({ kind: "throttle", action: "ec2:RunInstances", from: "auto-scaling", times: 1 });
    await make("throttled");
    assert.deepEqual(await activityOf("throttled"), [
      "Failed",
      "RequestLimitExceeded: Request limit exceeded. Launching EC2 instance failed.",
    ]);
  });
});
