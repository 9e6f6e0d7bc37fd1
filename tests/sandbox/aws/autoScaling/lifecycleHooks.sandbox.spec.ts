import assert from "node:assert/strict";
import {
  CompleteLifecycleActionCommand,
  CreateAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DeleteScheduledActionCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeLifecycleHooksCommand,
  DescribeScheduledActionsCommand,
  PutLifecycleHookCommand,
  PutScheduledUpdateGroupActionCommand,
  RecordLifecycleActionHeartbeatCommand,
  SetDesiredCapacityCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { eventually } from "../support/eventually";
import { fastClock } from "../support/fastClock";
import { frontFixture } from "../support/frontFixture";
import { makeLaunchTemplate } from "../support/launchTemplate";
import { makeNetwork } from "../support/network";

const LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING";
const TERMINATING = "autoscaling:EC2_INSTANCE_TERMINATING";

describe("Auto Scaling groups that wait", function () {
  this.timeout(120_000);
  const clock = fastClock(20);
  const aws = frontFixture({ clock });
  let made = 0;

  async function makeGroup(DesiredCapacity: number): Promise<string> {
    const { ec2, autoScaling } = aws();
    const { subnetIds } = await makeNetwork(ec2, "10.8.0.0/16", ["10.8.0.0/27"]);
    const name = `waits-${++made}`;
    const LaunchTemplateId = await makeLaunchTemplate(ec2, name);
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        ...{ AutoScalingGroupName: name, MinSize: 0, MaxSize: 4, DesiredCapacity },
        LaunchTemplate: { LaunchTemplateId, Version: "$Latest" },
        VPCZoneIdentifier: subnetIds[0],
      }),
    );
    return name;
  }
  const putHook = (
    name: string,
    LifecycleTransition: string,
    DefaultResult?: string,
    HeartbeatTimeout = 7_200,
  ) =>
    aws().autoScaling.send(
      new PutLifecycleHookCommand({
        ...{ AutoScalingGroupName: name, LifecycleHookName: "hook", LifecycleTransition },
        ...{ DefaultResult, HeartbeatTimeout },
      }),
    );
  const instancesOf = async (name: string) => {
    const { AutoScalingGroups } = await aws().autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }),
    );
    return AutoScalingGroups?.[0]?.Instances ?? [];
  };
  const statesOf = async (name: string) =>
    (await instancesOf(name)).map(({ LifecycleState }) => LifecycleState).sort();
  const withStates = (name: string, ...states: string[]) =>
    eventually(
      () => statesOf(name),
      (found) => found.join() === states.join(),
    );
  const resize = (AutoScalingGroupName: string, DesiredCapacity: number) =>
    aws().autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName, DesiredCapacity }));
  const complete = (AutoScalingGroupName: string, InstanceId: string, LifecycleActionResult: string) =>
    aws().autoScaling.send(
      new CompleteLifecycleActionCommand({
        ...{ AutoScalingGroupName, LifecycleHookName: "hook", InstanceId, LifecycleActionResult },
      }),
    );

  it("tell their hooks, with what is left out as AWS has it, until they are deleted", async () => {
    const name = await makeGroup(0);
    const { autoScaling } = aws();
    const of = { AutoScalingGroupName: name };
    await autoScaling.send(
      new PutLifecycleHookCommand({ ...of, LifecycleHookName: "hook", LifecycleTransition: TERMINATING }),
    );
    const { LifecycleHooks } = await autoScaling.send(new DescribeLifecycleHooksCommand(of));
    assert.deepEqual(LifecycleHooks, [
      {
        LifecycleHookName: "hook",
        AutoScalingGroupName: name,
        LifecycleTransition: TERMINATING,
        HeartbeatTimeout: 3_600,
        GlobalTimeout: 172_800,
        DefaultResult: "ABANDON",
      },
    ]);
    await assert.rejects(putHook(name, "autoscaling:SOMETHING"), { name: "ValidationError" });
    await assert.rejects(putHook(name, LAUNCHING, "CONTINUE", 29), { name: "ValidationError" });
    const gone = new DeleteLifecycleHookCommand({ ...of, LifecycleHookName: "hook" });
    await autoScaling.send(gone);
    await assert.rejects(autoScaling.send(gone), { name: "ValidationError" });
  });

  it("keep an instance from service until its action is completed, and replace one that is abandoned", async () => {
    const name = await makeGroup(0);
    await putHook(name, LAUNCHING);
    await resize(name, 1);
    await withStates(name, "Pending:Wait");
    const [first] = await instancesOf(name);
    await complete(name, first?.InstanceId ?? "", "ABANDON");
    const [second] = await eventually(
      () => instancesOf(name),
      ([one]) => one !== undefined && one.InstanceId !== first?.InstanceId,
    );
    assert.equal(second?.LifecycleState, "Pending:Wait");
    await complete(name, second.InstanceId ?? "", "CONTINUE");
    await withStates(name, "InService");
    await assert.rejects(complete(name, second.InstanceId ?? "", "CONTINUE"), {
      name: "ValidationError",
      message: `No active Lifecycle Action found with instance ID ${second.InstanceId ?? ""}`,
    });
  });

  it("keep an instance that is terminated until its action is completed, and launch no other for it", async () => {
    const name = await makeGroup(2);
    await withStates(name, "InService", "InService");
    await putHook(name, TERMINATING);
    const [victim] = await instancesOf(name);
    const InstanceId = victim?.InstanceId ?? "";
    const { Activity } = await aws().autoScaling.send(
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity: true }),
    );
    assert.equal(Activity?.StatusCode, "InProgress");
    assert.deepEqual(await statesOf(name), ["InService", "Terminating:Wait"]);
    await complete(name, InstanceId, "CONTINUE");
    await withStates(name, "InService");
    assert.notEqual((await instancesOf(name))[0]?.InstanceId, InstanceId);
  });

  it("go on by the default result when nobody completes an action, a heartbeat later where there is one", async () => {
    const name = await makeGroup(0);
    await putHook(name, LAUNCHING, "CONTINUE", 120);
    await resize(name, 1);
    await withStates(name, "Pending:Wait");
    const [instance] = await instancesOf(name);
    await clock.sleep(30_000, new AbortController().signal);
    const beatenAt = clock.now();
    await aws().autoScaling.send(
      new RecordLifecycleActionHeartbeatCommand({
        ...{ AutoScalingGroupName: name, LifecycleHookName: "hook", InstanceId: instance?.InstanceId },
      }),
    );
    await withStates(name, "InService");
    assert.ok(clock.now() >= beatenAt + 120_000, `${clock.now() - beatenAt} ms after the heartbeat`);
  });

  it("change their sizes at a time, unless ScheduledActions is suspended", async () => {
    const { autoScaling } = aws();
    const schedule = (AutoScalingGroupName: string, ScheduledActionName: string, inMs: number) =>
      autoScaling.send(
        new PutScheduledUpdateGroupActionCommand({
          ...{ AutoScalingGroupName, ScheduledActionName, DesiredCapacity: 1 },
          StartTime: new Date(clock.now() + inMs),
        }),
      );
    const scheduledOf = async (AutoScalingGroupName: string) => {
      const { ScheduledUpdateGroupActions = [] } = await autoScaling.send(
        new DescribeScheduledActionsCommand({ AutoScalingGroupName }),
      );
      return ScheduledUpdateGroupActions.map(({ ScheduledActionName }) => ScheduledActionName);
    };
    const [grows, stays] = [await makeGroup(0), await makeGroup(0)];
    await autoScaling.send(
      new SuspendProcessesCommand({ AutoScalingGroupName: stays, ScalingProcesses: ["ScheduledActions"] }),
    );
    await schedule(grows, "never", 3_600_000);
    // On a clock that runs 20 times as fast: in 3 and 5 seconds.
    await schedule(stays, "soon", 60_000);
    await schedule(grows, "soon", 100_000);
    assert.deepEqual(await scheduledOf(grows), ["never", "soon"]);
    await autoScaling.send(
      new DeleteScheduledActionCommand({ AutoScalingGroupName: grows, ScheduledActionName: "never" }),
    );
    await withStates(grows, "InService");
    assert.deepEqual([await scheduledOf(grows), await scheduledOf(stays)], [[], []]);
    assert.deepEqual(await statesOf(stays), []);
    await assert.rejects(schedule(grows, "late", -1_000), { name: "ValidationError", message: /past/ });
  });
});
