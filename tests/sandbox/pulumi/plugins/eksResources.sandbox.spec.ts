import assert from "node:assert/strict";
import { SetDesiredCapacityCommand } from "@aws-sdk/client-auto-scaling";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  DeleteAddonCommand,
  DescribeAddonCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  ListUpdatesCommand,
  UpdateAddonCommand,
  UpdateNodegroupConfigCommand,
  waitUntilAddonActive,
  waitUntilClusterActive,
} from "@aws-sdk/client-eks";
import { controlPlaneFixture } from "../../../support/sandbox";
import { awsFixture } from "./awsFixture";
import { leftBehind, UNKNOWN, text, type Json, type PluginProcess } from "./pluginProcess";

const addon = "aws:eks/addon:Addon";
const nodeGroup = "aws:eks/nodeGroup:NodeGroup";
const nodeRoleArn = "arn:aws:iam::123456789012:role/small-node";

describe("resources of EKS of the aws plugin's stand-in", function () {
  this.timeout(240_000);
  const { controlPlane } = controlPlaneFixture();
  const aws = awsFixture({ region: "us-west-2" }, controlPlane, { nodeCreationMs: 6_000 });
  let plugin: PluginProcess;
  let subnetId: string;

  before(async () => {
    plugin = aws().plugin;
    const { ec2, eks } = aws();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }));
    const VpcId = Vpc?.VpcId ?? "";
    const subnetIn = async (AvailabilityZone: string, CidrBlock: string) => {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
      return Subnet?.SubnetId ?? "";
    };
    subnetId = await subnetIn("us-west-2a", "10.8.0.0/20");
    const subnetIds = [subnetId, await subnetIn("us-west-2b", "10.8.16.0/20")];
    const roleArn = "arn:aws:iam::123456789012:role/small-cluster";
    await eks.send(new CreateClusterCommand({ name: "small", roleArn, resourcesVpcConfig: { subnetIds } }));
    await waitUntilClusterActive({ client: eks, maxWaitTime: 60, minDelay: 1 }, { name: "small" });
  });

  const checked = async (type: string, name: string, given: Json, olds?: Json) => {
    const { inputs, failures } = await plugin.check(type, name, given, olds);
    assert.deepEqual(failures, []);
    return inputs;
  };

  describe("the add-on", () => {
    const given = { clusterName: "small", addonName: "vpc-cni", addonVersion: "v1.23.1-eksbuild.1" };
    const id = "small:vpc-cni";
    const values = JSON.stringify({ env: { WARM_ENI_TARGET: "2" } });

    it("is made, waited for, read back and imported by its cluster and name", async () => {
      const asked = {
        ...given,
        configurationValues: values,
        resolveConflictsOnCreate: "OVERWRITE",
        preserve: true,
      };
      const inputs = await checked(addon, "cni", { ...asked, tags: { team: "a" } });
      const { id: made, state } = await plugin.create(addon, "cni", inputs);
      assert.equal(made, id);
      assert.match(text(state, "arn"), /^arn:aws:eks:us-west-2:123456789012:addon\/small\/vpc-cni\//);
      assert.match(text(state, "createdAt"), /^\d{4}-.*Z$/);
      assert.match(text(state, "modifiedAt"), /^\d{4}-.*Z$/);
      const { arn = "", createdAt = "", modifiedAt = "" } = state;
      const tags = { tags: { team: "a" }, tagsAll: { team: "a" } };
      assert.deepEqual(state, { ...asked, arn, createdAt, modifiedAt, region: "us-west-2", ...tags });
      assert.equal((await plugin.diff(addon, id, state, inputs, inputs)).changes, false);

      const imported = await plugin.read(addon, id);
      assert.equal(imported.id, id);
      assert.deepEqual(imported.inputs, {
        ...given,
        configurationValues: values,
        region: "us-west-2",
        tags: { team: "a" },
        tagsAll: { team: "a" },
      });
    });

    it("is adopted and updated in one: what the program says replaces what was there", async () => {
      const imported = await plugin.read(addon, id);
      const news = await checked(addon, "cni", {
        ...given,
        configurationValues: JSON.stringify({ env: { WARM_ENI_TARGET: "1" } }),
        resolveConflictsOnUpdate: "PRESERVE",
        tags: { team: "b" },
      });
      const diff = await plugin.diff(addon, id, imported.state, imported.inputs, news);
      assert.deepEqual(diff.detailed, {
        configurationValues: "update",
        resolveConflictsOnUpdate: "add",
        "tags.team": "update",
        "tagsAll.team": "update",
      });
      const preview = await plugin.update(addon, id, imported.state, news, { preview: true });
      assert.equal(preview["configurationValues"], news["configurationValues"]);
      assert.equal(preview["arn"], imported.state["arn"]);
      const before = await aws().eks.send(
        new DescribeAddonCommand({ clusterName: "small", addonName: "vpc-cni" }),
      );
      assert.equal(before.addon?.configurationValues, values);

      const state = await plugin.update(addon, id, imported.state, news);
      assert.equal(state["configurationValues"], news["configurationValues"]);
      assert.equal(state["resolveConflictsOnUpdate"], "PRESERVE");
      const after = await aws().eks.send(
        new DescribeAddonCommand({ clusterName: "small", addonName: "vpc-cni" }),
      );
      assert.equal(after.addon?.configurationValues, news["configurationValues"]);
      assert.deepEqual(after.addon?.tags, { team: "b" });
    });

    it("changed by somebody else is drift, and a setting of the program's own is not", async () => {
      const { state } = await plugin.read(addon, id);
      const inputs = await checked(addon, "cni", {
        ...given,
        configurationValues: text(state, "configurationValues"),
        preserve: true,
        tags: { team: "b" },
      });
      const kept = { ...state, preserve: true };
      const configurationValues = JSON.stringify({ env: { WARM_ENI_TARGET: "7" } });
      await aws().eks.send(
        new UpdateAddonCommand({ clusterName: "small", addonName: "vpc-cni", configurationValues }),
      );
      await waitUntilAddonActive(
        { client: aws().eks, maxWaitTime: 60, minDelay: 1 },
        { clusterName: "small", addonName: "vpc-cni" },
      );
      const drifted = await plugin.read(addon, id, kept, inputs);
      assert.equal(drifted.state["configurationValues"], configurationValues);
      assert.equal(drifted.inputs["configurationValues"], configurationValues);
      assert.equal(drifted.state["preserve"], true);
      const diff = await plugin.diff(addon, id, drifted.state, drifted.inputs, inputs);
      assert.deepEqual(diff.detailed, { configurationValues: "update" });
    });

    it("in a version or with values that EKS does not know is refused in EKS's words", async () => {
      const { state } = await plugin.read(addon, id);
      const version = await checked(addon, "cni", { ...given, addonVersion: "v9.0.0-eksbuild.1" });
      await assert.rejects(
        plugin.update(addon, id, state, version),
        /updating EKS Add-On \(small:vpc-cni\): api error /,
      );
      const bad = await checked(addon, "cni", { ...given, configurationValues: '{"nonsense": 1}' });
      await assert.rejects(
        plugin.update(addon, id, state, bad),
        /updating EKS Add-On \(small:vpc-cni\): api error InvalidParameterException: /,
      );
    });

    it("has pod identity associations, which are told, changed and taken away", async () => {
      const { state } = await plugin.read(addon, id);
      const of = (role: string) => ({
        podIdentityAssociations: [
          { roleArn: `arn:aws:iam::123456789012:role/${role}`, serviceAccount: "aws-node" },
        ],
      });
      const asked = {
        ...given,
        configurationValues: text(state, "configurationValues"),
        tags: { team: "b" },
      };
      const one = await checked(addon, "cni", { ...asked, ...of("one") });
      const diff = await plugin.diff(addon, id, state, one, one);
      assert.equal(diff.detailed["podIdentityAssociations"], "add");
      const made = await plugin.update(addon, id, state, one);
      assert.deepEqual(made["podIdentityAssociations"], of("one").podIdentityAssociations);
      assert.equal((await plugin.diff(addon, id, made, one, one)).changes, false);
      const told = await plugin.invoke("aws:eks/getAddon:getAddon", {
        clusterName: "small",
        addonName: "vpc-cni",
      });
      assert.deepEqual(told["podIdentityAssociations"], of("one").podIdentityAssociations);
      const two = await checked(addon, "cni", { ...asked, ...of("two") });
      const changed = await plugin.update(addon, id, made, two);
      assert.deepEqual(changed["podIdentityAssociations"], of("two").podIdentityAssociations);
      const none = await plugin.update(addon, id, changed, await checked(addon, "cni", asked));
      assert.equal(none["podIdentityAssociations"], undefined);
    });

    it("that somebody deleted is gone, and deleting it again is no error", async () => {
      const { state, inputs } = await plugin.read(addon, id);
      await aws().eks.send(
        new DeleteAddonCommand({ clusterName: "small", addonName: "vpc-cni", preserve: true }),
      );
      await plugin.delete(addon, id, { ...state, preserve: true });
      assert.equal((await plugin.read(addon, id, state, inputs)).id, "");
      await plugin.delete(addon, id, state);
    });

    it("has its inputs checked", async () => {
      const { failures } = await plugin.check(addon, "cni", {
        addonName: "vpc-cni",
        addonVersion: "latest",
        resolveConflictsOnCreate: "PRESERVE",
        podIdentityAssociations: [{ roleArn: nodeRoleArn }],
      });
      assert.deepEqual(
        failures.map(({ property }) => property),
        [
          "addonVersion",
          "podIdentityAssociations[0].serviceAccount",
          "resolveConflictsOnCreate",
          "clusterName",
        ],
      );
    });
  });

  describe("the Fargate profile", () => {
    const fargateProfile = "aws:eks/fargateProfile:FargateProfile";
    const given = () => ({
      clusterName: "small",
      podExecutionRoleArn: "arn:aws:iam::123456789012:role/fargate",
      selectors: [{ namespace: "batch", labels: { on: "fargate" } }],
      subnetIds: [subnetId],
    });

    it("is made, told and removed, one after the other, and another selector needs another profile", async () => {
      const inputs = await checked(fargateProfile, "batch", { ...given(), tags: { team: "a" } });
      assert.match(text(inputs, "fargateProfileName"), /^batch-[0-9a-f]{7}$/);
      const named = { ...inputs, fargateProfileName: "second" };
      const [first, second] = await Promise.all([
        plugin.create(fargateProfile, "batch", inputs),
        plugin.create(fargateProfile, "second", named),
      ]);
      assert.equal(first.id, `small:${text(inputs, "fargateProfileName")}`);
      assert.equal(first.state["status"], "ACTIVE");
      assert.deepEqual(first.state["selectors"], given().selectors);
      const { id, state } = first;
      assert.deepEqual(await plugin.read(fargateProfile, id, state, inputs), { id, state, inputs });
      const other = { ...inputs, selectors: [{ namespace: "jobs" }] };
      assert.deepEqual((await plugin.diff(fargateProfile, id, state, inputs, other)).replaces, ["selectors"]);
      await Promise.all([first, second].map((one) => plugin.delete(fargateProfile, one.id, one.state)));
      await plugin.delete(fargateProfile, id, state);
      assert.equal((await plugin.read(fargateProfile, id, state, inputs)).id, "");
    });
  });

  describe("the node group", () => {
    const given = () => ({
      clusterName: "small",
      nodeRoleArn,
      subnetIds: [subnetId],
      scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 3 },
      instanceTypes: ["m5.large"],
      labels: { pool: "general" },
      taints: [{ key: "dedicated", value: "batch", effect: "NO_SCHEDULE" }],
    });

    it("is named after its resource if the program does not name it, and keeps that name", async () => {
      const inputs = await checked(nodeGroup, "general", given());
      assert.match(text(inputs, "nodeGroupName"), /^general-[0-9a-f]{7}$/);
      const again = await checked(nodeGroup, "general", given());
      assert.equal(again["nodeGroupName"], inputs["nodeGroupName"]);
      const other = await plugin.check(nodeGroup, "general", given(), undefined, "another seed");
      assert.notEqual(other.inputs["nodeGroupName"], inputs["nodeGroupName"]);
      const kept = await plugin.check(nodeGroup, "general", given(), inputs, "another seed");
      assert.equal(kept.inputs["nodeGroupName"], inputs["nodeGroupName"]);
    });

    it("is made, waited for, read back, scaled, labelled, and deleted with its Auto Scaling group", async () => {
      const inputs = await checked(nodeGroup, "general", { ...given(), nodeGroupName: "general-a" });
      const { id, state } = await plugin.create(nodeGroup, "general", inputs);
      assert.equal(id, "small:general-a");
      assert.equal(state["status"], "ACTIVE");
      assert.equal(state["capacityType"], "ON_DEMAND");
      const [resources] = state["resources"] as { autoscalingGroups: { name: string }[] }[];
      assert.match(resources?.autoscalingGroups[0]?.name ?? "", /^eks-general-a-/);
      assert.equal((await plugin.diff(nodeGroup, id, state, inputs, inputs)).changes, false);
      const read = await plugin.read(nodeGroup, id, state, inputs);
      assert.deepEqual(read.inputs, inputs);
      assert.deepEqual(read.state, state);

      const news = await checked(nodeGroup, "general", {
        ...given(),
        nodeGroupName: "general-a",
        scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 5 },
        labels: { tier: "one" },
        taints: [{ key: "dedicated", value: "web", effect: "NO_SCHEDULE" }],
        updateConfig: { maxUnavailable: 2 },
      });
      assert.deepEqual(await plugin.diff(nodeGroup, id, state, inputs, news), {
        changes: true,
        detailed: {
          "labels.pool": "delete",
          "labels.tier": "add",
          "scalingConfig.maxSize": "update",
          "taints[0]": "update",
          "updateConfig.maxUnavailable": "update",
        },
        replaces: [],
        deleteBeforeReplace: false,
      });
      const updated = await plugin.update(nodeGroup, id, state, news);
      const { nodegroup } = await aws().eks.send(
        new DescribeNodegroupCommand({ clusterName: "small", nodegroupName: "general-a" }),
      );
      assert.deepEqual(nodegroup?.scalingConfig, { minSize: 0, desiredSize: 0, maxSize: 5 });
      assert.deepEqual(nodegroup.labels, { tier: "one" });
      assert.deepEqual(nodegroup.taints, [{ key: "dedicated", value: "web", effect: "NO_SCHEDULE" }]);
      assert.deepEqual(nodegroup.updateConfig?.maxUnavailable, 2);

      await plugin.delete(nodeGroup, id, updated);
      assert.equal((await plugin.read(nodeGroup, id, updated, news)).id, "");
      await plugin.delete(nodeGroup, id, updated);
    });

    it("takes a new version of its launch template by an update that is waited for", async () => {
      const { ec2, eks } = aws();
      const data = { InstanceType: "m5.large" } as const;
      const { LaunchTemplate } = await ec2.send(
        new CreateLaunchTemplateCommand({ LaunchTemplateName: "workers", LaunchTemplateData: data }),
      );
      const templateId = LaunchTemplate?.LaunchTemplateId ?? "";
      await ec2.send(
        new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: templateId, LaunchTemplateData: data }),
      );
      const { instanceTypes, ...rest } = given();
      assert.deepEqual(instanceTypes, ["m5.large"]);
      const inputsOf = (version: string) =>
        checked(nodeGroup, "general", {
          ...rest,
          nodeGroupName: "general-c",
          launchTemplate: { id: templateId, version },
        });
      const inputs = await inputsOf("1");
      const { id, state } = await plugin.create(nodeGroup, "general", inputs);
      const news = await inputsOf("2");
      const { detailed, replaces } = await plugin.diff(nodeGroup, id, state, inputs, news);
      assert.deepEqual([detailed, replaces], [{ "launchTemplate.version": "update" }, []]);
      const updated = await plugin.update(nodeGroup, id, state, news);
      assert.deepEqual(updated["launchTemplate"], { id: templateId, name: "workers", version: "2" });
      const { updateIds = [] } = await eks.send(
        new ListUpdatesCommand({ name: "small", nodegroupName: "general-c" }),
      );
      const [updateId, ...others] = updateIds;
      assert.deepEqual(others, []);
      const { update } = await eks.send(
        new DescribeUpdateCommand({ name: "small", nodegroupName: "general-c", updateId }),
      );
      assert.deepEqual([update?.type, update?.status], ["VersionUpdate", "Successful"]);
      await plugin.delete(nodeGroup, id, updated);
    });

    it("tells with EKS's codes why an update of its release failed", async () => {
      const { autoScaling } = aws();
      const asked = { ...given(), nodeGroupName: "general-d" };
      const inputs = await checked(nodeGroup, "general", { ...asked, releaseVersion: "1.36.1-20261015" });
      const { id, state } = await plugin.create(nodeGroup, "general", inputs);
      const [resources] = state["resources"] as { autoscalingGroups: { name: string }[] }[];
      // Nothing here makes a node of an instance: neither of this one nor of those that are to take its place.
      await autoScaling.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: resources?.autoscalingGroups[0]?.name,
          DesiredCapacity: 1,
        }),
      );
      const news = await checked(nodeGroup, "general", { ...asked, releaseVersion: "1.36.1-20261101" });
      await assert.rejects(
        plugin.update(nodeGroup, id, state, news),
        /waiting for EKS Node Group \(small:general-d\) version update .*unexpected state 'Failed', wanted target 'Successful'\. last error: i-.*: NodeCreationFailure: Couldn't proceed with upgrade process/,
      );
      await plugin.delete(nodeGroup, id, state);
    });

    it("scaled by somebody else is drift", async () => {
      const inputs = await checked(nodeGroup, "general", { ...given(), nodeGroupName: "general-b" });
      const { id, state } = await plugin.create(nodeGroup, "general", inputs);
      await aws().eks.send(
        new UpdateNodegroupConfigCommand({
          clusterName: "small",
          nodegroupName: "general-b",
          scalingConfig: { minSize: 0, desiredSize: 0, maxSize: 9 },
        }),
      );
      const drifted = await plugin.read(nodeGroup, id, state, inputs);
      assert.deepEqual(drifted.inputs["scalingConfig"], { minSize: 0, desiredSize: 0, maxSize: 9 });
      const { detailed } = await plugin.diff(nodeGroup, id, drifted.state, drifted.inputs, inputs);
      assert.deepEqual(detailed, { "scalingConfig.maxSize": "update" });
      await plugin.delete(nodeGroup, id, state);
    });

    it("that others scale is left alone where changes are ignored, in a comparison and in an update", async () => {
      const scaled = (desiredSize: number, labels: Json) => ({
        ...given(),
        nodeGroupName: "general-i",
        scalingConfig: { minSize: 0, desiredSize, maxSize: 3 },
        labels,
      });
      const inputs = await checked(nodeGroup, "general", scaled(0, { pool: "general" }));
      const { id, state } = await plugin.create(nodeGroup, "general", inputs);
      const atTwo = { ...state, scalingConfig: { minSize: 0, desiredSize: 2, maxSize: 3 } };
      const news = await checked(nodeGroup, "general", scaled(0, { pool: "other" }));
      const ignoreChanges = ["scalingConfig.desiredSize"];
      const { detailed } = await plugin.diff(nodeGroup, id, atTwo, inputs, news, ignoreChanges);
      assert.deepEqual(detailed, { "labels.pool": "update" });
      const told = await plugin.diff(nodeGroup, id, atTwo, inputs, news);
      assert.deepEqual(told.detailed, { "labels.pool": "update", "scalingConfig.desiredSize": "update" });
      const preview = await plugin.update(nodeGroup, id, atTwo, news, { preview: true, ignoreChanges });
      assert.deepEqual(preview["scalingConfig"], atTwo.scalingConfig);
      await plugin.delete(nodeGroup, id, state);
    });

    it("of another type, role or subnet is another group; of the same name it has to go first", async () => {
      const inputs = await checked(nodeGroup, "general", { ...given(), nodeGroupName: "general-c" });
      const state = { ...inputs, arn: "arn", status: "ACTIVE" };
      const news = {
        ...inputs,
        instanceTypes: ["m5.xlarge"],
        nodeRoleArn: "arn:aws:iam::123456789012:role/other",
        subnetIds: [UNKNOWN],
      };
      assert.deepEqual(await plugin.diff(nodeGroup, "small:general-c", state, inputs, news), {
        changes: true,
        detailed: {
          "instanceTypes[0]": "update-replace",
          nodeRoleArn: "update-replace",
          "subnetIds[0]": "update-replace",
        },
        replaces: ["instanceTypes", "nodeRoleArn", "subnetIds"],
        deleteBeforeReplace: true,
      });
      const unnamed = await checked(nodeGroup, "general", given());
      const replaced = await checked(
        nodeGroup,
        "general",
        { ...given(), instanceTypes: ["m5.xlarge"] },
        unnamed,
      );
      const diff = await plugin.diff(
        nodeGroup,
        "small:general",
        { ...unnamed, arn: "arn" },
        unnamed,
        replaced,
      );
      assert.deepEqual(diff.replaces, ["instanceTypes"]);
      assert.equal(diff.deleteBeforeReplace, false);
    });

    it("whose nodes do not come in time is told along with what was made, so that it is not forgotten", async () => {
      const scalingConfig = { minSize: 1, desiredSize: 1, maxSize: 1 };
      const inputs = await checked(nodeGroup, "general", {
        ...given(),
        nodeGroupName: "late",
        scalingConfig,
      });
      // Nobody makes nodes of instances here.
      const error = await plugin.create(nodeGroup, "general", inputs, { timeout: 2 }).then(
        () => assert.fail("it was made"),
        (reason: unknown) => reason,
      );
      assert.match(String(error), /waiting for EKS Node Group \(small:late\) create: timeout after 2 s/);
      const left = leftBehind(error);
      assert.equal(left.id, "small:late");
      assert.equal(left.state["status"], "CREATING");
      assert.deepEqual(left.state["scalingConfig"], scalingConfig);
      await plugin.delete(nodeGroup, "small:late", left.state);
    });

    it("has its inputs checked", async () => {
      const { failures } = await plugin.check(nodeGroup, "general", {
        ...given(),
        nodeGroupName: "x",
        nodeGroupNamePrefix: "y",
        scalingConfig: { minSize: -1, maxSize: 0 },
        taints: [{ key: "a", effect: "NoSchedule" }],
        remoteAccess: { ec2SshKey: "key" },
        capacityType: "CHEAP",
      });
      assert.deepEqual(failures.map(({ property }) => property).sort(), [
        "capacityType",
        "nodeGroupName",
        "remoteAccess",
        "scalingConfig.desiredSize",
        "scalingConfig.maxSize",
        "scalingConfig.minSize",
        "taints[0].effect",
      ]);
    });
  });
});
